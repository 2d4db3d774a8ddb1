/*
 * A contract as data: what it declares, as JSON, from which the same contract is made again. One dialect in two measures.
 * Whole, it says everything: what `trunkline schema` prints, what `trunkline.Contracts` serves. Its wire part leaves out what
 * is each side's own: values of defaults (that a field has one stays), transient fields, codes and messages of declared
 * errors, `idempotent`, `noSideEffects`, `http`, `timeoutMs`, group and docs. Peers whose fingerprints differ send one another that part, and the
 * fingerprint is made of it.
 */

import type { PlainRule } from "./http-rule.ts";

/** What is written by these rules; another version of them would have another word. */
export const CONTRACT_FORM = "contract/1";
export const TYPES_FORM = "types/1";

export interface ContractJson {
  readonly trunkline: typeof CONTRACT_FORM;
  readonly name: string;
  readonly version: string;
  readonly group?: string | undefined;
  /** For who reads it; who makes a contract of it computes its own. */
  readonly fingerprint?: string | undefined;
  readonly members: readonly MemberJson[];
  readonly types: TypesJson["types"];
  /** By name: a service, a method `shop.Orders.place`, a type `shop.Order`, a field `shop.Order.id`. */
  readonly docs?: Readonly<Record<string, string>> | undefined;
}

/** Named types alone, with all that they contain. */
export interface TypesJson {
  readonly trunkline: typeof TYPES_FORM;
  /** By the word that stands for the type elsewhere in it. */
  readonly types: Readonly<Record<string, NamedJson>>;
}

/** Members that are `undefined` are not printed. */
export interface MemberJson extends ResultJson {
  readonly kind: "rpc" | "oneway" | "stream" | "topic";
  readonly name: string;
  readonly untyped?: true | undefined;
  readonly params?: readonly ParamJson[] | undefined;
  /** The words of declared errors. */
  readonly throws?: readonly string[] | undefined;
  readonly idempotent?: true | undefined;
  readonly noSideEffects?: true | undefined;
  /** In the words of google.api.http. */
  readonly http?: PlainRule | undefined;
  readonly timeoutMs?: number | undefined;
}
export type ParamJson =
  | FieldJson
  | { readonly name: string; readonly stream: string }
  | { readonly name: string; readonly callback: CallbackJson };
export interface CallbackJson extends ResultJson {
  readonly params: readonly ParamJson[];
}
/** The result, an item of a stream, the value of a topic. */
export interface ResultJson {
  readonly type?: string | undefined;
  readonly optional?: true | undefined;
  readonly encoding?: EncodingJson | undefined;
}
/** By codec, the word of the form that it writes. */
export type EncodingJson = Readonly<Record<string, string>>;

export interface FieldJson {
  readonly name: string;
  /** A word: `int32`, `list<shop.Item>`, `int32{protobuf=sint32}`. */
  readonly type: string;
  /** Where it is not the place. */
  readonly number?: number | undefined;
  readonly optional?: true | undefined;
  /** How each codec writes absence. */
  readonly encoding?: EncodingJson | undefined;
  /** As the JSON codec writes the value. */
  readonly default?: unknown;
  /** In the wire part, in place of `default`. */
  readonly hasDefault?: true | undefined;
}
export interface NamedJson {
  readonly kind: "struct" | "union" | "enum" | "error";
  /** Where it is not the word itself. */
  readonly name?: string | undefined;
  readonly fields?: readonly FieldJson[] | undefined;
  readonly transient?: readonly FieldJson[] | undefined;
  readonly members?: readonly string[] | undefined;
  /** Of the members, where they are not their places. */
  readonly numbers?: readonly number[] | undefined;
  readonly version?: string | undefined;
  readonly encoding?: EncodingJson | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}
