import type { Platform } from "../../core/platform.ts";
import { createNodePlatform } from "../../platform-node.ts";
import type { Random } from "./random.ts";

interface Event {
  readonly at: number;
  readonly order: number;
  task: (() => void) | undefined;
}

/** Virtual clocks on the wall show this where virtual time begins: any moment but that of the real one. */
const EPOCH_MS = Date.UTC(2031, 0);

/**
 * A clock that jumps to the next event as soon as nothing is left to do: thousands of simulated seconds in a real one.
 * The same seed gives the same run, as long as nothing real (a socket, a timer) is waited for.
 */
export class VirtualTime {
  readonly platform: Platform;
  /** A heap, the earliest event first. */
  readonly #events: Event[] = [];
  #now = 1000;
  #order = 0;
  #running = false;
  #holds = 0;

  constructor(random: Random) {
    const { current } = createNodePlatform(true);
    const platform: Platform = {
      now: () => this.#now,
      wallNow: () => EPOCH_MS + this.#now,
      schedule: (ms, task) => this.schedule(ms, task),
      afterTurn: (task) => process.nextTick(task),
      // A turn takes time: who tries again in each must not stop the clock.
      nextTurn: (task) => void this.schedule(0.01, task),
      hold: () => {
        this.#holds++;
        return () => this.#holds--;
      },
      random: random.next,
    };
    this.platform = current === undefined ? platform : { ...platform, current };
  }

  get now(): number {
    return this.#now;
  }

  schedule(ms: number, task: () => void): () => void {
    const event: Event = { at: this.#now + Math.max(0, ms), order: this.#order++, task };
    this.#push(event);
    return () => {
      event.task = undefined;
    };
  }

  /** How many keep the process alive. */
  get holds(): number {
    return this.#holds;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.schedule(ms, resolve));
  }

  /** Lets time pass, event by event, until `stop`. Each event has all it leads to behind it before the next begins. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    const step = (): void => {
      if (!this.#running) return;
      this.#advance();
      setImmediate(step);
    };
    setImmediate(step);
  }

  stop(): void {
    this.#running = false;
  }

  #advance(): void {
    for (let event = this.#pop(); event !== undefined; event = this.#pop()) {
      if (event.task === undefined) continue;
      this.#now = Math.max(this.#now, event.at);
      event.task();
      return;
    }
  }

  #push(event: Event): void {
    const heap = this.#events;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(event, heap[parent] as Event)) break;
      heap[i] = heap[parent] as Event;
      i = parent;
    }
    heap[i] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#events;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (!before(heap[child] as Event, last)) break;
      heap[i] = heap[child] as Event;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
