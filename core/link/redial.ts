import type { Platform } from "../platform.ts";
import { type BackoffOptions, backoffMs } from "./backoff.ts";

/** How often the wait doubles while a call waits for the connection: up to 400 ms, by the defaults. */
const AWAITED_ATTEMPTS = 3;

/** When a link that has no connection tries again: later and later, but soon while a call waits for it. */
export class Redial {
  readonly #platform: Platform;
  readonly #backoff: BackoffOptions;
  readonly #dial: () => void;
  #attempt = 0;
  /** Not before this, by the platform's clock, whoever waits: callers that try in a loop must not make a storm. */
  #soonest = 0;
  #awake = false;
  #stop: (() => void) | undefined;

  constructor(platform: Platform, backoff: BackoffOptions, dial: () => void) {
    this.#platform = platform;
    this.#backoff = backoff;
    this.#dial = dial;
  }

  /** The connection stands: the next loss begins anew. */
  reset(): void {
    this.#attempt = 0;
  }

  /** An attempt has failed, or the connection was lost. */
  later(): void {
    const platform = this.#platform;
    const attempt = this.#attempt++;
    const waitMs = backoffMs(attempt, this.#backoff, platform);
    const awaitedMs = attempt <= AWAITED_ATTEMPTS ? waitMs : backoffMs(AWAITED_ATTEMPTS, this.#backoff, platform);
    this.#soonest = platform.now() + awaitedMs;
    this.#awake = false;
    this.#in(waitMs);
  }

  /** A call waits. Cheap, however many do. */
  wake(): void {
    if (this.#stop === undefined || this.#awake) return;
    this.#awake = true;
    this.#in(Math.max(0, this.#soonest - this.#platform.now()));
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #in(ms: number): void {
    this.#stop?.();
    this.#stop = this.#platform.schedule(ms, () => {
      this.#stop = undefined;
      this.#dial();
    });
  }
}
