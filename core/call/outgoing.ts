import type { Candidate } from "../balancer.ts";
import type { MethodDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import { emptyMetadata, type Metadata } from "../metadata.ts";
import type { Attempt, Called, Carrier } from "./attempt.ts";
import { rejection } from "./caller-stack.ts";
import type { Timed, TimerWheel } from "./timer-wheel.ts";
import type { Trail } from "./trail.ts";

/** Who sends a call again after a failure, if anybody. */
export interface Sender<M extends Called = MethodDescriptor> {
  /** Takes the call back, to send it elsewhere, and returns true; or leaves it to fail. */
  retry(call: OutgoingCall<M>, error: RpcError): boolean;
  /** The call is over: by `error`, or well. */
  settled(call: OutgoingCall<M>, error: RpcError | undefined): void;
  /** Why the call waits for a connection; `undefined` if it does not. */
  whyWaiting?(call: OutgoingCall<M>): string | undefined;
  /** Nobody asks for the promise of its calls, so they have none: `settled` alone hears of them. */
  readonly silent?: boolean;
}

/** Of calls that have no promise of their own. */
const unasked: Promise<unknown> = Promise.resolve();
const nothing = (): void => {};

/**
 * One unary or oneway call, as its caller holds it: the arguments, the promise of its outcome and its deadline in one object.
 * Mostly it is its own attempt as well, one after the other, so that a call costs no second object.
 */
export class OutgoingCall<M extends Called = MethodDescriptor> implements Attempt<M>, Timed {
  readonly method: M;
  readonly args: readonly unknown[];
  readonly promise: Promise<unknown>;
  metadata: Metadata = emptyMetadata;
  replyMetadata: Metadata = emptyMetadata;
  replyTrailers: Metadata = emptyMetadata;
  /** For balancers that keep calls of the same key together. */
  key: string | undefined = undefined;
  sent = false;
  /** To whom the present attempt, or the last, was given; `undefined` before the first and between two. */
  triedAt: Candidate | undefined = undefined;
  trail: Trail | undefined = undefined;
  /** Whether it fails where no connection is there or coming; `undefined` for what its channel does. */
  failFast: boolean | undefined = undefined;
  carrier: Carrier<M> | undefined = undefined;
  callId = 0;
  settled = false;

  /** Until the call has to wait or is sent again. */
  timeoutMs: number | undefined = undefined;
  startedAt = 0;
  dueMs = 0;
  previous: Timed | undefined = undefined;
  next: Timed | undefined = undefined;

  readonly #sender: Sender<M>;
  readonly #wheel: TimerWheel;
  #resolve: (value: unknown) => void = nothing;
  #reject: (error: unknown) => void = nothing;

  constructor(sender: Sender<M>, wheel: TimerWheel, method: M, args: readonly unknown[]) {
    this.#sender = sender;
    this.#wheel = wheel;
    this.method = method;
    this.args = args;
    if (sender.silent) this.promise = unasked;
    else
      this.promise = new Promise((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
      });
  }

  /** Starts the clock: the call has `timeoutMs` from `now`. */
  startDeadline(now: number, timeoutMs: number): void {
    this.timeoutMs = timeoutMs;
    this.startedAt = now | 0;
    this.dueMs = now + timeoutMs;
    this.#wheel.add(this);
  }

  succeed(value: unknown): void {
    if (this.settled) return;
    this.#settle(undefined);
    this.#resolve(value);
  }

  /** Ends the attempt; the sender may try elsewhere. */
  fail(error: RpcError): void {
    if (this.settled) return;
    this.carrier = undefined;
    this.timeoutMs = undefined;
    if (this.#sender.retry(this, error)) return;
    this.#settle(error);
    this.#tell(error);
  }

  /** Ends the call now, whatever the transport does: the caller or the clock gave up. */
  abandon(error: RpcError): void {
    if (this.settled) return;
    const carrier = this.carrier;
    this.#settle(error);
    carrier?.cancel(this, error);
    this.#tell(error);
  }

  /**
   * Of a call that has not left, the failure is this side's own, and told in a turn of the event loop of its own: who
   * tries again at once, in a loop, would else keep the connection from ever coming.
   */
  #tell(error: RpcError): void {
    if (this.#sender.silent) return;
    if (this.sent) this.#resolve(rejection(error));
    else this.#wheel.nextTurn(() => this.#reject(error));
  }

  expire(): void {
    const why = this.#sender.whyWaiting?.(this);
    if (why !== undefined) return this.abandon(unconnected(this, why));
    const unknown = this.sent && !this.method.idempotent ? "; the outcome is unknown, because it had been sent" : "";
    this.abandon(
      new RpcError({
        code: "DEADLINE_EXCEEDED",
        message: `${this.method.name}: no reply before the deadline${unknown}; raise timeoutMs if the work needs longer`,
        details: unknown === "" ? undefined : { outcome: "unknown" },
      }),
    );
  }

  #settle(error: RpcError | undefined): void {
    this.settled = true;
    if (this.dueMs !== 0) this.#wheel.remove(this);
    this.carrier = undefined;
    this.#sender.settled(this, error);
  }
}

/** Its time was over before there was a connection to send it by. */
function unconnected({ method, trail }: OutgoingCall<Called>, why: string): RpcError {
  if (trail !== undefined && trail.sentTimes > 0) {
    const message = `${method.name}: its connection was lost, and no other came before the deadline: ${why}`;
    return new RpcError({ code: "DEADLINE_EXCEEDED", message });
  }
  const message = `${method.name}: never sent, because no connection came before the deadline: ${why}`;
  return new RpcError({ code: "DEADLINE_EXCEEDED", message, retryable: true });
}
