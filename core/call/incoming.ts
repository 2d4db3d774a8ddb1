import type { IncomingCall, Peer } from "../context.ts";
import { RpcError } from "../error.ts";
import { createMetadata, emptyMetadata, type Metadata, type MetadataInput } from "../metadata.ts";
import type { ServedOperation } from "../transport.ts";
import type { RemoteCallback } from "./remote-callback.ts";
import type { Credit, StreamReader } from "./stream.ts";
import type { Timed, TimerWheel } from "./timer-wheel.ts";

/** What the calls of one operation on one connection have in common. */
export interface Origin {
  readonly service: string;
  readonly method: string;
  readonly instance: string;
  readonly peer: Peer;
  readonly wheel: TimerWheel;
}

/** An operation as the calls of one peer reach it. */
export interface BoundOperation {
  readonly served: ServedOperation;
  readonly origin: Origin;
  readonly oneway: boolean;
  /** A unary method without callbacks or streams, which needs nothing beyond its arguments. */
  readonly plain: boolean;
}

export function boundOperation(served: ServedOperation, origin: Origin): BoundOperation {
  const { kind, streamParam, callbacks } = served.method;
  const plain = kind === "unary" && streamParam < 0 && callbacks.length === 0;
  return { served, origin, oneway: kind === "oneway", plain };
}

/** A call being served: the handler's context and, for the transport, what it holds of it. */
export class ServedCall<O extends BoundOperation = BoundOperation> implements IncomingCall, Timed {
  readonly operation: O;
  readonly metadata: Metadata;
  /** When the caller stops waiting, by the platform's clock; `undefined` for "never". */
  readonly until: number | undefined;
  replyMetadata: Metadata | undefined = undefined;
  replyTrailers: Metadata | undefined = undefined;
  /** True once nobody waits for its outcome. */
  over = false;
  dueMs = 0;
  previous: Timed | undefined = undefined;
  next: Timed | undefined = undefined;
  /** What the caller streams, as the handler reads it. */
  upstream: StreamReader | undefined = undefined;
  /** Room for the items that the handler yields. */
  downstream: Credit | undefined = undefined;
  /** Functions of the caller, which are released when it ends. */
  callbacks: readonly RemoteCallback[] | undefined = undefined;
  #controller: AbortController | undefined;
  #reason: RpcError | undefined;
  #deadline: number | undefined;
  #toldMetadata: Metadata | undefined;

  constructor(operation: O, metadata: Metadata, until: number | undefined) {
    this.operation = operation;
    this.metadata = metadata;
    this.until = until;
  }

  get service(): string {
    return this.operation.origin.service;
  }

  get method(): string {
    return this.operation.origin.method;
  }

  get instance(): string {
    return this.operation.origin.instance;
  }

  get peer(): Peer {
    return this.operation.origin.peer;
  }

  /** Made on first use, and only then does the deadline need a timer: an AbortController costs more than a small call. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
      else if (this.until !== undefined && !this.over && this.dueMs === 0) {
        this.dueMs = this.until;
        this.operation.origin.wheel.add(this);
      }
    }
    return this.#controller.signal;
  }

  /** Told once: the two clocks drift apart. */
  get deadline(): number | undefined {
    if (this.until === undefined) return undefined;
    const { platform } = this.operation.origin.wheel;
    this.#deadline ??= platform.wallNow() + this.until - platform.now();
    return this.#deadline;
  }

  timeLeft(): number {
    return this.until === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(0, this.until - this.operation.origin.wheel.platform.now());
  }

  get answered(): boolean {
    return this.over && this.#reason === undefined;
  }

  setReplyMetadata(entries: MetadataInput): void {
    this.replyMetadata = createMetadata(this.replyMetadata ?? emptyMetadata, entries);
  }

  setTrailers(entries: MetadataInput): void {
    this.replyTrailers = createMetadata(this.replyTrailers ?? emptyMetadata, entries);
  }

  /** All reply metadata so far, where the caller was not told of some of it yet; who asks must tell. */
  untoldMetadata(): Metadata | undefined {
    if (this.replyMetadata === this.#toldMetadata) return undefined;
    this.#toldMetadata = this.replyMetadata;
    return this.replyMetadata;
  }

  /** The handler is told; its call is over only when the transport ends it. */
  expire(): void {
    this.dueMs = 0;
    this.#stop(new RpcError({ code: "DEADLINE_EXCEEDED", message: "the caller's deadline has passed" }));
  }

  /** The caller no longer waits. */
  abort(reason: RpcError): void {
    this.#stop(reason);
    this.finish();
  }

  #stop(reason: RpcError): void {
    this.#reason ??= reason;
    this.#controller?.abort(reason);
  }

  /** The outcome is on its way. */
  finish(): void {
    this.over = true;
    if (this.dueMs !== 0) {
      this.operation.origin.wheel.remove(this);
      this.dueMs = 0;
    }
  }
}
