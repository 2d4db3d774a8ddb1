/*
 * The values of a generated descriptor, told from the message type that Protobuf-ES hangs on it. No type of that library
 * is imported: who does not use it must not need it.
 */

/** What generated code says of a message or enum, of any release of Protobuf-ES 2. */
type Generated<Shape> = { readonly $codegenv1: { readonly a: Shape } } | { readonly $codegenv2: { readonly a: Shape } };
interface Message {
  readonly $typeName: string;
}
interface Oneof {
  readonly case: string | undefined;
}

/**
 * The TypeScript type of the values of a generated Protobuf-ES descriptor. A message is a plain object, a oneof's members
 * are optional fields of it, an enum's member is a string.
 */
export type ProtobufValue<D> =
  D extends Generated<infer Shape>
    ? Value<Shape>
    : D extends { readonly kind: "enum" }
      ? string
      : Record<string, unknown>;

type Value<V> = V extends number
  ? Numeric<V>
  : V extends bigint | string | boolean | undefined
    ? V
    : V extends Uint8Array
      ? Uint8Array
      : V extends readonly unknown[]
        ? { -readonly [I in keyof V]: Value<V[I]> }
        : V extends Message
          ? MessageValue<V>
          : V extends JsonObject
            ? JsonObject extends V
              ? StructValue
              : MapValue<V>
            : MapValue<V>;
/** The members of an enum are numbers that are written out, to which yet any number can be assigned. */
type Numeric<V extends number> = `${number}` extends `${V}` ? number : string;
type MapValue<V> = V extends { readonly [key: number]: infer Item } ? Record<string, Value<Item>> : never;

type MessageValue<M extends Message> = M["$typeName"] extends "google.protobuf.Timestamp" ? Date : Fields<M>;

type Names<M> = Exclude<keyof M, "$typeName" | "$unknown">;
/** The cases of a oneof that are set. */
type Case<O> = O extends { readonly case: string; readonly value: unknown } ? O : never;

type OneofName<M> = { [N in Names<M>]: M[N] extends Oneof ? N : never }[Names<M>];
type OptionalName<M> = { [N in Names<M>]-?: undefined extends M[N] ? N : never }[Names<M>];
type Simplify<T> = { [K in keyof T]: T[K] };
type Fields<M> = Simplify<
  {
    [N in Exclude<Names<M>, OneofName<M> | OptionalName<M>> as FieldName<N>]: Value<M[N]>;
  } & {
    [N in Exclude<OptionalName<M>, OneofName<M>> as FieldName<N>]?: Value<M[N]>;
  } & {
    [C in Case<M[OneofName<M>]> as FieldName<C["case"]>]?: Value<C["value"]> | undefined;
  }
>;

/** Names that an object cannot have get a `_`, where Protobuf-ES gives some of them a `$`. */
type FieldName<N> = N extends `${infer Name}$` ? `${Name}_` : N extends "then" | "prototype" ? `${N}_` : N & string;

type Json = number | string | boolean | null | JsonObject | Json[];
interface JsonObject {
  [key: string]: Json;
}
/** The message google.protobuf.Struct, for which Protobuf-ES has an object of JSON. */
interface StructValue {
  fields: Record<string, JsonValue>;
}
interface JsonValue {
  nullValue?: string | undefined;
  numberValue?: number | undefined;
  stringValue?: string | undefined;
  boolValue?: boolean | undefined;
  structValue?: StructValue | undefined;
  listValue?: { values: JsonValue[] } | undefined;
}
