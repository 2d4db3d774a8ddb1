import type { OutgoingCall } from "../call/outgoing.ts";
import type { Platform } from "../platform.ts";

/** What a call does once there is a connection. */
export type Go = (call: OutgoingCall) => void;

/** The calls of a channel that wait for a connection, in their order. While there are any, the process lives. */
export class Waiting {
  readonly #platform: Platform;
  readonly #calls = new Map<OutgoingCall, Go>();
  #release: (() => void) | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  get size(): number {
    return this.#calls.size;
  }

  get calls(): readonly OutgoingCall[] {
    return [...this.#calls.keys()];
  }

  has(call: OutgoingCall): boolean {
    return this.#calls.has(call);
  }

  add(call: OutgoingCall, go: Go): void {
    this.#calls.set(call, go);
    // A call is work to be done, though no socket says so while there is none.
    this.#release ??= this.#platform.hold();
  }

  delete(call: OutgoingCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#let();
  }

  /** All of them, which wait no longer. */
  take(): [OutgoingCall, Go][] {
    const taken = [...this.#calls];
    this.#calls.clear();
    this.#let();
    return taken;
  }

  #let(): void {
    this.#release?.();
    this.#release = undefined;
  }
}
