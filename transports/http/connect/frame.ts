import type { RpcError } from "../../../core/error.ts";
import { connectWord } from "../status.ts";

/** The JSON of an error. https://connectrpc.com/docs/protocol#error-end-stream */
export interface ConnectError {
  readonly code: string;
  readonly message?: string | undefined;
}

export function connectErrorOf(error: RpcError): ConnectError {
  return { code: connectWord(error.code), message: error.message };
}
