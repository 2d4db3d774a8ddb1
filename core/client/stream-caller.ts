import { callMetadata } from "../call/call-metadata.ts";
import { DeferredStream } from "../call/deferred-stream.ts";
import { type Call, compose, type Next } from "../call/interceptor.ts";
import { LazyStream } from "../call/lazy-stream.ts";
import { emptyMetadata, type Metadata } from "../metadata.ts";
import { type Caller, callOf } from "./caller.ts";
import type { CallOptions } from "./client-types.ts";
import type { Provider } from "./provider.ts";
import { StreamWay } from "./stream-way.ts";
import { type Terms, termsOf } from "./terms.ts";

/** Starts the streams of one method; what can be decided once was decided when this was made. */
export class StreamCaller {
  readonly caller: Caller;
  readonly #chain: Next | undefined;

  constructor(caller: Caller) {
    this.caller = caller;
    const { interceptors } = caller.context;
    this.#chain =
      interceptors.length === 0
        ? undefined
        : compose(interceptors, async (call) => ({
            value: this.#open(call, callMetadata(call.metadata)),
            metadata: emptyMetadata,
          }));
  }

  /** True where no interceptor stands between a stream and its channel. */
  get plain(): boolean {
    return this.#chain === undefined;
  }

  stream(args: readonly unknown[], options: CallOptions | undefined): AsyncIterable<unknown> {
    const { method, context } = this.caller;
    // A stream lives as long as both sides do: only a deadline that was asked for, declared or inherited ends it.
    const terms = termsOf(options, method.timeoutMs ?? Number.POSITIVE_INFINITY, context.platform);
    const call = callOf(this.caller, { args, terms });
    const { onReplyMetadata, onTrailers } = options ?? {};
    const heard = onReplyMetadata !== undefined || onTrailers !== undefined;
    return this.#through(heard ? { ...call, onReplyMetadata, onTrailers } : call);
  }

  /** A stream from one instance, with no end but that of its sides or of `signal`: a subscription. */
  streamAt(
    candidate: Provider,
    args: readonly unknown[],
    { key, signal }: Pick<Terms, "key" | "signal">,
  ): AsyncIterable<unknown> {
    const dueMs = Number.POSITIVE_INFINITY;
    const terms = { metadata: emptyMetadata, dueMs, signal, key, failFast: undefined };
    return this.#through({ ...callOf(this.caller, { args, terms }), candidate });
  }

  #through(call: Call): AsyncIterable<unknown> {
    const chain = this.#chain;
    if (chain === undefined) return this.#open(call, call.metadata);
    return new DeferredStream(async () => (await chain(call)).value as AsyncIterable<unknown>);
  }

  #open(call: Call, metadata: Metadata): AsyncIterable<unknown> {
    const { method, context } = this.caller;
    const { args, timeoutMs, signal, onReplyMetadata, onTrailers } = call;
    const deadline = timeoutMs === undefined ? undefined : context.platform.now() + timeoutMs;
    const request = { method, args, metadata, deadline, signal, onReplyMetadata, onTrailers };
    return new LazyStream(new StreamWay(this.caller, call), context.platform, request);
  }
}
