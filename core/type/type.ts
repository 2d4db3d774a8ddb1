import type { DeclaredErrorOptions, RpcError } from "../error.ts";
import type { Check, Schema, SchemaInput, SchemaMayMiss, SchemaValue } from "./schema.ts";

declare const VALUE: unique symbol;
declare const INPUT: unique symbol;

/**
 * What a value is in TypeScript for who reads it, and for who writes it, who may leave out what has a default. Phantoms,
 * never present at run time.
 */
interface Of<V, I = V> {
  readonly [VALUE]: V;
  readonly [INPUT]: I;
}

/** What has one form in most codecs and several in some. */
export interface Encodable {
  /** Which form a codec writes, by the codec's name: `{ protobuf: "sint32" }`. Each knows only its own word. */
  readonly encoding?: Readonly<Record<string, string>>;
}
/** What may come from a schema of another library. */
export interface Checkable {
  /** What that schema demands beyond the type. A server runs it on what comes in and on what its handlers give. */
  readonly check?: Check | undefined;
}
interface Scalar<V> extends Of<V>, Encodable, Checkable {}

export interface BoolType extends Scalar<boolean> {
  readonly kind: "bool";
}
export interface Int32Type extends Scalar<number> {
  readonly kind: "int32";
}
export interface Int64Type extends Scalar<bigint> {
  readonly kind: "int64";
}
/** A whole number that a JavaScript number holds exactly: −(2⁵³−1) … 2⁵³−1. */
export interface Int53Type extends Scalar<number> {
  readonly kind: "int53";
}
/** A decimal number of any size and precision, as text: `-12.50`, `1e400`. */
export interface DecimalType extends Scalar<string> {
  readonly kind: "decimal";
}
export interface Float32Type extends Scalar<number> {
  readonly kind: "float32";
}
export interface Float64Type extends Scalar<number> {
  readonly kind: "float64";
}
export interface StringType extends Scalar<string> {
  readonly kind: "string";
}
export interface BytesType extends Scalar<Uint8Array> {
  readonly kind: "bytes";
}
/** A moment, in milliseconds. */
export interface TimestampType extends Scalar<Date> {
  readonly kind: "timestamp";
}
/** Any value that a self-describing codec can carry; schema codecs refuse it. */
export interface AnyKindType extends Scalar<unknown> {
  readonly kind: "any";
}

export type ScalarType =
  | BoolType
  | Int32Type
  | Int64Type
  | Int53Type
  | DecimalType
  | Float32Type
  | Float64Type
  | StringType
  | BytesType
  | TimestampType
  | AnyKindType;

export interface ListType extends Checkable {
  readonly kind: "list";
  readonly item: Type;
}
export interface MapType extends Encodable, Checkable {
  readonly kind: "map";
  readonly value: Type;
}
export interface EnumType<V extends string = string> extends Of<V>, Encodable, Checkable {
  readonly kind: "enum";
  readonly name: string;
  /** The first member is the default, and the zero of Protobuf. */
  readonly members: readonly V[];
  /** The members' numbers in Protobuf, where they are not 0, 1, 2, … */
  readonly numbers?: readonly number[] | undefined;
}
export interface StructType extends Encodable, Checkable {
  readonly kind: "struct";
  readonly name: string;
  /** What crosses a wire. */
  readonly fields: readonly Field[];
  /** What stays here: no codec writes it, and a reader gives its default. */
  readonly transient?: readonly Field[] | undefined;
  /** Two sides whose ids differ refuse each other. */
  readonly version?: string | undefined;
  /** Set on a google.protobuf.Any: the message of that name, if it may hold one. */
  readonly packed?: ((name: string) => PackedMessage | undefined) | undefined;
}
/** A message that stands, as bytes of Protobuf, in a google.protobuf.Any, for codecs that show it as what it is. */
export interface PackedMessage {
  readonly type: StructType;
  encode(value: unknown): Uint8Array;
  /** Throws for bytes that are no such message. */
  decode(bytes: Uint8Array): unknown;
}
/** One of several named cases; in TypeScript `{ kind: "card", value: … }`. */
export interface UnionType extends Encodable, Checkable {
  readonly kind: "union";
  readonly name: string;
  /** The cases; a field's name is the tag, its type the value's. */
  readonly fields: readonly Field[];
}

/*
 * What `t` returns: the node and the phantom that `Infer` reads. They are apart because a node fits into another
 * without a look at the phantom, which in a struct that refers to itself would go round in a circle.
 */
