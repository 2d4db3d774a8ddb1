import { detailsOf } from "../../../codecs/protobuf/status.ts";
import { toBase64 } from "../../../core/base64.ts";
import type { MethodDescriptor } from "../../../core/contract/contract.ts";
import { RpcError } from "../../../core/error.ts";
import { connectWord } from "../status.ts";

/** The JSON of an error. https://connectrpc.com/docs/protocol#error-end-stream */
export interface ConnectError {
  readonly code: string;
  readonly message?: string | undefined;
  readonly details?: readonly { readonly type: string; readonly value: string }[] | undefined;
}

export function connectErrorOf(error: RpcError, method: MethodDescriptor | undefined): ConnectError {
  const details = detailsOf(error, method);
  return {
    code: connectWord(error.code),
    message: error.message === "" ? undefined : error.message,
    details:
      details.length === 0
        ? undefined
        : details.map(({ type, value }) => ({ type, value: toBase64(value).replace(/=+$/, "") })),
  };
}

/** The JSON of the last envelope of a stream. */
export interface EndStream {
  readonly error?: ConnectError | undefined;
  readonly metadata?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Left out by clients that are no libraries. https://connectrpc.com/docs/protocol#unary-request */
export function checkVersion(header: unknown): void {
  if (header === undefined || header === "1") return;
  const message = `connect-protocol-version is ${JSON.stringify(String(header).slice(0, 40))}; this server knows 1`;
  throw new RpcError({ code: "INVALID_ARGUMENT", message });
}
