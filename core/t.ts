import type { Code } from "./code.ts";
import { codes } from "./code.ts";
import { type DeclaredErrorOptions, RpcError } from "./error.ts";
import type {
  AnyKindType,
  BoolType,
  BytesType,
  CallbackOf,
  DecimalType,
  DefaultOf,
  DefaultType,
  Encodable,
  EnumType,
  ErrorType,
  Field,
  FieldType,
  Float32Type,
  Float64Type,
  Infer,
  InferFields,
  Int32Type,
  Int53Type,
  Int64Type,
  ListOf,
  MapOf,
  MapType,
  NumberedOf,
  OptionalOf,
  OptionalType,
  Param,
  ParamType,
  ScalarType,
  StreamOf,
  StringType,
  StructOf,
  TimestampType,
  TransientOf,
  TransientType,
  Type,
  UnionOf,
} from "./type.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const QUALIFIED = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
/** What `t.encoded` takes; printed contracts give `{`, `=` and `,` a meaning. */
const WORD = /^[A-Za-z0-9_.:-]+$/;
/** Names that reach a prototype or make a proxy a thenable. */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype", "then"]);
/** The largest field number of Protobuf; 19000 to 19999 are its own. */
const MAX_FIELD_NUMBER = 536_870_911;

export function checkName(what: string, name: string, pattern = NAME): void {
  if (typeof name !== "string" || !pattern.test(name) || FORBIDDEN.has(name)) {
    throw new TypeError(`${what}: ${JSON.stringify(name)} is not a usable name; use letters, digits and _`);
  }
}
export function checkQualifiedName(what: string, name: string): void {
  checkName(what, name, QUALIFIED);
}

/** The phantom member of a type exists for the compiler alone, hence this one cast. */
function node<T>(members: Omit<T, symbol>): T {
  return Object.freeze(members) as T;
}

function scalar<T>(kind: string): T {
  return Object.freeze({ kind }) as T;
}

interface Fields {
  readonly fields: readonly Field[];
  readonly transient: readonly Field[] | undefined;
}

/** Resolves the declared fields on first use, so that a getter may refer to the struct that it stands in. */
function lazyFields(owner: string, declared: Readonly<Record<string, unknown>>): () => Fields {
  let resolved: Fields | undefined;
  return () => {
    resolved ??= resolveFields(owner, declared);
    return resolved;
  };
}

function resolveFields(owner: string, declared: Readonly<Record<string, unknown>>): Fields {
  const used = new Map<number, string>();
  const fields: Field[] = [];
  const transient: Field[] = [];
  for (const name of Object.keys(declared)) {
    checkName(`field of ${owner}`, name);
    const path = `${owner}.${name}`;
    const type = declared[name] as FieldType | TransientType | undefined;
    if (type?.kind === "transient") {
      transient.push(toField(path, name, 0, type.inner));
      continue;
    }
    const field = toField(path, name, fields.length + 1, type);
    const other = used.get(field.number);
    if (other !== undefined)
      throw new TypeError(`${owner}: fields ${other} and ${name} both have number ${field.number}`);
    used.set(field.number, name);
    fields.push(field);
  }
  return { fields: Object.freeze(fields), transient: transient.length > 0 ? Object.freeze(transient) : undefined };
}

/** The fields of an error or the cases of a union, all of which cross the wire. */
function lazyCarried(owner: string, declared: Readonly<Record<string, unknown>>): () => readonly Field[] {
  const resolve = lazyFields(owner, declared);
  return () => {
    const { fields, transient } = resolve();
    if (transient) throw new TypeError(`${owner}.${transient[0]?.name}: only a field of a struct can be transient`);
    return fields;
  };
}

/** One declared field, its number, absence and default unwrapped. */
export function toField(path: string, name: string, position: number, declared: unknown): Field {
  let type = declared as FieldType | undefined;
  let number = position;
  if (type?.kind === "field") {
    number = type.number;
    type = type.inner;
  }
  const optional = type?.kind === "optional";
  const defaultValue = type?.kind === "default" ? type.value : undefined;
  if (type?.kind === "optional" || type?.kind === "default") type = type.inner;
  if (!isType(type)) throw new TypeError(`${path}: expected a type made by t, got ${String(declared)}`);
  return Object.freeze({ name, number, type, optional, defaultValue });
}

const kinds = new Set([
  ..."bool int32 int64 int53 decimal float32 float64 string bytes timestamp any list map enum struct union".split(" "),
]);
export function isType(value: unknown): value is Type {
  return typeof value === "object" && value !== null && kinds.has((value as Type).kind);
}

function inner(what: string, type: unknown): Type {
  if (isType(type)) return type;
  throw new TypeError(`${what}: expected a type made by t, got ${String((type as { kind?: unknown })?.kind ?? type)}`);
}

