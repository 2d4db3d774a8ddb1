import type { CodecLimits } from "../codec.ts";
import type { Peer } from "../context.ts";
import type { ContractLimits } from "../contract/limits.ts";
import { RpcError } from "../error.ts";
import type { Metadata } from "../metadata.ts";
import type { ServerHost } from "../transport.ts";
import { type Address, AddressedOperations, type CodedOperation } from "./addressed.ts";
import { exhausted } from "./call-error.ts";
import { Exchange } from "./exchange.ts";
import { InProgress } from "./in-progress.ts";
import { ServedCall } from "./incoming.ts";
import type { ReplySink } from "./reply-sink.ts";
import { ITEM_OVERHEAD_BYTES, StreamReader } from "./stream.ts";

/** A request that says itself what it calls. */
export interface Request extends Address {
  readonly peer: Peer;
  readonly metadata: Metadata;
  /** What is left of the caller's time, in milliseconds; `undefined` for as long as both sides live. */
  readonly timeoutMs: number | undefined;
  readonly body: Uint8Array;
}

/** What of a request is known before its messages: of those of an upload, and where an address was looked up. */
export type RequestHead = Pick<Request, "metadata" | "timeoutMs">;

/** So long after its deadline a call is answered for a caller that keeps no time itself; others have ended it by then. */
const OVERDUE_MS = 25;

/** A call that came as a request; `to` is where its answer goes, as the transport knows it. */
export class RequestedCall<T> extends ServedCall<CodedOperation> {
  readonly to: T;
  /** The only message of a call without an upload, until all of the request is there. */
  request: Uint8Array | undefined;
  /** True once it was given to the exchange. */
  begun = false;
  /** What the handler has of its upload and has not read, as the transport may know it. */
  unreadBytes = 0;
  place = -1;
  #expired = false;
  readonly #overdue: (call: RequestedCall<T>) => void;

  constructor(operation: CodedOperation, { metadata, until }: Until, way: Way<T>) {
    super(operation, metadata, until);
    this.to = way.to;
    this.#overdue = way.overdue;
  }

  /** The handler's signal is aborted when the time is over, and the call is a little later. */
  override expire(): void {
    super.expire();
    if (this.#expired || this.until === undefined) return this.#overdue(this);
    this.#expired = true;
    this.keepTime(this.until + OVERDUE_MS);
  }

  /** Unless its signal is used, which keeps the time as well. */
  keepTime(dueMs: number): void {
    if (this.over || this.dueMs !== 0) return;
    this.dueMs = dueMs;
    this.operation.origin.wheel.add(this);
  }
}

interface Until {
  readonly metadata: Metadata;
  /** By the platform's clock. */
  readonly until: number | undefined;
}

interface Way<T> {
  readonly to: T;
  readonly overdue: (call: RequestedCall<T>) => void;
}

export interface ReceptionOptions<T> {
  readonly host: ServerHost;
  readonly limits: CodecLimits &
    Pick<ContractLimits, "maxContractFields"> & {
      readonly maxPendingCalls: number;
      readonly maxStreams: number;
      readonly streamWindowBytes: number;
    };
  /** Sends the answers. */
  readonly sink: ReplySink<RequestedCall<T>>;
  /** There is room for messages again, after `message` said that there was none. */
  room?(call: RequestedCall<T>): void;
}

/**
 * Serves requests that are each on their own, and ends those in progress. What the caller sends is either one body (`receive`,
 * `begin`) or messages that come one by one (`open`, `message`, `complete`), as where the method has a stream of the caller.
 *
 * Its messages are then the request, where there are parameters beside the stream, and the items. Of any other method there must be
 * exactly one.
 */
export class Reception<T> {
  readonly #options: ReceptionOptions<T>;
  readonly #operations: AddressedOperations;
  readonly #exchange: Exchange<RequestedCall<T>>;
  readonly #active = new InProgress<RequestedCall<T>>();
  #aborted: RpcError | undefined;

