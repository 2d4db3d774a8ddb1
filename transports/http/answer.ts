import { Reception, type RequestedCall } from "../../core/call/reception.ts";
import type { ReplySink } from "../../core/call/reply-sink.ts";
import type { ServerHost } from "../../core/transport.ts";
import type { HttpLimits } from "./limits.ts";

/** A call that came as a request of HTTP. */
export type HttpCall = RequestedCall<Answer>;

/** What a protocol makes of the outcome of one call: head, items, reply, end or error, as a `ReplySink` is told of them. */
export interface Answer extends ReplySink<HttpCall> {
  /** There is room for messages of the caller again. */
  room?(): void;
}

/** The calls of one listener, whatever protocol each came by: all that become of one is told to its own answer. */
export type Calls = Reception<Answer>;

export function createCalls(host: ServerHost, limits: HttpLimits): Calls {
  const sink: ReplySink<HttpCall> = {
    head: (call, metadata) => call.to.head(call, metadata),
    item: (call, value, shared) => call.to.item(call, value, shared),
    reply: (call, value, trailers) => call.to.reply(call, value, trailers),
    end: (call, trailers) => call.to.end(call, trailers),
    fail: (call, error) => call.to.fail(call, error),
    done: (call) => call.to.done?.(call),
  };
  // Streams are bounded by connection, as HTTP/2 does it, and as calls.
  return new Reception({
    host,
    limits: { ...limits, maxStreams: limits.maxPendingCalls },
    sink,
    room: (call) => call.to.room?.(),
  });
}
