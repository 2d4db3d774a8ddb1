import type { OutgoingCall } from "../call/outgoing.ts";
import type { RpcError } from "../error.ts";
import type { Dispatcher } from "./channel.ts";

/** Takes calls that nobody waits for, which therefore have no promise: only of their failures somebody is told. */
export class Unawaited implements Dispatcher {
  readonly silent = true;
  readonly #dispatcher: Dispatcher;
  readonly #failed: (call: OutgoingCall, error: RpcError) => void;
  /** The one whose failure is thrown at its caller just now. */
  #thrown: OutgoingCall | undefined;

  constructor(dispatcher: Dispatcher, failed: (call: OutgoingCall, error: RpcError) => void) {
    this.#dispatcher = dispatcher;
    this.#failed = failed;
  }

  dispatch(call: OutgoingCall): void {
    this.#dispatcher.dispatch(call);
  }

  retry(call: OutgoingCall, error: RpcError): boolean {
    return this.#dispatcher.retry(call, error);
  }

  settled(call: OutgoingCall, error: RpcError | undefined): void {
    this.#dispatcher.settled(call, error);
    if (error !== undefined && call !== this.#thrown) this.#failed(call, error);
  }

  whyWaiting(call: OutgoingCall): string | undefined {
    return this.#dispatcher.whyWaiting?.(call);
  }

  /** Ends a call by what its caller is thrown. */
  throwing(call: OutgoingCall, error: RpcError): void {
    this.#thrown = call;
    call.fail(error);
    this.#thrown = undefined;
  }
}
