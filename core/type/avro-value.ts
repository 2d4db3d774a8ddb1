/*
 * What `fromAvro` does, for the compiler. `D` are all definitions of the document, `N` is the namespace of the place.
 */

/**
 * The TypeScript type of the values of an Avro schema that was given `as const`; `unknown` where the schema is not known
 * that exactly.
 */
export type AvroValue<S> = string extends S[keyof S & "type"] ? unknown : Value<S, Definitions<S, "">, "">;

interface Definition {
  readonly name: string;
  readonly schema: unknown;
}

type Value<S, D extends Definition, N extends string> = S extends string
  ? NamedValue<S, D, N>
  : S extends readonly unknown[]
    ? UnionValue<S, D, N>
    : S extends { readonly type: "array"; readonly items: infer I }
      ? Value<I, D, N>[]
      : S extends { readonly type: "map"; readonly values: infer V }
        ? Record<string, Value<V, D, N>>
        : S extends { readonly type: "record" | "error"; readonly fields: readonly (infer F)[] }
          ? RecordValue<F, D, Namespace<FullName<S, N>>>
          : S extends { readonly type: "enum"; readonly symbols: readonly (infer M)[] }
            ? M
            : S extends {
                  readonly logicalType: "decimal";
                  readonly type: "bytes" | "fixed";
                  readonly precision: number;
                }
              ? string
              : S extends { readonly type: "fixed" }
                ? Uint8Array
                : S extends { readonly logicalType: "timestamp-millis"; readonly type: "long" }
                  ? Date
                  : S extends { readonly type: infer T }
                    ? Value<T, D, N>
                    : unknown;

interface Primitives {
  null: Record<string, never>;
  boolean: boolean;
  int: number;
  long: bigint;
  float: number;
  double: number;
  bytes: Uint8Array;
  string: string;
}

type NamedValue<S extends string, D extends Definition, N extends string> = S extends keyof Primitives
  ? Primitives[S]
  : [Find<S, D, N>] extends [never]
    ? unknown
    : Value<Find<S, D, N>["schema"], D, Namespace<Find<S, D, N>["name"]>>;

/** The definition that a name means inside a namespace. */
type Find<S extends string, D extends Definition, N extends string> =
  Extract<D, { readonly name: `${N}.${S}` }> extends infer Inside extends Definition
    ? [Inside] extends [never]
      ? Extract<D, { readonly name: S }>
      : Inside
    : never;

type IsNull<B> = B extends "null" | { readonly type: "null" } ? true : false;
type WithoutNull<U extends readonly unknown[]> = U extends readonly [infer B, ...infer R]
  ? IsNull<B> extends true
    ? WithoutNull<R>
    : [B, ...WithoutNull<R>]
  : [];
type Branches<F> = F extends { readonly type: infer U extends readonly unknown[] }
  ? U
  : F extends { readonly type: { readonly type: infer U extends readonly unknown[] } }
    ? U
    : readonly [];
/** The branches of a field that may be absent; none of any other. */
type OptionalBranches<F> = F extends { readonly default: infer V }
  ? V extends null
    ? NullableBranches<F>
    : []
  : NullableBranches<F>;
type NullableBranches<F> = true extends IsNull<Branches<F>[number]> ? WithoutNull<Branches<F>> : [];

type RecordValue<F, D extends Definition, N extends string> = Simplify<
  {
    -readonly [K in F as OptionalBranches<K> extends [] ? NameOf<K> : never]: K extends { readonly type: infer T }
      ? Value<T, D, N>
      : unknown;
  } & {
    -readonly [K in F as OptionalBranches<K> extends [] ? never : NameOf<K>]?:
      | (OptionalBranches<K> extends [infer B] ? Value<B, D, N> : UnionValue<OptionalBranches<K>, D, N>)
      | undefined;
  }
>;
type NameOf<F> = F extends { readonly name: infer K extends string } ? K : never;
type Simplify<T> = { [K in keyof T]: T[K] };

type UnionValue<U extends readonly unknown[], D extends Definition, N extends string> = {
  [I in keyof U]: {
    kind: CaseName<BranchName<U[I], D, N>, BranchName<U[number], D, N>>;
    value: Value<U[I], D, N>;
  };
}[number];

type BranchName<B, D extends Definition, N extends string> = B extends string
  ? [Find<B, D, N>] extends [never]
    ? B
    : Find<B, D, N>["name"]
  : B extends { readonly name: string }
    ? FullName<B, N>
    : B extends { readonly type: infer T }
      ? BranchName<T, D, N>
      : never;
/** A branch's simple name, or the whole where another branch has the same. */
type CaseName<B, All> = B extends string
  ? [Exclude<Extract<All, SimpleName<B> | `${string}.${SimpleName<B>}`>, B>] extends [never]
    ? SimpleName<B>
    : Underscored<B>
  : never;
type SimpleName<S extends string> = S extends `${string}.${infer R}` ? SimpleName<R> : S;
type Underscored<S extends string> = S extends `${infer A}.${infer R}` ? `${A}_${Underscored<R>}` : S;

type FullName<S, N extends string> = S extends { readonly name: infer A extends string }
  ? A extends `${string}.${string}`
    ? A
    : S extends { readonly namespace: infer M extends string }
      ? Join<M, A>
      : Join<N, A>
  : never;
type Join<N extends string, A extends string> = N extends "" ? A : `${N}.${A}`;
type Namespace<S extends string> = S extends `${infer A}.${infer R}`
  ? R extends `${string}.${string}`
    ? `${A}.${Namespace<R>}`
    : A
  : "";

/** Every definition in a schema. */
type Definitions<S, N extends string> = S extends readonly (infer B)[]
  ? Definitions<B, N>
  : S extends { readonly type: "array"; readonly items: infer I }
    ? Definitions<I, N>
    : S extends { readonly type: "map"; readonly values: infer V }
      ? Definitions<V, N>
      : S extends { readonly type: "record" | "error"; readonly fields: readonly (infer F)[] }
        ? { readonly name: FullName<S, N>; readonly schema: S } | FieldDefinitions<F, Namespace<FullName<S, N>>>
        : S extends { readonly type: "enum" | "fixed" }
          ? { readonly name: FullName<S, N>; readonly schema: S }
          : S extends { readonly type: infer T extends object }
            ? Definitions<T, N>
            : never;
type FieldDefinitions<F, N extends string> = F extends { readonly type: infer T } ? Definitions<T, N> : never;
