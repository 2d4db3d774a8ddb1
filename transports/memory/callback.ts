import {
  type CallbackHandle,
  type CallbackPlace,
  callbackError,
  callbackMethod,
  HANDLE,
} from "../../core/call/callback.ts";
import { keepStack } from "../../core/call/caller-stack.ts";
import type { ServedCall } from "../../core/call/incoming.ts";
import { OutgoingCall, type Sender } from "../../core/call/outgoing.ts";
import { inCallback } from "../../core/call/place.ts";
import { RpcError } from "../../core/error.ts";
import type { ServerHost } from "../../core/transport.ts";
import { crossError } from "./error.ts";
import type { MemoryCallback } from "./operation.ts";

/** How long a callback may take where the call that it came with has no deadline. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** A function handed over: open until its call ends, or until it is released if the handler retained it. */
export interface Attached {
  open: boolean;
  retained: boolean;
}

/** A function of the caller, where it was passed, and until when its call lasts. */
interface Passed {
  readonly target: (...args: unknown[]) => unknown;
  readonly place: CallbackPlace;
  readonly until: number | undefined;
}

/** Each callback is called once per call: a failure is its answer. */
const once: Sender = { retry: () => false, settled: () => {} };

/** The functions handed over on one connection. */
export class CallbackShelf {
  readonly #host: ServerHost;
  readonly #max: number;
  readonly #onCallerError: (error: unknown, where: CallbackPlace) => void;
  #count = 0;
  readonly #pending = new Set<OutgoingCall>();
  #lost: RpcError | undefined;

  constructor(host: ServerHost, max: number, onCallerError: (error: unknown, where: CallbackPlace) => void) {
    this.#host = host;
    this.#max = max;
    this.#onCallerError = onCallerError;
  }

  /** Puts functions that call into the caller where its own stood among the arguments. */
  attach(
    owner: ServedCall,
    callbacks: readonly MemoryCallback[],
    given: readonly unknown[],
    args: unknown[],
  ): Attached[] {
    for (const { name, from } of callbacks) {
      if (typeof given[from] !== "function") {
        const message = `${name}: expected a function, got ${typeof given[from]}`;
        throw new RpcError({ code: "INVALID_ARGUMENT", message });
      }
    }
    const [first] = callbacks;
    if (first && this.#count + callbacks.length > this.#max) {
      const message = `${first.name}: maxCallbacks (${this.#max}) functions are handed over on this connection; release some`;
      throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
    }
    return callbacks.map((callback) => {
      const state: Attached = { open: true, retained: false };
      this.#count++;
      args[callback.to] = this.#functionOf(callback, given[callback.from] as () => unknown, state, owner);
      return state;
    });
  }

  /** The call has ended: what was not retained is released. */
  detach(attached: readonly Attached[]): void {
    for (const state of attached) if (!state.retained) this.#release(state);
  }

  #release(state: Attached): void {
    if (!state.open) return;
    state.open = false;
    this.#count--;
  }

  #functionOf(
    callback: MemoryCallback,
    target: (...args: unknown[]) => unknown,
    state: Attached,
    owner: ServedCall,
  ): unknown {
    const { name } = callback;
    const { service, method } = owner;
    const place = { service, method, callback: name };
    const invoke = (...args: unknown[]): Promise<unknown> => {
      const call = new OutgoingCall(once, this.#host.wheel, callbackMethod(name), args);
      if (this.#lost) call.fail(this.#lost);
      else if (!state.open) {
        const message = `${name}: the callback was released: its call has ended; use retain(callback) in the handler to keep it`;
        call.fail(new RpcError({ code: "FAILED_PRECONDITION", message }));
      } else this.#invoke(call, callback, { target, place, until: owner.over ? undefined : owner.until });
      return call.promise;
    };
    const handle: CallbackHandle = {
      retain: () => {
        if (state.open) state.retained = true;
      },
      release: () => this.#release(state),
    };
    return Object.defineProperty(invoke, HANDLE, { value: handle });
  }

  #invoke(call: OutgoingCall, callback: MemoryCallback, passed: Passed): void {
    let args: unknown[];
    try {
      args = callback.request(call.args);
    } catch (thrown) {
      const error = inCallback(thrown, passed.place, undefined);
      call.fail(RpcError.from(error, "the callback's arguments could not be encoded"));
      return;
    }
    const { until: deadline } = passed;
    const now = this.#host.platform.now();
    call.sent = true;
    call.startDeadline(now, deadline === undefined ? DEFAULT_TIMEOUT_MS : Math.max(1, deadline - now));
    this.#pending.add(call);
    void this.#run(call, callback, passed, args).finally(() => this.#pending.delete(call));
  }

  async #run(call: OutgoingCall, callback: MemoryCallback, { target, place }: Passed, args: unknown[]): Promise<void> {
    // In a turn of its own, as it would come over a wire.
    await undefined;
    let result: unknown;
    try {
      result = await target(...args);
    } catch (error) {
      const tell = (): void => this.#onCallerError(error, place);
      this.#failed(call, callbackError(error, place, tell), place);
      return;
    }
    try {
      call.succeed(callback.response(result));
    } catch (thrown) {
      const error = inCallback(thrown, place, callback.bareResponse ? "result" : undefined);
      this.#failed(call, RpcError.from(error, "the callback's result could not be encoded"), place);
    }
  }

  #failed(call: OutgoingCall, error: RpcError, place: CallbackPlace): void {
    call.fail(crossError(error, undefined, (told) => this.#onCallerError(told, place)));
  }

  lost(error: RpcError): void {
    this.#lost = keepStack(error);
    for (const call of [...this.#pending]) call.fail(error);
    this.#pending.clear();
  }
}
