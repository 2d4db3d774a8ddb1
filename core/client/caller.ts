import { callMetadata } from "../call/call-metadata.ts";
import { tellListener } from "../call/caller-end.ts";
import { cancelled } from "../call/future.ts";
import { type Call, compose, type Interceptor, type Next, type Reply } from "../call/interceptor.ts";
import { OutgoingCall, type Sender } from "../call/outgoing.ts";
import { checkArguments } from "../call/place.ts";
import type { TimerWheel } from "../call/timer-wheel.ts";
import type { MethodDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import { type ErrorListener, type ErrorSource, withoutHalf } from "../error-source.ts";
import { emptyMetadata, type Metadata } from "../metadata.ts";
import type { Platform } from "../platform.ts";
import type { Channel, Dispatcher } from "./channel.ts";
import type { CallOptions } from "./client-types.ts";
import { Direct } from "./direct.ts";
import type { Provider } from "./provider.ts";
import { served, type Terms, termsOf, termsOfCall } from "./terms.ts";
import { Unawaited } from "./unawaited.ts";

export interface CallerContext {
  readonly service: string;
  readonly platform: Platform;
  readonly wheel: TimerWheel;
  /** In milliseconds; calls never wait for ever. Asked once per method. */
  timeoutOf(method: MethodDescriptor): number;
  readonly interceptors: readonly Interceptor[];
  readonly onError: ErrorListener;
}

/** Starts the unary or oneway calls of one method; what can be decided once was decided when this was made. */
export class Caller {
  readonly method: MethodDescriptor;
  readonly context: CallerContext;
  readonly channel: Channel;
  readonly timeoutMs: number;
  readonly #dispatcher: Dispatcher;
  readonly #chain: Next | undefined;
  #unawaited: Unawaited | undefined;

  /** `dispatcher`: who takes the calls. */
  constructor(method: MethodDescriptor, context: CallerContext, channel: Channel, dispatcher: Dispatcher = channel) {
    this.method = method;
    this.context = context;
    this.channel = channel;
    this.timeoutMs = context.timeoutOf(method);
    this.#dispatcher = dispatcher;
    const { interceptors } = context;
    this.#chain = interceptors.length === 0 ? undefined : compose(interceptors, (call) => this.#innermost(call));
  }

  /** True where no interceptor stands between a call and its channel. */
  get plain(): boolean {
    return this.#chain === undefined;
  }

  /** Tells of what no caller waits for: `listener` if there is one, else the client's `onError`. */
  report(error: unknown, where: ErrorSource = {}, listener = this.context.onError): void {
    listener(error, { service: this.context.service, method: withoutHalf(this.method.name), ...where });
  }

  /** A unary call: the promise of its value. */
  unary(args: readonly unknown[], options: CallOptions | undefined): Promise<unknown> {
    if (this.#chain !== undefined) return this.#intercepted(args, options, undefined);
    return this.start(args, options).promise;
  }

  /** The same at one instance, which is not tried again. */
  unaryAt(provider: Provider, args: readonly unknown[], options: CallOptions | undefined): Promise<unknown> {
    if (this.#chain !== undefined) return this.#intercepted(args, options, provider);
    const direct = new Direct(this.channel, provider);
    return begin(this.create(args, options, direct), direct).promise;
  }

  /** A unary or oneway call on its way, without interceptors. */
  start(args: readonly unknown[], options: CallOptions | undefined): OutgoingCall {
    return begin(this.create(args, options), this.#dispatcher);
  }

  /** The call with its deadline running, not yet sent. */
  create(args: readonly unknown[], options: CallOptions | undefined, sender: Sender = this.#dispatcher): OutgoingCall {
    const { platform, wheel } = this.context;
    const call = new OutgoingCall(sender, wheel, this.method, args);
    if (options === undefined && served(platform) === undefined) {
      call.startDeadline(platform.now(), this.timeoutMs);
      return call;
    }
    this.#apply(this.terms(options), call);
    if (options?.onReplyMetadata !== undefined || options?.onTrailers !== undefined)
      call.promise.then(
        () => this.#tell(options, call.replyMetadata, call.replyTrailers),
        () => {},
      );
    return call;
  }

  #apply({ metadata, dueMs, signal, key, failFast }: Terms, call: OutgoingCall): void {
    const now = this.context.platform.now();
    call.metadata = metadata;
    call.key = key;
    call.failFast = failFast;
    call.startDeadline(now, dueMs - now);
    // No time is left: the work must not begin.
    if (dueMs <= now) call.expire();
    if (signal) follow(call, signal);
  }

  /** A oneway: throws where the arguments do not fit; resolves when the bytes have left. */
  oneway(args: readonly unknown[], options: CallOptions | undefined): Promise<unknown> {
    // What is encoded later, behind interceptors or a connection that is not there yet, is checked now.
    if (this.#later) this.#check(args);
    return this.#chain === undefined ? this.#leave(args, options).promise : this.#intercepted(args, options, undefined);
  }

  /** The same for who does not wait: what keeps it from leaving `onError` is told. */
  fire(args: readonly unknown[], options: CallOptions | undefined): void {
    if (this.#later) {
      this.oneway(args, options).catch((error: unknown) => this.report(error));
      return;
    }
    if (options === undefined) return this.#send(args);
    const call = this.#leave(args, options);
    call.promise.catch((error: unknown) => this.#reportOf(call, error));
  }

  /** A loop that sends very many keeps them all until they have left: the less each is, the better. */
  #send(args: readonly unknown[]): void {
    const { platform } = this.context;
    this.#unawaited ??= new Unawaited(this.#dispatcher, (call, error) =>
      // The one who ends it is still at work.
      platform.nextTurn(() => this.#reportOf(call, error)),
    );
    const call = this.create(args, undefined, this.#unawaited);
    try {
      if (!call.settled) this.#dispatcher.dispatch(call);
    } catch (error) {
      this.#unawaited.throwing(call, RpcError.from(error, String(error)));
      throw error;
    }
  }

  #reportOf(call: OutgoingCall, error: unknown): void {
    const tried = call.triedAt ?? call.trail?.tried.at(-1);
    this.report(error, tried && { endpoint: tried.url, instance: tried.instance });
  }

  get #later(): boolean {
    const { providers, attempts } = this.channel;
    return this.#chain !== undefined || attempts !== undefined || providers.ready.length === 0;
  }

  #check(args: readonly unknown[]): void {
    checkArguments(args, { service: this.channel.contract.name, method: this.method });
  }

  #leave(args: readonly unknown[], options: CallOptions | undefined): OutgoingCall {
    const call = this.create(args, options);
    try {
      if (!call.settled) this.#dispatcher.dispatch(call);
    } catch (error) {
      call.promise.catch(() => {});
      call.fail(RpcError.from(error, String(error)));
      throw error;
    }
    return call;
  }

  /** A wait for what `find` finds, on the terms of a call. */
  reach(terms: Terms, find: () => unknown): OutgoingCall {
    const wait = new OutgoingCall(this.channel, this.context.wheel, this.method, []);
    this.#apply(terms, wait);
    if (!wait.settled) this.channel.admit(wait, find);
    return wait;
  }

  /** Of a call with these options. */
  terms(options: CallOptions | undefined): Terms {
    return termsOf(options, this.timeoutMs, this.context.platform);
  }

  async #intercepted(
    args: readonly unknown[],
    options: CallOptions | undefined,
    candidate: Provider | undefined,
  ): Promise<unknown> {
    const call = callOf(this, { args, terms: this.terms(options) });
    const reply = await (this.#chain as Next)(candidate === undefined ? call : { ...call, candidate });
    if (options?.onReplyMetadata !== undefined || options?.onTrailers !== undefined)
      this.#tell(options, callMetadata(reply.metadata), callMetadata(reply.trailers));
    return reply.value;
  }

  /** Behind the interceptors: sends what they made of the call. */
  async #innermost(seen: Call): Promise<Reply> {
    const { platform, wheel } = this.context;
    const { candidate } = seen;
    const dispatcher = candidate === undefined ? this.#dispatcher : new Direct(this.channel, candidate as Provider);
    const call = new OutgoingCall(dispatcher, wheel, this.method, seen.args);
    this.#apply(termsOfCall(seen, platform), call);
    const value = await begin(call, dispatcher).promise;
    const { replyMetadata: metadata, replyTrailers: trailers } = call;
    return trailers === emptyMetadata ? { value, metadata } : { value, metadata, trailers };
  }

  /** The reply is there, whatever becomes of who wanted its metadata. */
  #tell({ onReplyMetadata, onTrailers }: CallOptions, metadata: Metadata, trailers: Metadata): void {
    const onError = (error: RpcError): void => this.report(error);
    tellListener("onReplyMetadata", () => onReplyMetadata?.(metadata), onError);
    if (Object.keys(trailers).length > 0) tellListener("onTrailers", () => onTrailers?.(trailers), onError);
  }
}

function begin(call: OutgoingCall, dispatcher: Dispatcher): OutgoingCall {
  if (call.settled) return call;
  try {
    dispatcher.dispatch(call);
  } catch (error) {
    call.fail(RpcError.from(error, String(error)));
  }
  return call;
}

/** A call as interceptors see it. */
export function callOf(
  { channel, method, context }: Pick<Caller, "channel" | "method" | "context">,
  { args, terms }: { readonly args: readonly unknown[]; readonly terms: Terms },
): Call {
  const { metadata, signal, key, failFast } = terms;
  const left = Math.max(0, terms.dueMs - context.platform.now());
  const timeoutMs = left === Number.POSITIVE_INFINITY ? undefined : left;
  return { service: channel.contract.name, method, args, metadata, timeoutMs, signal, key, failFast };
}

function follow(call: OutgoingCall, signal: AbortSignal): void {
  const abort = (): void => call.abandon(cancelled(call, signal.reason));
  if (signal.aborted) return abort();
  signal.addEventListener("abort", abort, { once: true });
  const stop = (): void => signal.removeEventListener("abort", abort);
  call.promise.then(stop, stop);
}
