import { Transit } from "./transit.ts";

/** Calls that took so much longer than the fastest show that this process has fallen behind. */
export const BEHIND_MS = 20;
/** The token of the PING that asks how the client's clock goes. */
const PROBE = 1;

/** How late the frames of one client are, by what it stamped them with. */
export class Lateness {
  readonly #transit = new Transit();
  readonly #ping: (token: number, sentAt: number) => void;
  /** When the PING left that has no PONG yet. */
  #probedAt: number | undefined;

  constructor(ping: (token: number, sentAt: number) => void) {
    this.#ping = ping;
  }

  /** Milliseconds that a frame took longer than the fastest lately. */
  of(sentAt: number, now: number): number {
    return this.#transit.age(sentAt, now);
  }

  /** A call came too late. Asks the client whether its calls are, or its clock stood still as a suspended machine's does. */
  doubt(now: number): void {
    if (this.#probedAt !== undefined) return;
    this.#probedAt = now;
    this.#ping(PROBE, now);
  }

  onPong(token: number, sentAt: number, now: number): void {
    this.#transit.age(sentAt, now);
    if (token !== PROBE || this.#probedAt === undefined) return;
    this.#transit.answered(sentAt, now, now - this.#probedAt);
    this.#probedAt = undefined;
  }
}
