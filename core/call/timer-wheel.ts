import type { Platform } from "../platform.ts";

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
  readonly platform: Platform;
  readonly #slots: (Timed | undefined)[] = new Array(SLOTS).fill(undefined);
  #size = 0;
  /** The last tick that was looked at. */
  #tick = 0;
  #stop: (() => void) | undefined;
  #later: (() => void)[] = [];

  constructor(platform: Platform) {
    this.platform = platform;
  }

  add(item: Timed): void {
    if (this.#size++ === 0) this.#start();
    // What is due already waits for the next tick, not for a whole rotation.
    item.dueMs = Math.max(item.dueMs, (this.#tick + 1) * TICK_MS);
    const slot = this.#slotOf(item);
    const head = this.#slots[slot];
    item.next = head;
    if (head !== undefined) head.previous = item;
    this.#slots[slot] = item;
  }

  /** Runs the task in a turn of the event loop of its own, shared by all that were given in this one. */
  nextTurn(task: () => void): void {
    if (this.#later.push(task) > 1) return;
    this.platform.nextTurn(() => {
      for (const one of this.#later.splice(0)) one();
    });
  }

  /** False if it was not there. */
  remove(item: Timed): boolean {
    const { previous, next } = item;
    if (next !== undefined) next.previous = previous;
    if (previous !== undefined) previous.next = next;
    else {
      const slot = this.#slotOf(item);
      if (this.#slots[slot] !== item) return false;
      this.#slots[slot] = next;
    }
    item.previous = undefined;
    item.next = undefined;
    // An empty wheel lets its timer run out: calls made one at a time would else start and stop one each.
    this.#size--;
    return true;
  }

  #slotOf(item: Timed): number {
    return Math.ceil(item.dueMs / TICK_MS) % SLOTS;
  }

  #start(): void {
    if (this.#stop !== undefined) return;
    this.#tick = Math.floor(this.platform.now() / TICK_MS);
    this.#stop = this.platform.schedule(TICK_MS, this.#advance);
  }

  readonly #advance = (): void => {
    this.#stop = undefined;
    if (this.#size === 0) return;
    const now = this.platform.now();
    const until = Math.floor(now / TICK_MS);
    // After a long pause every slot is looked at once, not once per missed rotation.
    const from = Math.max(this.#tick + 1, until - SLOTS + 1);
    this.#tick = until;
    const due: Timed[] = [];
    for (let tick = from; tick <= until; tick++) {
      for (let item = this.#slots[tick % SLOTS]; item !== undefined; item = item.next) {
        if (item.dueMs <= now) due.push(item);
      }
    }
    // An expiry may remove others that are due as well, or add new ones.
    for (const item of due) if (this.remove(item)) item.expire();
    if (this.#size > 0) this.#stop ??= this.platform.schedule(TICK_MS, this.#advance);
  };
}
