import type { Platform } from "./platform.ts";

/** A member of the wheel; the wheel owns the links. */
export interface Timed {
  /** When, by the platform's clock. */
  dueMs: number;
  previous: Timed | undefined;
  next: Timed | undefined;
  /** Its time has come; it is no longer in the wheel. */
  expire(): void;
}

/** Times are kept to this resolution: a deadline fires up to one tick late, never early. */
const TICK_MS = 8;
const SLOTS = 512;

/**
 * Deadlines of pending calls: adding and removing are a few pointer writes, where a timer per call costs an
 * allocation and a heap. One platform timer runs while anything waits.
 */
export class TimerWheel {
  readonly #platform: Platform;
  readonly #slots: (Timed | undefined)[] = new Array(SLOTS).fill(undefined);
  #size = 0;
  /** The last tick that was looked at. */
  #tick = 0;
  #stop: (() => void) | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  add(item: Timed): void {
    if (this.#size++ === 0) this.#start();
    const slot = this.#slotOf(item);
    const head = this.#slots[slot];
    item.next = head;
    if (head !== undefined) head.previous = item;
    this.#slots[slot] = item;
  }

  remove(item: Timed): void {
    const { previous, next } = item;
    if (next !== undefined) next.previous = previous;
    if (previous !== undefined) previous.next = next;
    else {
      const slot = this.#slotOf(item);
      if (this.#slots[slot] !== item) return;
      this.#slots[slot] = next;
    }
    item.previous = undefined;
    item.next = undefined;
    // An empty wheel lets its timer run out: calls made one at a time would else start and stop one each.
    this.#size--;
  }

  #slotOf(item: Timed): number {
    return Math.ceil(item.dueMs / TICK_MS) % SLOTS;
  }

  #start(): void {
    if (this.#stop !== undefined) return;
    this.#tick = Math.floor(this.#platform.now() / TICK_MS);
    this.#stop = this.#platform.schedule(TICK_MS, this.#advance);
  }

  readonly #advance = (): void => {
    this.#stop = undefined;
    if (this.#size === 0) return;
    const now = this.#platform.now();
    const until = Math.floor(now / TICK_MS);
    // After a long pause every slot is looked at once, not once per missed rotation.
    const from = Math.max(this.#tick + 1, until - SLOTS + 1);
    this.#tick = until;
    for (let tick = from; tick <= until; tick++) {
      let item = this.#slots[tick % SLOTS];
      while (item !== undefined) {
        const following: Timed | undefined = item.next;
        if (item.dueMs <= now) {
          this.remove(item);
          item.expire();
        }
        item = following;
      }
    }
    if (this.#size > 0) this.#stop ??= this.#platform.schedule(TICK_MS, this.#advance);
  };
}
