import type { Attempt, Carrier } from "../call/attempt.ts";
import { callMetadata } from "../call/call-metadata.ts";
import type { AttemptCall } from "../call/interceptor.ts";
import type { OutgoingCall } from "../call/outgoing.ts";
import type { MethodDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import { emptyMetadata, type Metadata } from "../metadata.ts";
import type { Platform } from "../platform.ts";
import type { ServicePort } from "../transport.ts";

/** One attempt at a call, with an outcome of its own. */
export class SeparateAttempt implements Attempt {
  readonly method: MethodDescriptor;
  readonly args: readonly unknown[];
  readonly metadata: Metadata;
  readonly timeoutMs = undefined;
  readonly startedAt = 0;
  readonly dueMs: number;
  readonly promise: Promise<unknown>;
  carrier: Carrier | undefined = undefined;
  callId = 0;
  replyMetadata: Metadata = emptyMetadata;
  replyTrailers: Metadata = emptyMetadata;
  settled = false;
  /** Whether it failed so that no other can mend it. */
  final = false;
  readonly #call: OutgoingCall;
  #sent = false;
  #resolve!: (value: unknown) => void;
  #reject!: (error: RpcError) => void;
  #stop: (() => void)[] = [];

  /** `seen`: what interceptors made of it; its own time and signal bound the attempt, not the call. */
  constructor(call: OutgoingCall, seen: AttemptCall, platform: Platform) {
    this.#call = call;
    this.method = call.method;
    this.args = seen.args;
    this.metadata = callMetadata(seen.metadata);
    const { timeoutMs = Number.POSITIVE_INFINITY, signal } = seen;
    const dueMs = platform.now() + timeoutMs;
    // What is left of the call's own time is the call's to watch.
    this.dueMs = dueMs < call.dueMs - 1 ? dueMs : call.dueMs;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (this.dueMs < call.dueMs) this.#stop.push(platform.schedule(timeoutMs, () => this.#late(seen)));
    if (signal !== undefined) this.#follow(signal);
  }

  /** Without interceptors an attempt is what its call says. */
  get sent(): boolean {
    return this.#sent;
  }

  set sent(sent: boolean) {
    this.#sent = sent;
    if (sent) this.#call.sent = true;
  }

  send(port: ServicePort): void {
    if (this.settled) return;
    try {
      port.send(this);
    } catch (thrown) {
      this.fail(RpcError.from(thrown, String(thrown)));
    }
  }

  succeed(value: unknown): void {
    if (this.settled) return;
    this.#settle();
    this.#resolve(value);
  }

  fail(error: RpcError): void {
    if (this.settled) return;
    this.#settle();
    this.#reject(error);
  }

  abandon(error: RpcError): void {
    this.final = true;
    this.cancel(error);
  }

  /** Nobody waits for it any more. */
  cancel(why: RpcError): void {
    if (this.settled) return;
    const { carrier } = this;
    this.#settle();
    carrier?.cancel(this, why);
    this.#reject(why);
  }

  #settle(): void {
    this.settled = true;
    this.carrier = undefined;
    for (const stop of this.#stop.splice(0)) stop();
  }

  #late({ timeoutMs, attempt }: AttemptCall): void {
    const message = `${this.method.name}: attempt ${attempt.number} had no reply within the ${timeoutMs} ms that its interceptor gave it`;
    this.cancel(new RpcError({ code: "DEADLINE_EXCEEDED", message }));
  }

  #follow(signal: AbortSignal): void {
    const abort = (): void => {
      const message = `${this.method.name}: the attempt was cancelled by its interceptor`;
      this.cancel(new RpcError({ code: "CANCELLED", message, cause: signal.reason }));
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    this.#stop.push(() => signal.removeEventListener("abort", abort));
  }
}
