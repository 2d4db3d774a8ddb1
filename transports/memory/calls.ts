import type { Attempt } from "../../core/call/attempt.ts";
import { exhausted, handlerNotRun } from "../../core/call/call-error.ts";
import {
  endCaller,
  loseCaller,
  type OpenedStream,
  openedStream,
  type ReplyHeard,
  tellMetadata,
  upload,
} from "../../core/call/caller-end.ts";
import { Exchange } from "../../core/call/exchange.ts";
import type { SharedForms } from "../../core/call/flow.ts";
import { inArguments, inUpstream, streamArgument } from "../../core/call/place.ts";
import type { ReplySink } from "../../core/call/reply-sink.ts";
import { Credit, StreamReader } from "../../core/call/stream.ts";
import type { RpcError } from "../../core/error.ts";
import { limited } from "../../core/error-limit.ts";
import { type ErrorListener, sourceOf } from "../../core/error-source.ts";
import type { Metadata } from "../../core/metadata.ts";
import type { ServerHost, StreamRequest } from "../../core/transport.ts";
import { checkMetadataSize } from "../../core/wire/metadata.ts";
import { type CallOwner, MemoryCall } from "./call.ts";
import { MemoryCallbacks } from "./callbacks.ts";
import { crossError } from "./error.ts";
import type { MemoryOperation } from "./operation.ts";
import type { MemoryLimits } from "./options.ts";

/** What waits for it runs as soon as the caller's own code has run: cheaper than the platform's end of the turn. */
const turn = Promise.resolve();
/** Items that the sender of a stream may be ahead of its reader. */
const WINDOW_ITEMS = 4;
const nothing = (): void => {};

export interface MemoryCallsOptions {
  readonly host: ServerHost;
  readonly limits: Pick<MemoryLimits, "maxPendingCalls" | "maxStreams" | "maxCallbacks">;
  /** Tells the caller's side of what no call can carry. */
  readonly onCallerError: ErrorListener;
  /** Nothing is in progress any more. */
  onIdle(): void;
}

/** The calls of one connection, both ends of each. What is sent reaches the server once the caller's own code has run, in order. */
export class MemoryCalls implements ReplySink<MemoryCall>, CallOwner {
  count = 0;
  readonly #options: MemoryCallsOptions;
  readonly #callbacks: MemoryCallbacks;
  readonly #exchange: Exchange<MemoryCall>;
  readonly #onError: ErrorListener;
  readonly #active: (MemoryCall | undefined)[] = [];
  readonly #free: number[] = [];
  #queue: MemoryCall[] = [];
  #emptied: MemoryCall[] = [];
  #scheduled = false;

