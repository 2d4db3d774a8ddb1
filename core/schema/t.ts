import { checkName, checkQualifiedName } from "../name.ts";
import { isType, lazyCarried, lazyFields, notType } from "../type/fields.ts";
import type { Schema } from "../type/schema.ts";
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
  Float32Type,
  Float64Type,
  InferInput,
  Int32Type,
  Int53Type,
  Int64Type,
  ListOf,
  ListType,
  MapOf,
  NumberedOf,
  OptionalOf,
  OptionalType,
  Param,
  StreamOf,
  StringType,
  StructOf,
  TimestampType,
  TransientOf,
  Type,
  UnionOf,
} from "../type/type.ts";
import { type ErrorClass, type ErrorOptions, errorClass } from "./declared-error.ts";
import { type DeclaredParam, toParams } from "./param.ts";

/** What `t.encoded` takes; printed contracts give `{`, `=` and `,` a meaning. */
const WORD = /^[A-Za-z0-9_.:-]+$/;
/** The largest field number of Protobuf; 19000 to 19999 are its own. */
const MAX_FIELD_NUMBER = 536_870_911;

/** The phantom member of a type exists for the compiler alone, hence this one cast. */
function node<T>(members: Omit<T, symbol>): T {
  return Object.freeze(members) as T;
}

function scalar<T>(kind: string): T {
  return Object.freeze({ kind }) as T;
}

function inner(what: string, type: unknown): Type {
  if (isType(type)) return type;
  throw notType(what, (type as { kind?: unknown })?.kind ?? type);
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

export interface StructOptions {
  /** An id of this version of the type: a peer that has another, or none, is refused. @default none */
  readonly version?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: any other bound makes the compiler resolve a getter that refers to its own struct
export type Declared = Record<string, any>;

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

  /** A field or parameter that a reader finds filled with `value` where the writer left it out or has an older type. */
  default<T extends Type>(type: T, value: InferInput<T>): DefaultOf<T> {
    if (value === undefined) throw new TypeError("t.default: the default cannot be undefined; use t.optional");
    return node<DefaultOf<T>>({ kind: "default", inner: inner("t.default", type), value });
  },

  /**
   * Pins a field's number in Protobuf, and with it its place among the others in MessagePack, so that it can be moved,
   * and in Protobuf removed, without breaking those who know their own version alone; see docs/evolution.md.
   */
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
  encoded<T extends Exclude<Type, ListType> | OptionalType>(type: T, encoding: NonNullable<Encodable["encoding"]>): T {
    for (const [codec, word] of Object.entries(encoding)) {
      if (!WORD.test(codec) || !WORD.test(word)) {
        throw new TypeError(`t.encoded: ${JSON.stringify(codec)}: ${JSON.stringify(word)} is not a codec and its form`);
      }
    }
    if ((type as { kind?: unknown } | undefined)?.kind !== "optional") inner("t.encoded", type);
    // Getters stay getters, so that the fields may still refer to the type itself.
    const members: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(type);
    members["encoding"] = { value: Object.freeze({ ...encoding }), enumerable: true };
    return Object.freeze(Object.defineProperties({}, members)) as T;
  },

  /** A function handed over as an argument; only as a parameter of a method. */
  callback<
    const P extends readonly DeclaredParam[] = [],
    R extends Type | OptionalType | Schema | undefined = undefined,
  >(params?: P, returns?: R): CallbackOf<P, R> {
    return node<CallbackOf<P, R>>({
      kind: "callback",
      params: toParams(params ?? []) as readonly Param[],
      returns: returns as Type | OptionalType | undefined,
    });
  },

  /** A stream handed over as an argument; only as the parameter of a method, at most one. */
  stream<T extends Type | Schema>(item: T): StreamOf<T> {
    return node<StreamOf<T>>({ kind: "stream", item: item as Type });
  },

  /** Declares an exception: a class to throw in a handler, which arrives as itself at the caller. */
  error<F extends Declared>(name: string, fields: F, options: ErrorOptions = {}): ErrorClass<F> {
    return errorClass(name, fields, options) as unknown as ErrorClass<F>;
  },
});
