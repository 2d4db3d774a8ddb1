import type { HttpBinding } from "../../../core/contract/http-rule.ts";
import { RpcError } from "../../../core/error.ts";
import type { StructType } from "../../../core/type/type.ts";
import { fillQuery, fillVariable } from "./fields.ts";
import { type JsonTree, printTree, readTree } from "./json-text.ts";
import { variablesOf } from "./routes.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const EMPTY = encoder.encode("{}");

/** What a request of HTTP says, wherever in it. */
export interface Said {
  readonly segments: readonly string[];
  readonly query: string;
  readonly body: Uint8Array;
}

/** The request of a method as JSON, put together from path, query and body. Throws `INVALID_ARGUMENT` where they do not fit. */
export function requestJson(binding: HttpBinding, request: StructType, { segments, query, body }: Said): Uint8Array {
  const { variables } = binding.path;
  if (binding.body === "*" && variables.length === 0) {
    if (query !== "") throw besideBody();
    return body.length === 0 ? EMPTY : body;
  }
  const tree = bodyTree(binding.body, body);
  const texts = variablesOf(binding.path, segments);
  for (const [i, { field }] of variables.entries()) fillVariable({ request, tree }, field, texts[i] as string);
  if (binding.body !== "*") {
    const taken = new Set(variables.map(({ field }) => field.join(".")));
    if (binding.body !== undefined) taken.add(binding.body);
    fillQuery({ request, tree }, query, taken);
  } else if (query !== "") throw besideBody();
  return encoder.encode(printTree(tree));
}

/** Of a request that has neither path nor body: `?since=5`. */
export function queryJson(request: StructType, query: string): Uint8Array {
  const tree: JsonTree = new Map();
  fillQuery({ request, tree }, query, new Set());
  return encoder.encode(printTree(tree));
}

function bodyTree(member: string | undefined, body: Uint8Array): JsonTree {
  if (member === undefined || body.length === 0) return new Map();
  const text = jsonText(body);
  if (member !== "*") return new Map([[member, text]]);
  if (!text.startsWith("{"))
    throw new RpcError({ code: "INVALID_ARGUMENT", message: `the body is ${text.slice(0, 40)}; expected an object` });
  return readTree(text);
}

/** One value of JSON, as it was written. */
function jsonText(body: Uint8Array): string {
  try {
    const text = decoder.decode(body).trim();
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new RpcError({ code: "INVALID_ARGUMENT", message: `the body is no JSON: ${(cause as Error).message}` });
  }
}

function besideBody(): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: "the body is the whole request, so the query must be empty",
  });
}