  constructor(options: MemoryCallsOptions) {
    const { host, limits, onCallerError } = options;
    this.#options = options;
    this.#onError = limited(host.onError, host.platform);
    this.#callbacks = new MemoryCallbacks(limits, host.wheel, onCallerError);
    this.#exchange = new Exchange<MemoryCall>({
      sink: this,
      limits,
      onError: this.#onError,
      credit: (call) => call.room as Credit,
      upstream: (call) => new StreamReader(WINDOW_ITEMS, (items) => call.upload?.add(items), nothing),
      callbacks: (call, args) => this.#callbacks.remote.attach(call, call.operation.remote, args),
    });
  }

  /** Throws where the arguments do not fit, having sent nothing. */
  send(attempt: Attempt, operation: MemoryOperation): void {
    const call = this.#open(operation, attempt);
    attempt.sent = true;
    if (!operation.oneway) attempt.carrier = call;
    this.#enter(call);
  }

  openStream(request: StreamRequest, operation: MemoryOperation): StreamReader {
    const room = new Credit(WINDOW_ITEMS);
    const grant = (items: number): void => room.add(items);
    const reader = new StreamReader(WINDOW_ITEMS, grant, () => this.cancel(call));
    const call = this.#open(operation, openedStream(request, reader));
    call.room = room;
    this.#enter(call);
    return reader;
  }

  #open(operation: MemoryOperation, target: Attempt | OpenedStream): MemoryCall {
    const { maxPendingCalls } = this.#options.limits;
    if (this.count >= maxPendingCalls) throw exhausted("maxPendingCalls", maxPendingCalls);
    checkMetadataSize(target.metadata);
    try {
      if (operation.plain) return new MemoryCall(this, operation, target, operation.request(target.args));
      return this.#openWith(operation, target);
    } catch (error) {
      throw inArguments(error, operation.place);
    }
  }

  /** With what goes beside its arguments. */
  #openWith(operation: MemoryOperation, target: Attempt | OpenedStream): MemoryCall {
    const { place, callbacks } = operation;
    const { streamParam } = place.method;
    const source = streamParam < 0 ? undefined : streamArgument(target.args[streamParam], place);
    const args = [...target.args];
    const handed = callbacks.length === 0 ? undefined : this.#callbacks.table.handOver(callbacks, args);
    try {
      const call = new MemoryCall(this, operation, target, operation.request(args));
      call.handed = handed;
      if (source) this.#upload(call, source);
      return call;
    } catch (error) {
      if (handed) this.#callbacks.table.releaseUnlessRetained(handed);
      throw error;
    }
  }

  #upload(call: MemoryCall, source: AsyncIterable<unknown>): void {
    const room = new Credit(WINDOW_ITEMS);
    call.upload = room;
    void upload(source, call, {
      item: (value) => {
        const { item, place } = call.operation;
        try {
          call.upstream?.push(item(value), 1);
        } catch (error) {
          throw inUpstream(error, place);
        }
        room.spend(1);
        return undefined;
      },
      end: () => call.upstream?.end(),
      cancel: () => call.cancel(),
    });
  }

  #enter(call: MemoryCall): void {
    call.slot = this.#free.pop() ?? this.#active.length;
    this.#active[call.slot] = call;
    this.count++;
    this.#deliverLater(call);
  }

  #deliverLater(call: MemoryCall): void {
    this.#queue.push(call);
    if (this.#scheduled) return;
    this.#scheduled = true;
    turn.then(this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#scheduled = false;
    const queue = this.#queue;
    this.#queue = this.#emptied;
    const { platform } = this.#options.host;
    // For each: handlers before it may have taken long.
    for (let i = 0; i < queue.length; i++) this.#begin(queue[i] as MemoryCall, platform.now());
    queue.length = 0;
    this.#emptied = queue;
  };

  #begin(call: MemoryCall, now: number): void {
    // It has come a second time: the caller's word that it no longer waits.
    if (call.begun) return this.#exchange.cancel(call);
    if (call.room === undefined) {
      const attempt = call.target as Attempt;
      if (call.until !== undefined && call.until <= now) attempt.abandon(handlerNotRun(attempt.method.name));
      // It has left when the server has it.
      else if (call.operation.oneway) attempt.succeed(undefined);
    }
    call.begun = true;
    if (!call.over) this.#exchange.serve(call, call.args, now);
  }

  /** A handler at work hears of it in its turn among what is sent; one that has not begun never runs. */
  cancel(call: MemoryCall): void {
    call.upload?.close();
    if (call.begun) this.#deliverLater(call);
    else this.#exchange.cancel(call);
  }

  head(call: MemoryCall, metadata: Metadata): void {
    checkMetadataSize(metadata);
    call.head = metadata;
  }

  item(call: MemoryCall, value: unknown, shared: SharedForms | undefined): undefined {
    const { delivery, result } = call.operation;
    const copy = shared !== undefined && delivery !== undefined ? delivery(value) : result(value);
    const stream = call.target as OpenedStream;
    const { head } = call;
    call.head = undefined;
    if (head !== undefined) this.#tell(call, stream, { head });
    call.room?.spend(1);
    stream.reader.push(copy, 1);
  }

  reply(call: MemoryCall, value: unknown, trailers: Metadata | undefined): void {
    const copy = call.operation.result(value);
    if (trailers !== undefined) checkMetadataSize(trailers);
    const attempt = call.target as Attempt;
    this.#leave(call);
    call.upload?.close();
    if (call.head !== undefined) attempt.replyMetadata = call.head;
    if (trailers !== undefined) attempt.replyTrailers = trailers;
    attempt.succeed(copy);
  }

  end(call: MemoryCall, trailers: Metadata | undefined): void {
    const stream = call.target as OpenedStream;
    const { head } = call;
    if (trailers !== undefined) checkMetadataSize(trailers);
    if (head !== undefined || trailers !== undefined) {
      stream.reader.atEnd = () => this.#tell(call, stream, { head, trailers });
    }
    this.#leave(call);
    endCaller(call, undefined);
  }

  fail(call: MemoryCall, error: RpcError): void {
    this.#leave(call);
    endCaller(
      call,
      crossError(error, call.operation.errors, (told) => this.#onError(told, sourceOf(call))),
    );
  }

  done(call: MemoryCall): void {
    this.#leave(call);
  }

  #tell({ operation }: MemoryCall, stream: OpenedStream, heard: ReplyHeard): void {
    tellMetadata(stream, heard, { place: operation.place, onError: this.#options.onCallerError });
  }

  /** Its outcome is known. */
  #leave(call: MemoryCall): void {
    if (this.#active[call.slot] !== call) return;
    this.#active[call.slot] = undefined;
    this.#free.push(call.slot);
    if (call.handed) this.#callbacks.table.releaseUnlessRetained(call.handed);
    if (--this.count === 0) this.#options.onIdle();
  }

  /** The connection is gone: each side is told what it can know; between the two, `onLost` is. */
  lost(atClient: RpcError, atServer: RpcError, onLost: () => void): void {
    this.#callbacks.lost(atServer);
    const active = this.#active.splice(0);
    this.count = 0;
    onLost();
    for (const call of active) {
      if (call === undefined) continue;
      this.#exchange.abort(call, atServer);
      loseCaller(call, atClient, call.operation.place);
    }
  }
}
