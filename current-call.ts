import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingCall } from "./core/context.ts";
import type { CurrentStore } from "./core/platform.ts";

/** How many calls and items of streams pass before it is taken that nobody asks. */
const patience = 10_000;

/**
 * Follows the call in progress through a handler's asynchronous work, until so many have passed without anybody asking for it;
 * from the first question on it follows for ever. For runtimes where following makes every promise of the process dearer.
 *
 * Meanwhile the call is known only where nothing was awaited: who asks there is answered rightly, and that call is followed from
 * then on, as a stream is from its next item. Of other calls at work at that moment nothing is known.
 */
export class CurrentCalls implements CurrentStore {
  readonly #storage = new AsyncLocalStorage<IncomingCall>();
  readonly #patience: number;
  #kept = false;
  #following = true;
  #unasked = 0;
  /** Whose handler is on the stack, while nothing is followed. */
  #present: IncomingCall | undefined;

  constructor(given = patience) {
    this.#patience = given;
  }

  run<A extends unknown[], R>(call: IncomingCall, task: (...args: A) => R, ...args: A): R {
    if (this.#follows()) return this.#storage.run(call, task, ...args);
    const before = this.#present;
    this.#present = call;
    try {
      return task(...args);
    } finally {
      this.#present = before;
      // Somebody has asked. What else this turn of the event loop does is not of this call.
      if (this.#following) this.#storage.enterWith(before as IncomingCall);
    }
  }

  resume<R>(call: IncomingCall, task: () => R): R {
    return this.#follows() && this.#storage.getStore() === call ? task() : this.run(call, task);
  }

  getStore(): IncomingCall | undefined {
    if (!this.#kept) this.keep();
    return this.#storage.getStore();
  }

  keep(): void {
    this.#kept = true;
    if (this.#following) return;
    this.#following = true;
    if (this.#present !== undefined) this.#storage.enterWith(this.#present);
  }

  #follows(): boolean {
    if (this.#kept || !this.#following) return this.#following;
    if (++this.#unasked <= this.#patience) return true;
    this.#following = false;
    this.#storage.disable();
    return false;
  }
}

/** For every client and server of this process: a handler's call may leave by any client. */
export const currentCalls: CurrentStore = follows()
  ? (new AsyncLocalStorage<IncomingCall>() as CurrentStore)
  : new CurrentCalls();

/** Since Node 24 what is followed costs nothing where it is not used. */
function follows(): boolean {
  return Number.parseInt(process.versions.node, 10) >= 24;
}
