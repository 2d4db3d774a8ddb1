type Words = Record<string, unknown>;

const BIGINT = { type: "bigint" };
const DATE = { type: "Date" };
const BYTES = { type: "Uint8Array" };

/**
 * What a library is told, so that it says bigint, dates and bytes, which JSON Schema has no words for, in the words of
 * TypeBox. A library that is not listed is asked for plain JSON Schema.
 */
export function libraryOptions(vendor: string): Words | undefined {
  switch (vendor) {
    case "zod":
      return {
        unrepresentable: "any",
        override: ({ zodSchema, jsonSchema }: { zodSchema: ZodSchema; jsonSchema: Words }) =>
          Object.assign(jsonSchema, zodWords(zodSchema)),
      };
    case "arktype":
      return {
        fallback: {
          domain: ({ domain, base }: { domain: string; base: Words }) => (domain === "bigint" ? BIGINT : base),
          date: () => DATE,
          proto: ({ proto }: { proto: { readonly name: string } }) => instanceWords(proto) ?? refuse(proto.name),
        },
      };
    case "valibot":
      return {
        overrideSchema: ({ valibotSchema }: { valibotSchema: { readonly type: string; readonly class?: unknown } }) =>
          ({ bigint: BIGINT, date: DATE, instance: instanceWords(valibotSchema.class) })[valibotSchema.type],
        overrideAction: ({ valibotAction, jsonSchema }: { valibotAction: ValibotAction; jsonSchema: Words }) =>
          keepsType(valibotAction) ? jsonSchema : undefined,
      };
    default:
      return undefined;
  }
}

interface ValibotAction {
  readonly kind: string;
  readonly type: string;
}
/** Transformations that leave a text a text, or change nothing at run time. */
const KEEPS_TYPE = new Set(
  "trim trim_start trim_end normalize to_lower_case to_upper_case brand flavor readonly".split(" "),
);

function keepsType({ kind, type }: ValibotAction): boolean {
  return kind === "validation" || KEEPS_TYPE.has(type);
}

function refuse(name: string): never {
  throw new Error(`a ${name}; describe its members`);
}

interface ZodSchema {
  readonly _zod: {
    readonly def: { readonly type: string; readonly values?: readonly unknown[] };
    readonly bag: { readonly Class?: unknown };
  };
}

/** What no codec carries, and what to take instead. Zod would let all of it pass as anything. */
const NOT_CARRIED: Readonly<Record<string, string>> = {
  custom: "z.custom or z.instanceof of anything but Date and Uint8Array; describe its members",
  file: "a File; send its bytes, z.instanceof(Uint8Array)",
  function: "a function; use t.callback",
  map: "a Map; use z.record",
  nan: "NaN; use z.number",
  set: "a Set; use z.array",
  symbol: "a symbol; use z.string",
  transform: "a transform; leave it to the handler",
  undefined: "undefined; use .optional()",
  void: "nothing; leave `returns` out",
};

function zodWords({ _zod: { def, bag } }: ZodSchema): Words | undefined {
  if (def.type === "bigint") return BIGINT;
  if (def.type === "date") return DATE;
  const known = instanceWords(bag.Class);
  if (known) return known;
  const values = def.type === "literal" ? (def.values ?? []) : [];
  if (values.some((value) => typeof value === "bigint")) throw new Error("a literal bigint; use z.bigint().refine(…)");
  const type = values.includes(undefined) ? "undefined" : def.type;
  if (type in NOT_CARRIED) throw new Error(NOT_CARRIED[type]);
  return undefined;
}

function instanceWords(type: unknown): Words | undefined {
  if (type === Date) return DATE;
  return type === Uint8Array ? BYTES : undefined;
}
