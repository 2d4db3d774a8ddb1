import { RpcError } from "../error.ts";
import type { Called } from "./attempt.ts";
import { type CallbackHandle, HANDLE, releasedCallback } from "./callback.ts";
import type { HandedCallback } from "./callback-table.ts";
import { keepStack } from "./caller-stack.ts";
import { OutgoingCall, type Sender } from "./outgoing.ts";
import { inCallback } from "./place.ts";
import type { TimerWheel } from "./timer-wheel.ts";

/** How long a callback may take where the call that it came with has no deadline. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** A call of a function of the client. */
export type CallbackCall = OutgoingCall<Called>;

/** How a transport carries such calls to the client; `C` is what codes them. */
export interface CallbackCarrier<C extends HandedCallback> {
  /** Calls the client's function of that number, and settles `call`. Throws, having sent nothing, where it does not fit. */
  invoke(id: number, callback: C, call: CallbackCall): void;
  /** The function of that number is kept when its call ends. */
  retain(id: number): void;
  /** A function that was kept is needed no more. */
  release(id: number): void;
}

/** A function of the client that a handler has: open until its call ends or, if it was retained, until it is released. */
export interface RemoteCallback {
  readonly id: number;
  open: boolean;
  retained: boolean;
}

/** The call that a function came with. */
export interface CallbackOwner {
  readonly until: number | undefined;
  readonly over: boolean;
}

/** Each callback is called once per call: a failure is its answer. */
const once: Sender<Called> = { retry: () => false, settled: () => {} };

/** The server's half of callbacks on one connection: functions that call the client's own. */
export class RemoteCallbacks<C extends HandedCallback> {
  readonly #carrier: CallbackCarrier<C>;
  readonly #wheel: TimerWheel;
  #lost: RpcError | undefined;

  constructor(carrier: CallbackCarrier<C>, wheel: TimerWheel) {
    this.#carrier = carrier;
    this.#wheel = wheel;
  }

  /** Puts functions where the arguments hold the numbers of callbacks; gives back what `end` is to be told. */
  attach(owner: CallbackOwner, callbacks: readonly C[], args: unknown[]): RemoteCallback[] {
    return callbacks.map((callback) => {
      const { position } = callback;
      const state: RemoteCallback = { id: args[position] as number, open: true, retained: false };
      args[position] = this.#functionOf(callback, state, owner);
      return state;
    });
  }

  #functionOf(callback: C, state: RemoteCallback, owner: CallbackOwner): unknown {
    const called: Called = { name: callback.name, idempotent: false };
    const invoke = (...args: unknown[]): Promise<unknown> => {
      const call = new OutgoingCall(once, this.#wheel, called, args);
      if (this.#lost) call.fail(this.#lost);
      else if (!state.open) call.fail(releasedCallback(callback.name));
      else this.#send(call, callback, { id: state.id, until: owner.over ? undefined : owner.until });
      return call.promise;
    };
    const handle: CallbackHandle = {
      retain: () => {
        if (!state.open || state.retained) return;
        state.retained = true;
        this.#carrier.retain(state.id);
      },
      release: () => {
        if (!state.open) return;
        state.open = false;
        this.#carrier.release(state.id);
      },
    };
    return Object.defineProperty(invoke, HANDLE, { value: handle });
  }

  #send(
    call: CallbackCall,
    callback: C,
    { id, until }: { readonly id: number; readonly until: number | undefined },
  ): void {
    const now = this.#wheel.platform.now();
    call.startDeadline(now, until === undefined ? DEFAULT_TIMEOUT_MS : until - now);
    try {
      this.#carrier.invoke(id, callback, call);
      call.sent = true;
    } catch (thrown) {
      const error = inCallback(thrown, callback.place, undefined);
      call.fail(RpcError.from(error, "the callback's arguments could not be encoded"));
    }
  }

  /** The connection is gone: what is called from now on fails. What is in progress is the carrier's to end. */
  lost(error: RpcError): void {
    this.#lost = keepStack(error);
  }
}

/** The call has ended: what was not retained is released. */
export function endCallbacks(callbacks: readonly RemoteCallback[]): void {
  for (const state of callbacks) if (!state.retained) state.open = false;
}