  constructor(options: ReceptionOptions<T>) {
    const { host, limits, sink } = options;
    this.#options = options;
    this.#operations = new AddressedOperations(host, limits);
    const over = <A extends unknown[]>(tell: (call: RequestedCall<T>, ...args: A) => void) => {
      return (call: RequestedCall<T>, ...args: A): void => {
        tell.call(sink, call, ...args);
        this.#active.delete(call);
      };
    };
    this.#exchange = new Exchange<RequestedCall<T>>({
      limits,
      onError: host.onError,
      sink: {
        head: (call, metadata) => sink.head(call, metadata),
        item: (call, value, shared) => sink.item(call, value, shared),
        reply: over(sink.reply),
        end: over(sink.end),
        fail: over(sink.fail),
        done: over((call) => sink.done?.(call)),
      },
      upstream: (call) => this.#upstream(call),
    });
  }

  /** Calls in progress. */
  get size(): number {
    return this.#active.size;
  }

  /** Serves a request; returns what cancels it. Throws what the caller may see where there is no such operation. */
  receive(request: Request, to: T): () => void {
    const call = this.begin(this.find(request, request.peer), request, to);
    return () => this.cancel(call);
  }

  /**
   * What an address means to a peer, which may be kept for as many of its requests as there are. Throws what the caller may see
   * where there is no such operation.
   */
  find(address: Address, peer: Peer): CodedOperation {
    return this.#operations.find(address, peer);
  }

  /** Serves a request for an operation that was found. Throws where there are too many, or the arguments of a oneway cannot be read. */
  begin(operation: CodedOperation, request: RequestHead & Pick<Request, "body">, to: T): RequestedCall<T> {
    const now = this.#options.host.platform.now();
    const call = this.#call(operation, request, { to, now });
    this.#serve(call, request.body, now);
    this.#keep(call);
    return call;
  }

  /** The same, where the messages of the request follow. */
  open(operation: CodedOperation, request: RequestHead, to: T): RequestedCall<T> {
    const now = this.#options.host.platform.now();
    const call = this.#call(operation, request, { to, now });
    if (takesItemsOnly(operation)) {
      const { params } = operation.served.method;
      call.begun = true;
      this.#exchange.serve(call, new Array(params.length).fill(undefined), now);
    }
    this.#keep(call);
    return call;
  }

  /** The next message of what was opened. False where `room` is to be waited for before the next one; never for a call that is over. */
  message(call: RequestedCall<T>, body: Uint8Array): boolean {
    if (call.over) return true;
    const { codec, served } = call.operation;
    const { streamWindowBytes } = this.#options.limits;
    if (served.method.streamParam < 0) {
      if (call.request !== undefined) this.#refuse(call, wrongCount(call, "more than one message"));
      call.request = body;
      return true;
    }
    if (!call.begun) {
      call.begun = true;
      this.#serve(call, body, this.#options.host.platform.now());
      return true;
    }
    let item: unknown;
    try {
      item = codec.decodeItem(body, 0, body.length);
    } catch (error) {
      this.#exchange.fail(call, RpcError.from(error, "an item of the stream could not be read"));
      return true;
    }
    const cost = body.length + ITEM_OVERHEAD_BYTES;
    call.unreadBytes += cost;
    if (call.upstream?.push(item, cost) === false) this.#exchange.fail(call, tooMuch(streamWindowBytes));
    return call.unreadBytes <= streamWindowBytes;
  }

  /** All messages of what was opened have come. */
  complete(call: RequestedCall<T>): void {
    if (call.over) return;
    const { request } = call;
    if (call.begun) call.upstream?.end();
    else if (request === undefined) this.#refuse(call, wrongCount(call, "no message"));
    else this.#serve(call, request, this.#options.host.platform.now());
  }

  /** The call fails by what is wrong with its request. */
  fail(call: RequestedCall<T>, error: RpcError): void {
    this.#exchange.fail(call, error);
  }

  /** Its caller no longer waits, and hears so. */
  cancel(call: RequestedCall<T>): void {
    this.#exchange.cancel(call);
  }

  /** Its caller is gone, and the sink is told nothing. */
  leave(call: RequestedCall<T>, reason: RpcError): void {
    this.#exchange.abort(call, reason);
    this.#active.delete(call);
  }

  /** There is nobody left to answer, for good. */
  abort(reason: RpcError): void {
    this.#aborted = reason;
    for (const call of this.#active.takeAll()) this.#exchange.abort(call, reason);
  }

  #call(
    operation: CodedOperation,
    { metadata, timeoutMs }: RequestHead,
    { to, now }: { readonly to: T; readonly now: number },
  ): RequestedCall<T> {
    const { maxPendingCalls } = this.#options.limits;
    if (this.#active.size >= maxPendingCalls) throw exhausted("maxPendingCalls", maxPendingCalls);
    const until = timeoutMs === undefined ? undefined : now + timeoutMs;
    return new RequestedCall<T>(operation, { metadata, until }, { to, overdue: this.#overdue });
  }

  /** Most calls are over by then, and cost neither a place nor a timer. */
  #keep(call: RequestedCall<T>): void {
    if (call.over) return;
    // Its own handler may have ended all.
    if (this.#aborted !== undefined) return this.#exchange.abort(call, this.#aborted);
    this.#active.add(call);
    if (call.until !== undefined) call.keepTime(call.until);
  }

  #serve(call: RequestedCall<T>, body: Uint8Array, now: number): void {
    const { codec } = call.operation;
    try {
      this.#exchange.serve(call, codec.decodeRequest(body, 0, body.length), now);
    } catch (error) {
      this.#refuse(call, RpcError.from(error, "the arguments could not be read"));
    }
  }

  /** Nobody waits for a oneway, so that the sink is not told; but who brings it may still listen. */
  #refuse(call: RequestedCall<T>, error: RpcError): void {
    this.#exchange.fail(call, error);
    if (call.operation.oneway) throw error;
  }

  #upstream(call: RequestedCall<T>): StreamReader {
    const { limits, room } = this.#options;
    const { streamWindowBytes: window } = limits;
    const read = (bytes: number): void => {
      const full = call.unreadBytes > window;
      call.unreadBytes -= bytes;
      if (full && call.unreadBytes <= window) room?.(call);
    };
    return new StreamReader(window, read, () => read(Number.POSITIVE_INFINITY));
  }

  readonly #overdue = (call: RequestedCall<T>): void => {
    const message = `${call.method}: the deadline has passed before there was an answer`;
    this.#exchange.fail(call, new RpcError({ code: "DEADLINE_EXCEEDED", message }));
  };
}

/** True where the first message is the first item: the stream is the only parameter. */
export function takesItemsOnly({ served }: Pick<CodedOperation, "served">): boolean {
  const { streamParam, params } = served.method;
  return streamParam >= 0 && params.length === 1;
}

function wrongCount(call: ServedCall, what: string): RpcError {
  const message = `${call.service}.${call.method}: ${what} came where there must be one`;
  return new RpcError({ code: "UNIMPLEMENTED", message });
}

/** Only where a transport did not wait for `room`. */
function tooMuch(windowBytes: number): RpcError {
  const message = `more of the stream came than streamWindowBytes (${windowBytes}), while nobody read it`;
  return new RpcError({ code: "RESOURCE_EXHAUSTED", message });
}
