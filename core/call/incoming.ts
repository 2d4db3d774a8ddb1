import type { Peer } from "../context.ts";
import { RpcError } from "../error.ts";
import { createMetadata, type Metadata } from "../metadata.ts";
import type { IncomingCall } from "../transport.ts";
import type { Timed, TimerWheel } from "./timer-wheel.ts";

/** What the calls of one operation on one connection have in common. */
export interface Origin {
  readonly service: string;
  readonly method: string;
  readonly instance: string;
  readonly peer: Peer;
}

/** A call being served: the handler's context and, for the transport, its way to end it. */
export class ServedCall implements IncomingCall, Timed {
  readonly metadata: Metadata;
  /** When the caller stops waiting, by the platform's clock; `undefined` for "never". */
  readonly until: number | undefined;
  replyMetadata: Metadata | undefined = undefined;
  /** True once nobody waits for its outcome. */
  over = false;
  dueMs = 0;
  previous: Timed | undefined = undefined;
  next: Timed | undefined = undefined;
  readonly #origin: Origin;
  readonly #wheel: TimerWheel;
  #controller: AbortController | undefined;
  #reason: RpcError | undefined;
  #deadline: number | undefined;
  #toldMetadata: Metadata | undefined;

  constructor(origin: Origin, metadata: Metadata, until: number | undefined, wheel: TimerWheel) {
    this.#origin = origin;
    this.metadata = metadata;
    this.until = until;
    this.#wheel = wheel;
  }

  get service(): string {
    return this.#origin.service;
  }

  get method(): string {
    return this.#origin.method;
  }

  get instance(): string {
    return this.#origin.instance;
  }

  get peer(): Peer {
    return this.#origin.peer;
  }

  /** Made on first use, and only then does the deadline need a timer: an AbortController costs more than a small call. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
      else if (this.until !== undefined && !this.over) {
        this.dueMs = this.until;
        this.#wheel.add(this);
      }
    }
    return this.#controller.signal;
  }

  /** Told once: the two clocks drift apart. */
  get deadline(): number | undefined {
    if (this.until === undefined) return undefined;
    const { platform } = this.#wheel;
    this.#deadline ??= platform.wallNow() + this.until - platform.now();
    return this.#deadline;
  }

  timeLeft(): number {
    return this.until === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.until - this.#wheel.platform.now());
  }

  /** What calls made on its behalf are bound by. Work that goes on after the answer is bound by it no more. */
  get untilForOthers(): number | undefined {
    return this.over && this.#reason === undefined ? undefined : this.until;
  }

  setReplyMetadata(entries: Readonly<Record<string, string>>): void {
    this.replyMetadata = Object.freeze({ ...this.replyMetadata, ...createMetadata(entries) });
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
      this.#wheel.remove(this);
      this.dueMs = 0;
    }
  }
}
