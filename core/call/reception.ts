import type { CodecLimits } from "../codec.ts";
import type { Peer } from "../context.ts";
import type { ContractLimits } from "../contract/limits.ts";
import { RpcError } from "../error.ts";
import type { Metadata } from "../metadata.ts";
import type { ServerHost } from "../transport.ts";
import { type Address, AddressedOperations, type CodedOperation } from "./addressed.ts";
import { Exchange } from "./exchange.ts";
import { ServedCall } from "./incoming.ts";
import type { ReplySink } from "./reply-sink.ts";

/** A request that says itself what it calls. */
export interface Request extends Address {
  readonly peer: Peer;
  readonly metadata: Metadata;
  /** What is left of the caller's time, in milliseconds; `undefined` for as long as both sides live. */
  readonly timeoutMs: number | undefined;
  readonly body: Uint8Array;
}

/** A call that came as a request; `to` is where its answer goes, as the transport knows it. */
export class RequestedCall<T> extends ServedCall<CodedOperation> {
  readonly to: T;

  constructor(operation: CodedOperation, metadata: Metadata, until: number | undefined, to: T) {
    super(operation, metadata, until);
    this.to = to;
  }
}

export interface ReceptionOptions<T> {
  readonly host: ServerHost;
  readonly limits: CodecLimits &
    Pick<ContractLimits, "maxContractFields"> & { readonly maxPendingCalls: number; readonly maxStreams: number };
  /** Sends the answers. */
  readonly sink: ReplySink<RequestedCall<T>>;
}

/** Serves requests that are each on their own, and ends those in progress. */
export class Reception<T> {
  readonly #options: ReceptionOptions<T>;
  readonly #operations: AddressedOperations;
  readonly #exchange: Exchange<RequestedCall<T>>;
  readonly #active = new Set<RequestedCall<T>>();

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

  /** Serves a request for an operation that was found. */
  begin(
    operation: CodedOperation,
    { metadata, timeoutMs, body }: Pick<Request, "metadata" | "timeoutMs" | "body">,
    to: T,
  ): RequestedCall<T> {
    const now = this.#options.host.platform.now();
    const until = timeoutMs === undefined ? undefined : now + timeoutMs;
    const call = new RequestedCall(operation, metadata, until, to);
    this.#active.add(call);
    try {
      const args = operation.codec.decodeRequest(body, 0, body.length);
      this.#exchange.serve(call, args, now);
    } catch (error) {
      this.#exchange.fail(call, RpcError.from(error, "the arguments could not be read"));
    }
    return call;
  }

  /** Its caller no longer waits. */
  cancel(call: RequestedCall<T>): void {
    this.#exchange.cancel(call);
  }

  /** There is nobody left to answer. */
  abort(reason: RpcError): void {
    for (const call of [...this.#active]) this.#exchange.abort(call, reason);
    this.#active.clear();
  }
}