export interface ListOf<T> extends ListType {
  readonly [VALUE]: Infer<T>[];
  readonly [INPUT]: InferInput<T>[];
}
export interface MapOf<T> extends MapType {
  readonly [VALUE]: Record<string, Infer<T>>;
  readonly [INPUT]: Record<string, InferInput<T>>;
}
// What is read is written out here, and not by an alias, so that editors show its members. What is written cannot be: a
// default of a struct that contains itself would go round in a circle.
export interface StructOf<F> extends StructType {
  readonly [VALUE]: symbol extends keyof F ? Lost : { -readonly [K in keyof Shape<F>]: FieldValue<F[K & keyof F]> };
  readonly [INPUT]: symbol extends keyof F ? Lost : InferInputFields<F>;
}
export interface UnionOf<F> extends UnionType {
  readonly [VALUE]: symbol extends keyof F
    ? Lost
    : { [K in keyof F]: { readonly kind: K; readonly value: FieldValue<F[K]> } }[keyof F];
  readonly [INPUT]: symbol extends keyof F
    ? Lost
    : { [K in keyof F]: { readonly kind: K; readonly value: FieldInput<F[K]> } }[keyof F];
}
/**
 * A struct by its values, as they are read and, where that differs, as they are written: what a recursive one is annotated
 * with, where declarations are emitted.
 */
export interface StructFor<V, I = V> extends StructType, Of<V, I> {}
/** A union by its values, for the same. */
export interface UnionFor<V, I = V> extends UnionType, Of<V, I> {}
/** A declaration file cannot write recursion out: its inner fields are `any`, which would let everything pass. */
interface Lost {
  readonly "the declarations lost a recursive type: annotate it with StructFor or UnionFor, see docs/contract.md": never;
}
export interface OptionalOf<T> extends OptionalType {
  readonly [VALUE]: Infer<T> | undefined;
  readonly [INPUT]: InferInput<T> | undefined;
}
export interface DefaultOf<T> extends DefaultType {
  readonly [VALUE]: Infer<T>;
  readonly [INPUT]: InferInput<T> | undefined;
}
export interface NumberedOf<T> extends NumberedType {
  readonly [VALUE]: Infer<T>;
  readonly [INPUT]: InferInput<T>;
  readonly optional: T extends { readonly kind: "optional" } ? true : false;
  readonly omissible: T extends { readonly kind: "optional" | "default" } ? true : false;
}
export interface TransientOf<T> extends TransientType {
  readonly [VALUE]: Infer<T>;
  readonly [INPUT]: InferInput<T>;
  readonly optional: T extends { readonly kind: "optional" } ? true : false;
  readonly omissible: true;
}
/** What `typeOf` makes of a schema: any type, whose values the compiler knows from the schema. */
export interface SchemaOf<S> extends AnyKindType {
  readonly [VALUE]: SchemaValue<S>;
  readonly [INPUT]: SchemaInput<S>;
}
export interface StreamOf<T> extends StreamType {
  readonly [VALUE]: AsyncIterable<Infer<T>>;
  readonly [INPUT]: AsyncIterable<InferInput<T>>;
}
/** The handler, which reads the function, writes its arguments; who passes it reads them. */
export interface CallbackOf<P extends readonly unknown[], R> extends CallbackType {
  readonly [VALUE]: (...args: InferInputParams<P>) => Promise<InferResult<R>>;
  readonly [INPUT]: (...args: InferParams<P>) => Promise<InferInputResult<R>>;
}

/** An exception that a method declares. It stands in `throws`, never inside a value. */
export interface ErrorType {
  readonly kind: "error";
  readonly name: string;
  readonly fields: readonly Field[];
  /** Makes an instance of the declared class from the decoded fields. */
  readonly create: (fields: Record<string, unknown>, given: DeclaredErrorOptions) => RpcError;
}

