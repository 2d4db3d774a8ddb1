/** The TypeScript type of the values of a JSON Schema: one of TypeBox, or one that was given `as const`. */
export type JsonSchemaValue<S> = Value<S, S>;

/** Of the schema `S` in the document `D`, whose parts a `$ref` may name. */
type Value<S, D> = S extends { readonly "~unsafe": infer V }
  ? V
  : S extends { readonly $ref: infer R extends string }
    ? Referred<R, S extends { readonly $defs: unknown } ? S : D>
    : S extends { readonly const: infer V }
      ? V
      : S extends { readonly enum: readonly (infer V)[] }
        ? V
        : S extends { readonly anyOf: readonly (infer U)[] } | { readonly oneOf: readonly (infer U)[] }
          ? EachValue<U, D> & Beside<S, D>
          : S extends { readonly allOf: readonly (infer U)[] }
            ? Plain<Intersection<EachIntersected<U, D>> & Beside<S, D>>
            : S extends { readonly type: infer K extends string }
              ? OfKind<K, S, D>
              : S extends { readonly type: readonly (infer K extends string)[] }
                ? EachKind<K, S, D>
                : unknown;

type EachValue<U, D> = U extends unknown ? Value<U, D> : never;
type EachKind<K, S, D> = K extends string ? OfKind<K, S, D> : never;
type EachIntersected<U, D> = U extends unknown ? (value: Value<U, D>) => void : never;
type Intersection<F> = [F] extends [(value: infer V) => void] ? V : never;
/** The conditional only makes editors show the members instead of this name. */
type Plain<T> = T extends infer O ? { [K in keyof O]: O[K] } : never;
type Tuple<T extends readonly unknown[], D> = { -readonly [I in keyof T]: Value<T[I], D> };

/** The members that an object names beside its alternatives or parts. */
type Beside<S, D> = S extends { readonly properties: unknown } ? Members<S, D> : unknown;

/** `Tree` as TypeBox writes it, `#/$defs/Tree` as JSON Schema does. */
type Referred<R extends string, D> = R extends "#"
  ? Value<D, D>
  : Definition<D, R extends `#/${"$defs" | "definitions"}/${infer Name}` ? Name : R>;
type Definition<D, Name> = D extends { readonly $defs: infer All } | { readonly definitions: infer All }
  ? Name extends keyof All
    ? Value<All[Name], D>
    : unknown
  : unknown;

interface Kinds {
  readonly string: string;
  readonly number: number;
  readonly integer: number;
  readonly boolean: boolean;
  readonly null: null;
  readonly bigint: bigint;
  readonly undefined: undefined;
  readonly Date: Date;
  readonly Uint8Array: Uint8Array;
}
type OfKind<K extends string, S, D> = K extends keyof Kinds
  ? Kinds[K]
  : K extends "array"
    ? Items<S, D>
    : K extends "object"
      ? Members<S, D>
      : unknown;

type Items<S, D> = S extends { readonly prefixItems: infer T extends readonly unknown[] }
  ? Tuple<T, D>
  : S extends { readonly items: infer T }
    ? T extends readonly unknown[]
      ? { -readonly [I in keyof T]: Value<T[I], D> }
      : Value<T, D>[]
    : unknown[];

type Members<S, D> = S extends { readonly properties: infer P }
  ? Properties<P, S extends { readonly required: readonly (infer R)[] } ? R : never, D>
  : S extends { readonly patternProperties: infer P }
    ? Record<string, Value<P[keyof P], D>>
    : S extends { readonly additionalProperties: infer V extends object }
      ? Record<string, Value<V, D>>
      : Record<string, unknown>;

type Properties<P, R, D> = Plain<
  { -readonly [K in keyof P as K extends R ? K : never]: Value<P[K], D> } & {
    -readonly [K in keyof P as K extends R ? never : K]?: Value<P[K], D>;
  }
>;
