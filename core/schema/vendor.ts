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
      return { unrepresentable: ({ zodSchema }: { zodSchema: ZodSchema }) => zodWords(zodSchema) };
    case "arktype":
      return {
        fallback: {
          domain: ({ domain, base }: { domain: string; base: Words }) => (domain === "bigint" ? BIGINT : base),
          date: () => DATE,
          proto: ({ proto, base }: { proto: unknown; base: Words }) => instanceWords(proto) ?? base,
        },
      };
    case "valibot":
      return {
        overrideSchema: ({ valibotSchema }: { valibotSchema: { readonly type: string; readonly class?: unknown } }) =>
          ({ bigint: BIGINT, date: DATE, instance: instanceWords(valibotSchema.class) })[valibotSchema.type],
      };
    default:
      return undefined;
  }
}

interface ZodSchema {
  readonly _zod: { readonly def: { readonly type: string }; readonly bag: { readonly Class?: unknown } };
}

function zodWords({ _zod: { def, bag } }: ZodSchema): Words | undefined {
  if (def.type === "bigint") return BIGINT;
  if (def.type === "date") return DATE;
  return def.type === "custom" ? instanceWords(bag.Class) : undefined;
}

function instanceWords(type: unknown): Words | undefined {
  if (type === Date) return DATE;
  return type === Uint8Array ? BYTES : undefined;
}