/** A type that describes a value wherever it stands. */
export type Type = ScalarType | ListType | MapType | EnumType | StructType | UnionType;
/** The types of named fields or cases, in order. */
export interface RecordType {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** May be absent: a field `name?: V`, a parameter or result `V | undefined`. */
export interface OptionalType extends Encodable {
  readonly kind: "optional";
  readonly inner: Type;
}
/** Filled in by the reader where the writer left it out. */
export interface DefaultType {
  readonly kind: "default";
  readonly inner: Type;
  readonly value: unknown;
}
/** Pins the field number that Protobuf writes, and the field's place in the compact form of MessagePack. */
export interface NumberedType {
  readonly kind: "field";
  readonly number: number;
  readonly inner: Type | OptionalType | DefaultType;
}
/** Left out of every wire form; a reader gives the default, or nothing. */
export interface TransientType {
  readonly kind: "transient";
  readonly inner: OptionalType | DefaultType;
}
export type FieldType = Type | OptionalType | DefaultType | NumberedType;

/** A function handed over as an argument: the other side calls back into the caller. */
export interface CallbackType {
  readonly kind: "callback";
  readonly params: readonly Param[];
  readonly returns: Type | OptionalType | undefined;
}
/** A stream handed over as an argument: client-streaming and bidirectional methods. */
export interface StreamType {
  readonly kind: "stream";
  readonly item: Type;
}
/** What a parameter may be. */
export type ParamType = FieldType | CallbackType | StreamType;

/** One field of a struct, an error or a request; one case of a union. Its `encoding` says how absence is written. */
export interface Field extends Encodable {
  readonly name: string;
  /** From 1, by order of declaration unless pinned. */
  readonly number: number;
  readonly type: Type;
  readonly optional: boolean;
  /** The value a reader fills in; `undefined` where the field has no default. */
  readonly defaultValue: unknown;
}

export interface Param<N extends string = string, T = ParamType> {
  readonly name: N;
  readonly type: T;
}

/**
 * The TypeScript type of the values that `T` describes, for who reads them: what has a default is always there. `T` may
 * also be the class that `t.error` made, or a schema that a contract takes.
 */
export type Infer<T> = T extends { readonly [VALUE]: infer V }
  ? V
  : T extends abstract new (
        ...args: never
      ) => infer E
    ? E
    : T extends Schema
      ? SchemaValue<T>
      : never;

/** As `Infer`, for who writes the values: what is optional or has a default may be left out. */
export type InferInput<T> = T extends { readonly [INPUT]: infer I }
  ? I
  : T extends abstract new (
        ...args: never
      ) => infer E
    ? E
    : T extends Schema
      ? SchemaInput<T>
      : never;

/** What a parameter is declared by, named by `arg` or not. */
type Declared<P> = P extends { readonly name: string; readonly type: infer T extends object } ? T : P;

/** The arguments, as a tuple, that a handler gets for a list of parameters. */
export type InferParams<P extends readonly unknown[]> = { -readonly [K in keyof P]: Infer<Declared<P[K]>> };
/** The arguments that a caller gives: the last ones may be left out, where they are optional or have defaults. */
export type InferInputParams<P extends readonly unknown[]> = number extends P["length"]
  ? Inputs<P>
  : MayEndEarly<P, []>;
type Inputs<P extends readonly unknown[]> = { -readonly [K in keyof P]: InputOf<Declared<P[K]>> };
type InputOf<T> = MayMiss<T> extends true ? InferInput<T> | undefined : InferInput<T>;
type MayEndEarly<P extends readonly unknown[], Last extends readonly unknown[]> = P extends readonly [
  ...infer Before,
  infer Param,
]
  ? MayMiss<Declared<Param>> extends true
    ? MayEndEarly<Before, [InputOf<Declared<Param>>?, ...Last]>
    : [...Inputs<P>, ...Last]
  : Last;
type MayMiss<T> = T extends MayBeLeftOut ? true : SchemaMayMiss<T>;

/** What a method that declares `returns: R` resolves to. */
// biome-ignore lint/suspicious/noConfusingVoidType: what a function without a result returns
export type InferResult<R> = [R] extends [undefined] ? void : Infer<R>;
/** What its handler resolves to. */
// biome-ignore lint/suspicious/noConfusingVoidType: what a function without a result returns
export type InferInputResult<R> = [R] extends [undefined] ? void : InferInput<R>;

type MayBeAbsent = { readonly kind: "optional" } | { readonly kind: "field" | "transient"; readonly optional: true };
type MayBeLeftOut =
  | { readonly kind: "optional" | "default" }
  | { readonly kind: "field" | "transient"; readonly omissible: true };
/** Members of several object types as those of one. */
export type Simplify<T> = { [K in keyof T]: T[K] };
/** What a field is that no type of `t` describes: no value fits. `t` itself throws; its bound cannot look at the fields. */
interface NotAType {
  readonly "not a type of t; a schema of another library goes into typeOf": never;
}
type FieldValue<T> = T extends { readonly kind: "callback" | "stream" }
  ? NotAType
  : T extends { readonly [VALUE]: infer V }
    ? V
    : NotAType;
type FieldInput<T> = T extends { readonly kind: "callback" | "stream" }
  ? NotAType
  : T extends { readonly [INPUT]: infer I }
    ? I
    : NotAType;
/** The members of a struct, and which of them may be absent. */
type Shape<F> = { [K in keyof F as F[K] extends MayBeAbsent ? never : K]: 0 } & {
  [K in keyof F as F[K] extends MayBeAbsent ? K : never]?: 0;
};
/** The object type of a struct with the fields `F`. */
export type InferFields<F> = { -readonly [K in keyof Shape<F>]: FieldValue<F[K & keyof F]> };
/** As `InferFields`, for who writes it. */
export type InferInputFields<F> = Simplify<
  { -readonly [K in keyof F as F[K] extends MayBeLeftOut ? never : K]: FieldInput<F[K]> } & {
    -readonly [K in keyof F as F[K] extends MayBeLeftOut ? K : never]?: FieldInput<F[K]>;
  }
>;