/** The numbers of an enum; `undefined` where they are the members' places. */
function enumNumbers(name: string, declared: Readonly<Record<string, number>>): readonly number[] | undefined {
  const numbers = Object.values(declared);
  for (const [member, number] of Object.entries(declared)) {
    if ((number | 0) !== number) {
      throw new TypeError(`t.enums ${name}: ${member} has ${String(number)}, which is not a number of 32 bits`);
    }
  }
  if (new Set(numbers).size !== numbers.length) throw new TypeError(`t.enums ${name}: a number stands twice`);
  return numbers.every((number, place) => number === place) ? undefined : Object.freeze(numbers);
}

interface StructOptions {
  /** An id of this version of the type: a peer that has another, or none, is refused. @default none */
  readonly version?: string;
}

interface ErrorOptions {
  /** @default "FAILED_PRECONDITION" */
  readonly code?: Code;
  /** @default the name of the error */
  readonly message?: string;
}

/** The class that `t.error` makes. */
export interface ErrorClass<F> {
  new (fields: InferFields<F>, options?: DeclaredErrorOptions): RpcError & InferFields<F>;
  readonly type: ErrorType;
}

// biome-ignore lint/suspicious/noExplicitAny: any other bound makes the compiler resolve a getter that refers to its own struct
type Declared = Record<string, any>;

