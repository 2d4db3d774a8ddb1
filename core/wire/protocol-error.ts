import { RpcError } from "../error.ts";

/** A peer broke a rule of the protocol: its connection is cut, and nothing else is harmed. */
export function protocolError(what: string): RpcError {
  return new RpcError({ code: "INTERNAL", message: `protocol error: ${what}; the connection is cut` });
}

/** Items of a stream for which the reader has given no room. */
export function overCredit(): RpcError {
  return protocolError("a stream sent more than its credit");
}
