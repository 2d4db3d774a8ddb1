import { keepStack } from "../call/caller-stack.ts";
import { messageOf, RpcError } from "../error.ts";
import type { ClientOperation } from "./pending.ts";

/** A limit of this side or of the server is reached; nothing was sent. */
export function exhausted(limit: string, value: number): RpcError {
  return new RpcError({
    code: "RESOURCE_EXHAUSTED",
    message: `the connection is at its limit ${limit} (${value}); wait for replies, give connect more connections, or raise the limit`,
    retryable: true,
  });
}

/** A oneway whose connection ended before its bytes had left. */
export function neverLeft(method: string): RpcError {
  return new RpcError({
    code: "UNAVAILABLE",
    message: `${method}: the connection was lost before all of the call had left; outcome unknown`,
    details: { outcome: "unknown" },
  });
}

/** A stream that the caller passed threw. */
export function argumentFailed(thrown: unknown): RpcError {
  if (RpcError.is(thrown)) return keepStack(thrown);
  const message = `the stream passed as an argument failed: ${String(thrown)}`;
  return new RpcError({ code: "CANCELLED", message, cause: thrown });
}

/** The answer came and does not fit. */
export function unreadable(operation: ClientOperation, cause: unknown): RpcError {
  const message = `${operation.wire.method.name}: the reply could not be read: ${messageOf(cause)}`;
  return new RpcError({ code: "DATA_LOSS", message, cause });
}
