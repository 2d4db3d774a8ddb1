import { callMetadata } from "../call/call-metadata.ts";
import type { Call } from "../call/interceptor.ts";
import type { IncomingCall } from "../context.ts";
import { RpcError } from "../error.ts";
import { emptyMetadata, type Metadata, mergedMetadata, travelling } from "../metadata.ts";
import type { Platform } from "../platform.ts";
import type { CallOptions } from "./client-types.ts";

/** What one call differs by from its method's own settings. */
export interface Terms {
  readonly metadata: Metadata;
  /** By the platform's clock; Infinity for "never". */
  readonly dueMs: number;
  readonly signal: AbortSignal | undefined;
  readonly key: string | undefined;
  readonly failFast: boolean | undefined;
}

/** The call that the present code serves, if any: what is called on its behalf inherits of it. */
export function served(platform: Platform): IncomingCall | undefined {
  return platform.current?.getStore();
}

/** Of a call with these options, `timeoutMs` where they say none. Throws `INVALID_ARGUMENT`. */
export function termsOf(options: CallOptions | undefined, timeoutMs: number, platform: Platform): Terms {
  const current = served(platform);
  const inherited = current && travelling(current.metadata);
  const given = options?.metadata;
  const metadata = inherited || given ? merged(inherited, given) : emptyMetadata;
  const dueMs = due(options?.timeoutMs ?? timeoutMs, current, platform);
  return { metadata, dueMs, signal: options?.signal, key: options?.key, failFast: options?.failFast };
}

/** Of what interceptors made of a call; without a time it waits for ever, since the method's own was in what they got. */
export function termsOfCall(call: Call, platform: Platform): Terms {
  const { timeoutMs = Number.POSITIVE_INFINITY, signal, key, failFast } = call;
  const dueMs = due(timeoutMs, served(platform), platform);
  return { metadata: callMetadata(call.metadata), dueMs, signal, key, failFast };
}

function due(timeoutMs: number, current: IncomingCall | undefined, platform: Platform): number {
  if (!(timeoutMs >= 0))
    throw new RpcError({
      code: "INVALID_ARGUMENT",
      message: `timeoutMs: expected a number from 0, got ${String(timeoutMs)}`,
    });
  // Work that goes on after the answer is bound by its call no more.
  const bound = current === undefined || current.answered ? Number.POSITIVE_INFINITY : current.timeLeft();
  return platform.now() + Math.min(timeoutMs, bound);
}

/** What a handler's call inherits, and what it says itself. */
function merged(inherited: Metadata | undefined, given: CallOptions["metadata"]): Metadata {
  const own = callMetadata(given);
  return inherited === undefined ? own : Object.freeze(mergedMetadata(inherited, own));
}