/** The builders of the type model. Each describes a value once, for every codec. */
export const t = Object.freeze({
  bool: scalar<BoolType>("bool"),
  int32: scalar<Int32Type>("int32"),
  int64: scalar<Int64Type>("int64"),
  int53: scalar<Int53Type>("int53"),
  decimal: scalar<DecimalType>("decimal"),
  float32: scalar<Float32Type>("float32"),
  float64: scalar<Float64Type>("float64"),
  string: scalar<StringType>("string"),
  bytes: scalar<BytesType>("bytes"),
  timestamp: scalar<TimestampType>("timestamp"),
  any: scalar<AnyKindType>("any"),

  list<T extends Type>(item: T): ListOf<T> {
    return node<ListOf<T>>({ kind: "list", item: inner("t.list", item) });
  },

  map<T extends Type>(value: T): MapOf<T> {
    return node<MapOf<T>>({ kind: "map", value: inner("t.map", value) });
  },

  /** The members, or with the numbers that Protobuf is to write: `t.enums("shop.Color", { red: 0, green: 5 })`. */
  enums<const V extends string>(name: string, declared: readonly V[] | Readonly<Record<V, number>>): EnumType<V> {
    checkQualifiedName("t.enums", name);
    const members = Array.isArray(declared) ? (declared as readonly V[]) : (Object.keys(declared) as V[]);
    if (members.length === 0) throw new TypeError(`t.enums ${name}: needs at least one member`);
    for (const member of members) checkName(`member of ${name}`, member);
    if (new Set(members).size !== members.length) throw new TypeError(`t.enums ${name}: a member stands twice`);
    const numbers = Array.isArray(declared) ? undefined : enumNumbers(name, declared as Record<string, number>);
    return node<EnumType<V>>({ kind: "enum", name, members: Object.freeze([...members]), numbers });
  },

  /** For a recursive struct use a getter: `t.struct("Node", { get next() { return t.optional(Node); } })`. */
  struct<F extends Declared>(name: string, fields: F, { version }: StructOptions = {}): StructOf<F> {
    checkQualifiedName("t.struct", name);
    if (version !== undefined && (typeof version !== "string" || version === "")) {
      throw new TypeError(`t.struct ${name}: version ${JSON.stringify(version)} is not a text that names a version`);
    }
    const resolve = lazyFields(name, fields);
    return node<StructOf<F>>({
      kind: "struct",
      name,
      version,
      get fields() {
        return resolve().fields;
      },
      get transient() {
        return resolve().transient;
      },
    });
  },

  /** Values are `{ kind: "card", value }`. */
  union<F extends Declared>(name: string, cases: F): UnionOf<F> {
    checkQualifiedName("t.union", name);
    if (Object.keys(Object.getOwnPropertyDescriptors(cases)).length === 0) {
      throw new TypeError(`t.union ${name}: needs at least one case`);
    }
    const resolve = lazyCarried(name, cases);
    return node<UnionOf<F>>({
      kind: "union",
      name,
      get fields() {
        const resolved = resolve();
        for (const field of resolved) {
          if (field.optional || field.defaultValue !== undefined) {
            throw new TypeError(`${name}.${field.name}: a case of a union is neither optional nor has a default`);
          }
        }
        return resolved;
      },
    });
  },

  optional<T extends Type>(type: T): OptionalOf<T> {
    return node<OptionalOf<T>>({ kind: "optional", inner: inner("t.optional", type) });
  },

  /** A field that a reader fills with `value` where the writer left it out or has an older version of the type. */
  default<T extends Type>(type: T, value: Infer<T>): DefaultOf<T> {
    if (value === undefined) throw new TypeError("t.default: the default cannot be undefined; use t.optional");
    return node<DefaultOf<T>>({ kind: "default", inner: inner("t.default", type), value });
  },

  /** Pins a field's number, so that fields can be moved or removed without breaking older peers. */
  field<T extends Type | OptionalType | DefaultType>(number: number, type: T): NumberedOf<T> {
    const reserved = number >= 19_000 && number <= 19_999;
    if (!Number.isInteger(number) || number < 1 || number > MAX_FIELD_NUMBER || reserved) {
      throw new TypeError(
        `t.field: ${number} is not a field number; use 1 to ${MAX_FIELD_NUMBER}, but not 19000 to 19999`,
      );
    }
    return node<NumberedOf<T>>({ kind: "field", number, inner: type } as unknown as Omit<NumberedOf<T>, symbol>);
  },

  /**
   * A field of a struct that stays on its side: no codec writes it, a reader gives its default or leaves it absent.
   * @example t.transient(t.optional(t.string))
   */
  transient<T extends OptionalType | DefaultType>(type: T): TransientOf<T> {
    if (type?.kind !== "optional" && type?.kind !== "default") {
      throw new TypeError(
        "t.transient: needs what a reader is to give; use t.optional(…) or t.default(…, value) inside",
      );
    }
    return node<TransientOf<T>>({ kind: "transient", inner: type } as unknown as Omit<TransientOf<T>, symbol>);
  },

  /**
   * The same type, written by one codec in another of its forms; docs/mapping.md lists the words.
   * @example t.encoded(t.int32, { protobuf: "sint32" })
   */
  encoded<T extends ScalarType | MapType>(type: T, encoding: NonNullable<Encodable["encoding"]>): T {
    for (const [codec, word] of Object.entries(encoding)) {
      if (!WORD.test(codec) || !WORD.test(word)) {
        throw new TypeError(`t.encoded: ${JSON.stringify(codec)}: ${JSON.stringify(word)} is not a codec and its form`);
      }
    }
    return Object.freeze({ ...inner("t.encoded", type), encoding: Object.freeze({ ...encoding }) }) as T;
  },

  /** A function handed over as an argument; only as a parameter of a method. */
  callback<const P extends readonly (Param | ParamType)[] = [], R extends Type | OptionalType | undefined = undefined>(
    params?: P,
    returns?: R,
  ): CallbackOf<P, R> {
    return node<CallbackOf<P, R>>({ kind: "callback", params: toParams(params ?? []), returns });
  },

  /** A stream handed over as an argument; only as the parameter of a method, at most one. */
  stream<T extends Type>(item: T): StreamOf<T> {
    return node<StreamOf<T>>({ kind: "stream", item: inner("t.stream", item) });
  },

  /** Declares an exception: a class to throw in a handler, which arrives as itself at the caller. */
  error<F extends Declared>(name: string, fields: F, options: ErrorOptions = {}): ErrorClass<F> {
    checkQualifiedName("t.error", name);
    const code = options.code ?? "FAILED_PRECONDITION";
    if (!(code in codes)) throw new TypeError(`t.error ${name}: ${code} is not a code; see docs/errors.md`);
    const resolve = lazyCarried(name, fields);
    for (const field of Object.keys(fields)) {
      if (
        field in RpcError.prototype ||
        ["code", "message", "metadata", "details", "retryable", "cause", "name", "stack"].includes(field)
      ) {
        throw new TypeError(`t.error ${name}: ${field} is a member of every error; name the field differently`);
      }
    }
    const type: ErrorType = Object.freeze({
      kind: "error",
      name,
      get fields() {
        return resolve();
      },
      create: (values: Record<string, unknown>, given: DeclaredErrorOptions) => new Declared(values, given),
    });
    class Declared extends RpcError {
      static readonly type = type;
      constructor(values: Record<string, unknown>, given: DeclaredErrorOptions = {}) {
        super({ ...given, code, message: given.message ?? options.message ?? name });
        this.name = name;
        for (const field of resolve()) {
          Object.defineProperty(this, field.name, { value: values?.[field.name], enumerable: true });
        }
      }
    }
    return Declared as unknown as ErrorClass<F>;
  },
});

/** Names a parameter; without it a parameter is called `arg1`, `arg2`, … by its position. */
export function arg<const N extends string, T extends ParamType>(name: N, type: T): Param<N, T> {
  checkName("arg", name);
  return Object.freeze({ name, type });
}

/** Parameters as declared, bare types given their default names. */
export function toParams(declared: readonly (Param | ParamType)[]): readonly Param[] {
  const params = declared.map((param, index): Param => {
    if (param !== null && typeof param === "object" && "name" in param && "type" in param) return param as Param;
    return Object.freeze({ name: `arg${index + 1}`, type: param as ParamType });
  });
  const seen = new Set<string>();
  for (const { name } of params) {
    if (seen.has(name)) throw new TypeError(`parameter ${name} stands twice`);
    seen.add(name);
  }
  return Object.freeze(params);
}
