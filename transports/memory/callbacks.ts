import type { CallbackPlace } from "../../core/call/callback.ts";
import { type CallbackLimits, CallbackTable } from "../../core/call/callback-table.ts";
import { type CallbackCall, type CallbackCarrier, RemoteCallbacks } from "../../core/call/remote-callback.ts";
import type { TimerWheel } from "../../core/call/timer-wheel.ts";
import type { RpcError } from "../../core/error.ts";
import type { MemoryCallback } from "./crossing.ts";
import { crossError } from "./error.ts";

/** What waits for it runs in a turn of its own, as it would come over a wire. */
const turn = Promise.resolve();

/** Both halves of the callbacks of one connection. */
export class MemoryCallbacks implements CallbackCarrier<MemoryCallback> {
  readonly table: CallbackTable<MemoryCallback>;
  readonly remote: RemoteCallbacks<MemoryCallback>;
  readonly #onCallerError: (error: unknown, where: CallbackPlace) => void;
  readonly #pending = new Set<CallbackCall>();

  constructor(
    limits: CallbackLimits,
    wheel: TimerWheel,
    onCallerError: (error: unknown, where: CallbackPlace) => void,
  ) {
    this.table = new CallbackTable(limits, onCallerError);
    this.remote = new RemoteCallbacks(this, wheel);
    this.#onCallerError = onCallerError;
  }

  invoke(id: number, callback: MemoryCallback, call: CallbackCall): void {
    const args = callback.request(call.args);
    this.#pending.add(call);
    const invocation = {
      args: () => args,
      reply: (mine: MemoryCallback, value: unknown) => {
        const result = mine.result(value);
        this.#pending.delete(call);
        call.succeed(result);
      },
      fail: (error: RpcError, mine: MemoryCallback | undefined) => {
        this.#pending.delete(call);
        call.fail(crossError(error, undefined, (told) => mine && this.#onCallerError(told, mine.place)));
      },
    };
    turn.then(() => this.table.invoke(id, invocation));
  }

  retain(id: number): void {
    this.table.retain(id);
  }

  release(id: number): void {
    this.table.release(id);
  }

  lost(error: RpcError): void {
    this.remote.lost(error);
    this.table.clear();
    for (const call of [...this.#pending]) call.fail(error);
    this.#pending.clear();
  }
}
