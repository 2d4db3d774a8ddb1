import type { Platform } from "../platform.ts";
import type { WireLimits } from "./limits.ts";
import type { WireCall } from "./server-operation.ts";

/** How long a backlog gathers at the most, while each turn reads more of what had arrived. */
const GATHER_MS = 50;
/** After so long the rest waits for another turn, so that what arrives meanwhile is read. */
const SLICE_MS = 10;
/** Places of begun calls that are kept before the rest moves to the front. */
const COMPACT_AT = 1024;

interface Waiting {
  readonly call: WireCall;
  readonly args: unknown[];
  readonly bytes: number;
}

/**
 * Calls of a connection that this process has fallen behind of. They begin, in order, when what else has arrived was read:
 * a CANCEL among it then ends its call before any work is done for it. Bounded by `maxPendingCalls` and, in bytes as they
 * came, by `maxQueuedBytes`; beyond that they begin at once, so a client cannot make the server keep arguments without end.
 */
export class Backlog {
  readonly #platform: Platform;
  readonly #limits: WireLimits;
  readonly #begin: (call: WireCall, args: unknown[], now: number) => void;
  #waiting: Waiting[] = [];
  #next = 0;
  #bytes = 0;
  /** Since when it gathers; `undefined` once it began, until it is empty: calls that come without end must not delay all. */
  #since: number | undefined;
  #grown = false;
  #scheduled = false;

  constructor(platform: Platform, limits: WireLimits, begin: (call: WireCall, args: unknown[], now: number) => void) {
    this.#platform = platform;
    this.#limits = limits;
    this.#begin = begin;
  }

  get empty(): boolean {
    return this.#next === this.#waiting.length;
  }

  add(call: WireCall, args: unknown[], bytes: number): void {
    if (this.empty) this.#since = this.#platform.now();
    this.#waiting.push({ call, args, bytes });
    this.#grown = true;
    this.#bytes += bytes;
    const { maxPendingCalls, maxQueuedBytes } = this.#limits;
    if (this.#waiting.length - this.#next > maxPendingCalls || this.#bytes > maxQueuedBytes) this.beginAll();
    else this.#schedule();
  }

  beginAll(): void {
    this.#beginUntil(Number.POSITIVE_INFINITY);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#platform.nextTurn(() => {
      this.#scheduled = false;
      const now = this.#platform.now();
      const gathering = this.#grown && this.#since !== undefined && now - this.#since < GATHER_MS;
      this.#grown = false;
      if (!gathering) this.#beginUntil(now + SLICE_MS);
      if (!this.empty) this.#schedule();
    });
  }

  #beginUntil(until: number): void {
    this.#since = undefined;
    for (let now = this.#platform.now(); !this.empty && now < until; now = this.#platform.now()) {
      const { call, args, bytes } = this.#waiting[this.#next++] as Waiting;
      this.#bytes -= bytes;
      this.#begin(call, args, now);
    }
    // Where calls come without end it is never empty.
    if (!this.empty && this.#next < COMPACT_AT) return;
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }
}
