import { type ErrorDetail, errorOf } from "../../../codecs/protobuf/status.ts";
import { fromBase64 } from "../../../core/base64.ts";
import { readText } from "../../../core/bytes/utf8.ts";
import type { Code } from "../../../core/code.ts";
import type { MethodDescriptor } from "../../../core/contract/contract.ts";
import type { RpcError } from "../../../core/error.ts";
import { isRecord } from "../../../core/is-record.ts";
import type { Metadata } from "../../../core/metadata.ts";
import { codeOfWord } from "../status.ts";

/** What is known of an error beside its JSON. */
export interface ErrorFrame {
  /** Where the JSON names none. */
  readonly code: Code;
  /** Where it has none. */
  readonly message: string;
  readonly metadata: Metadata;
  readonly retryable: boolean;
  readonly method: MethodDescriptor;
}

/** JSON as it came; `undefined` where it is none. */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(readText(bytes, 0, bytes.length) as string);
  } catch {
    return undefined;
  }
}

/**
 * The error that JSON tells of; `undefined` where it is none. It may lack what it should have, and have what nobody knows.
 * https://connectrpc.com/docs/protocol#error-end-stream
 */
export function readError(
  json: unknown,
  { code, message, metadata, retryable, method }: ErrorFrame,
): RpcError | undefined {
  if (!isRecord(json)) return undefined;
  const said = json as { readonly code?: unknown; readonly message?: unknown; readonly details?: unknown };
  const head = {
    code: codeOfWord(said.code) ?? code,
    message: typeof said.message === "string" ? said.message : message,
    metadata,
    retryable,
  };
  return errorOf(head, Array.isArray(said.details) ? said.details.flatMap(readDetail) : [], method);
}

/** Its `debug` is for people, and nothing is made of it. */
function readDetail(json: unknown): ErrorDetail[] {
  const { type, value } = Object(json) as { readonly type?: unknown; readonly value?: unknown };
  const bytes = typeof value === "string" ? fromBase64(value) : undefined;
  return typeof type !== "string" || bytes === undefined
    ? []
    : [{ type: type.slice(type.lastIndexOf("/") + 1), value: bytes }];
}
