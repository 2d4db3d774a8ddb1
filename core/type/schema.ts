import type { AvroValue } from "./avro-value.ts";
import type { JsonSchemaValue } from "./json-schema-value.ts";
import type { ProtobufValue } from "./protobuf-value.ts";

/** One thing that a schema has against a value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
/** The value, which a schema may have changed, or what it has against it. */
export type CheckResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };
/** Holds a value against the schema that it was declared by. */
export type Check = (value: unknown) => CheckResult | Promise<CheckResult>;

/** https://standardschema.dev: a schema that can validate and that can be told as JSON Schema. */
export interface StandardSchema<I = unknown, O = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: Check;
    readonly jsonSchema: {
      readonly output: (options: {
        readonly target: "draft-2020-12";
        readonly libraryOptions?: Record<string, unknown> | undefined;
      }) => Record<string, unknown>;
    };
    readonly types?: { readonly input: I; readonly output: O } | undefined;
  };
}

/** A message or enum as Protobuf-ES generates it. */
export interface ProtobufDescriptor {
  readonly kind: "message" | "enum";
  readonly typeName: string;
}

/** What a schema that is plain data shows of itself: JSON Schema, TypeBox's too, or an Avro schema, given `as const`. */
export type DocumentSchema = { readonly "~standard"?: never } & (
  | { readonly type: string | readonly string[] }
  | { readonly anyOf: readonly unknown[] }
  | { readonly oneOf: readonly unknown[] }
  | { readonly allOf: readonly unknown[] }
  | { readonly enum: readonly unknown[] }
  | { readonly const: unknown }
  | { readonly $ref: string }
  | { readonly "~kind": string }
);

/** What a contract takes in place of a type of `t`. */
export type Schema = StandardSchema | ProtobufDescriptor | DocumentSchema;

type AvroWord = "record" | "map" | "fixed" | "bytes" | "int" | "long" | "float" | "double";
/** What no JSON Schema is. */
type Avro =
  | readonly unknown[]
  | { readonly type: AvroWord }
  | { readonly type: "enum" }
  | { readonly logicalType: string }
  | { readonly type: "array"; readonly items: string | readonly unknown[] | { readonly type: AvroWord | "enum" } };

/** What a client sends is what the schema gives out, so a schema must take in what it gives out. */
type Standard<I, O> = [O] extends [I]
  ? O
  : { readonly "a schema that changes the type of its values cannot travel": O };

/**
 * `O` with those members left out at will that `I` lets be left out: defaults. Not those of bigints and dates, which JSON
 * Schema cannot say, so that they do not travel.
 */
type Loose<I, O> =
  (<X>() => X extends I ? 1 : 2) extends <X>() => X extends O ? 1 : 2
    ? O
    : O extends Date | Uint8Array | ((...args: never) => unknown)
      ? O
      : O extends readonly unknown[]
        ? { [K in keyof O]: K extends keyof I ? Loose<I[K], O[K]> : O[K] }
        : O extends object
          ? LooseMembers<I, O>
          : O;
type LooseMembers<I, O> = Flat<
  { [K in keyof O as Left<I, O, K> extends true ? never : K]: K extends keyof I ? Loose<I[K], O[K]> : O[K] } & {
    [K in keyof O as Left<I, O, K> extends true ? K : never]?: K extends keyof I ? Loose<I[K], O[K]> | undefined : O[K];
  }
>;
type Flat<T> = { [K in keyof T]: T[K] };
type Left<I, O, K extends keyof O> =
  Record<never, never> extends Pick<O, K>
    ? true
    : K extends keyof I
      ? Record<never, never> extends Pick<I, K>
        ? Sayable<O[K]>
        : false
      : false;
/** Whether a default of the type is one that JSON Schema can say. */
type Sayable<O> = [Extract<O, bigint | Date>] extends [never] ? true : false;

/** The TypeScript type of the values that a schema describes, for who writes them. */
export type SchemaInput<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly input: infer I; readonly output: infer O }
    ? [O] extends [I]
      ? Loose<I, O>
      : SchemaValue<S>
    : unknown
  : SchemaValue<S>;

/** Whether a whole parameter may be left out: where its schema takes that. */
export type SchemaMayMiss<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly input: infer I; readonly output: infer O }
    ? unknown extends I
      ? false
      : undefined extends I
        ? undefined extends O
          ? true
          : Sayable<O>
        : false
    : false
  : false;

/** The TypeScript type of the values that a schema describes, for who reads them. */
export type SchemaValue<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly input: infer I; readonly output: infer O }
    ? Standard<I, O>
    : unknown
  : S extends ProtobufDescriptor
    ? ProtobufValue<S>
    : S extends { readonly "~kind": string }
      ? JsonSchemaValue<S>
      : S extends Avro
        ? AvroValue<S>
        : JsonSchemaValue<S>;
