import { callMetadata } from "../call/call-metadata.ts";
import { DeferredStream } from "../call/deferred-stream.ts";
import { cancelled } from "../call/future.ts";
import { type Call, compose, type Interceptor, type Next, type Reply } from "../call/interceptor.ts";
import { LazyStream, type Way } from "../call/lazy-stream.ts";
import { OutgoingCall, type Sender } from "../call/outgoing.ts";
import { checkArguments } from "../call/place.ts";
import type { TimerWheel } from "../call/timer-wheel.ts";
import type { IncomingCall } from "../context.ts";
import type { MethodDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import { type ErrorListener, type ErrorSource, withoutHalf } from "../error-source.ts";
import { emptyMetadata, type Metadata, travelling } from "../metadata.ts";
import type { Platform } from "../platform.ts";
import type { ServicePort } from "../transport.ts";
import type { Channel } from "./channel.ts";
import type { CallOptions } from "./client-types.ts";
import type { Member } from "./member.ts";

export interface CallerContext {
  readonly service: string;
  readonly platform: Platform;
  readonly wheel: TimerWheel;
  /** In milliseconds; calls never wait for ever. Asked once per method. */
  timeoutOf(method: MethodDescriptor): number;
  readonly interceptors: readonly Interceptor[];
  readonly onError: ErrorListener;
}

/** What one call differs by from the method's own settings. */
interface Terms {
  metadata: Metadata;
  /** Infinity for "never". */
  dueMs: number;
  signal: AbortSignal | undefined;
  key: string | undefined;
  failFast: boolean | undefined;
}

/** Starts the calls of one method; what can be decided once was decided when this was made. */
export class Caller {
  readonly method: MethodDescriptor;
  readonly #context: CallerContext;
  readonly #channel: Channel;
  readonly #chain: Next | undefined;
  readonly #timeoutMs: number;

  constructor(method: MethodDescriptor, context: CallerContext, channel: Channel) {
    this.method = method;
    this.#context = context;
    this.#channel = channel;
    this.#timeoutMs = context.timeoutOf(method);
    this.#chain =
      context.interceptors.length === 0 ? undefined : compose(context.interceptors, (call) => this.#innermost(call));
  }

  get channel(): Channel {
    return this.#channel;
  }

  /** True where no interceptor stands between a call and its channel. */
  get plain(): boolean {
    return this.#chain === undefined;
  }

  /** Tells of what no caller waits for: `listener` if there is one, else the client's `onError`. */
  report(error: unknown, where: ErrorSource = {}, listener = this.#context.onError): void {
    listener(error, { service: this.#context.service, method: withoutHalf(this.method.name), ...where });
  }

  get platform(): Platform {
    return this.#context.platform;
  }

  /** A unary call: the promise of its value. */
  unary(args: readonly unknown[], options: CallOptions | undefined): Promise<unknown> {
    if (this.#chain !== undefined) return this.#intercepted(args, options);
    return this.start(args, options).promise;
  }

  /** A unary or oneway call on its way, without interceptors. */
  start(args: readonly unknown[], options: CallOptions | undefined): OutgoingCall {
    const call = this.create(args, options);
    if (call.settled) return call;
    try {
      this.#channel.dispatch(call);
    } catch (error) {
      call.fail(RpcError.from(error, String(error)));
    }
    return call;
  }

  /** The call with its deadline running, not yet sent. */
  create(args: readonly unknown[], options: CallOptions | undefined, sender: Sender = this.#channel): OutgoingCall {
    const { platform, wheel } = this.#context;
    const call = new OutgoingCall(sender, wheel, this.method, args);
    const current = platform.current?.getStore();
    if (options === undefined && current === undefined) {
      call.startDeadline(platform.now(), this.#timeoutMs);
      return call;
    }
    const terms = this.#terms(options, current);
    call.metadata = terms.metadata;
    call.key = terms.key;
    call.failFast = terms.failFast;
    const now = platform.now();
    call.startDeadline(now, terms.dueMs - now);
    // No time is left: the work must not begin.
    if (terms.dueMs <= now) call.expire();
    if (terms.signal) this.#follow(call, terms.signal);
    const tell = options?.onReplyMetadata;
    if (tell)
      call.promise.then(
        () => this.#tell(tell, call.replyMetadata),
        () => {},
      );
    return call;
  }

  /** A oneway: throws where the arguments do not fit; resolves when the bytes have left. */
  oneway(args: readonly unknown[], options: CallOptions | undefined): Promise<unknown> {
    // What is encoded later, behind interceptors or a connection that is not there yet, is checked now.
    if (this.#chain !== undefined || this.#channel.ready.length === 0) this.#check(args);
    return this.#chain === undefined ? this.#leave(args, options).promise : this.#intercepted(args, options);
  }

  /** The same for who does not wait: what keeps it from leaving `onError` is told. */
  fire(args: readonly unknown[], options: CallOptions | undefined): void {
    if (this.#chain !== undefined || this.#channel.ready.length === 0) {
      this.oneway(args, options).catch((error: unknown) => this.report(error));
      return;
    }
    const call = this.#leave(args, options);
    call.promise.catch((error: unknown) => {
      const tried = call.triedAt as Member | undefined;
      this.report(error, tried && { endpoint: tried.url, instance: tried.instance });
    });
  }

  #check(args: readonly unknown[]): void {
    checkArguments(args, { service: this.#channel.contract.name, method: this.method });
  }

  #leave(args: readonly unknown[], options: CallOptions | undefined): OutgoingCall {
    const call = this.create(args, options);
    try {
      if (!call.settled) this.#channel.dispatch(call);
    } catch (error) {
      call.promise.catch(() => {});
      call.fail(RpcError.from(error, String(error)));
      throw error;
    }
    return call;
  }

  stream(args: readonly unknown[], options: CallOptions | undefined): AsyncIterable<unknown> {
    const current = this.#context.platform.current?.getStore();
    // A stream lives as long as both sides do: only a deadline that was asked for, declared or inherited ends it.
    const terms = this.#terms(options, current, this.method.timeoutMs ?? Number.POSITIVE_INFINITY);
    return this.#streamed(args, terms, (call) => this.#way(call), options?.onReplyMetadata);
  }

  #way(call: Call): Way {
    const port = this.#channel.pick(call.key)?.port;
    const over = call.signal?.aborted === true || call.timeoutMs === 0;
    if (port !== undefined && !over) return port;
    // Without a deadline of its own it waits as long as a unary call would.
    const wait = this.reach({ ...optionsOf(call), timeoutMs: call.timeoutMs ?? this.#timeoutMs });
    return {
      port: wait.promise.then((member) => (member as Member).port as ServicePort),
      giveUp: () => wait.abandon(cancelled(wait)),
    };
  }

  /** A wait for a connection, as long as a unary call would: resolves to a member that is ready. */
  reach(options: CallOptions | undefined): OutgoingCall {
    const wait = this.create([], options);
    if (!wait.settled) this.#channel.admit(wait);
    return wait;
  }

  /** A stream from one instance, with no end but that of its sides or of `signal`: a subscription. */
  streamAt(port: ServicePort, args: readonly unknown[], signal: AbortSignal | undefined): AsyncIterable<unknown> {
    const terms = {
      metadata: emptyMetadata,
      dueMs: Number.POSITIVE_INFINITY,
      signal,
      key: undefined,
      failFast: undefined,
    };
    return this.#streamed(args, terms, () => port, undefined);
  }

  #streamed(
    args: readonly unknown[],
    terms: Terms,
    wayOf: (call: Call) => Way,
    onReplyMetadata: CallOptions["onReplyMetadata"],
  ): AsyncIterable<unknown> {
    const { platform, interceptors } = this.#context;
    const open = (call: Call): AsyncIterable<unknown> => {
      const { args, metadata, timeoutMs, signal } = call;
      const deadline = timeoutMs === undefined ? undefined : platform.now() + timeoutMs;
      return new LazyStream(() => wayOf(call), platform, {
        method: this.method,
        args,
        metadata: metadata === terms.metadata ? metadata : callMetadata(metadata),
        deadline,
        signal,
        onReplyMetadata,
      });
    };
    const call = this.#call(args, terms);
    if (this.#chain === undefined) return open(call);
    const chain = compose(interceptors, async (seen) => ({ value: open(seen), metadata: emptyMetadata }));
    return new DeferredStream(async () => (await chain(call)).value as AsyncIterable<unknown>);
  }

  /** The promise of the value of a call that `send` starts, through the interceptors if there are any. */
  async through(args: readonly unknown[], options: CallOptions | undefined, send: Send): Promise<unknown> {
    if (this.#chain === undefined) return send(args, options).promise;
    const chain = compose(this.#context.interceptors, (call) => outcome(send(call.args, boundedBy(call))));
    return this.#intercepted(args, options, chain);
  }

  async #intercepted(
    args: readonly unknown[],
    options: CallOptions | undefined,
    chain = this.#chain as Next,
  ): Promise<unknown> {
    const terms = this.#terms(options, this.#context.platform.current?.getStore());
    const reply = await chain(this.#call(args, terms));
    if (options?.onReplyMetadata) this.#tell(options.onReplyMetadata, callMetadata(reply.metadata));
    return reply.value;
  }

  #call(args: readonly unknown[], terms: Terms): Call {
    const left = Math.max(0, terms.dueMs - this.#context.platform.now());
    const timeoutMs = left === Number.POSITIVE_INFINITY ? undefined : left;
    return {
      service: this.#channel.contract.name,
      method: this.method,
      args,
      metadata: terms.metadata,
      timeoutMs,
      signal: terms.signal,
      key: terms.key,
      failFast: terms.failFast,
    };
  }

  /** Behind the interceptors: sends what they made of the call. */
  #innermost(call: Call): Promise<Reply> {
    return outcome(this.start(call.args, boundedBy(call)));
  }

  /** The reply is there, whatever becomes of who wanted its metadata. */
  #tell(listener: NonNullable<CallOptions["onReplyMetadata"]>, metadata: Metadata): void {
    try {
      listener(metadata);
    } catch (error) {
      this.report(RpcError.from(error, "onReplyMetadata threw"));
    }
  }

  #terms(options: CallOptions | undefined, current: IncomingCall | undefined, timeoutMs = this.#timeoutMs): Terms {
    const { platform } = this.#context;
    const inherited = current && travelling(current.metadata);
    const given = options?.metadata;
    const metadata = inherited || given ? merged(inherited, given) : emptyMetadata;
    const asked = options?.timeoutMs ?? timeoutMs;
    if (!(asked >= 0))
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `timeoutMs: expected a number from 0, got ${String(asked)}`,
      });
    const bound = current === undefined || current.answered ? Number.POSITIVE_INFINITY : current.timeLeft();
    const dueMs = platform.now() + Math.min(asked, bound);
    return { metadata, dueMs, signal: options?.signal, key: options?.key, failFast: options?.failFast };
  }

  #follow(call: OutgoingCall, signal: AbortSignal): void {
    const abort = (): void => call.abandon(cancelled(call, signal.reason));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    const stop = (): void => signal.removeEventListener("abort", abort);
    call.promise.then(stop, stop);
  }
}

/** Starts a call. */
export type Send = (args: readonly unknown[], options: CallOptions | undefined) => OutgoingCall;

/** What a handler's call inherits, and what it says itself. */
function merged(inherited: Metadata | undefined, given: CallOptions["metadata"]): Metadata {
  const own = callMetadata(given);
  return inherited === undefined ? own : Object.freeze({ ...inherited, ...own });
}

/** As `optionsOf`, for a call: without a time it waits for ever, since the method's own was in what interceptors got. */
function boundedBy(call: Call): CallOptions {
  return { timeoutMs: Number.POSITIVE_INFINITY, ...optionsOf(call) };
}

/** What interceptors made of a call's options. */
function optionsOf(call: Call): CallOptions {
  return {
    metadata: call.metadata,
    ...(call.timeoutMs === undefined ? {} : { timeoutMs: call.timeoutMs }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    ...(call.key === undefined ? {} : { key: call.key }),
    ...(call.failFast === undefined ? {} : { failFast: call.failFast }),
  };
}

async function outcome(call: OutgoingCall): Promise<Reply> {
  const value = await call.promise;
  return { value, metadata: call.replyMetadata };
}
