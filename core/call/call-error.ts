import { messageOf, RpcError } from "../error.ts";
import { oneLine } from "../error-source.ts";
import { keepStack } from "./caller-stack.ts";
import type { Place } from "./place.ts";

/** What ends calls, in the words of every transport. */

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
export function unreadable({ method }: Place, cause: unknown): RpcError {
  const message = `${method.name}: the reply could not be read: ${messageOf(cause)}`;
  return new RpcError({ code: "DATA_LOSS", message, cause });
}

/** Certainly not executed; whoever still waits may try elsewhere. */
export function tooLate(method: string): RpcError {
  return new RpcError({
    code: "DEADLINE_EXCEEDED",
    message: `${method}: the deadline had passed before the handler could begin`,
    retryable: true,
  });
}

/** The same, where the caller itself knows it. */
export function handlerNotRun(method: string): RpcError {
  const message = `${method}: no reply before the deadline; the handler was not run; raise timeoutMs if the work needs longer`;
  return new RpcError({ code: "DEADLINE_EXCEEDED", message });
}

export function cancelledByCaller(): RpcError {
  return new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" });
}

export function tooManyStreams(maxStreams: number): RpcError {
  const message = `maxStreams (${maxStreams}) are open on this connection; close some`;
  return new RpcError({ code: "RESOURCE_EXHAUSTED", message, retryable: true });
}

export function onewayDropped(method: string): RpcError {
  const message = `${method}: a oneway call was dropped, because maxPendingCalls are in progress`;
  return new RpcError({ code: "RESOURCE_EXHAUSTED", message });
}

/** Certainly not executed; another instance may have it. */
export function noSuchOperation(path: string): RpcError {
  return new RpcError({
    code: "UNIMPLEMENTED",
    message: `the service has no ${oneLine(path)}; deploy a server that has, or check the contract`,
    retryable: true,
  });
}
