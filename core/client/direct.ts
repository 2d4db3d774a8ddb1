import type { OutgoingCall } from "../call/outgoing.ts";
import type { RpcError } from "../error.ts";
import type { Channel, Dispatcher } from "./channel.ts";
import type { Provider } from "./provider.ts";

/** Takes calls for one instance alone: a failure is its answer. */
export class Direct implements Dispatcher {
  readonly #channel: Channel;
  readonly #provider: Provider;

  constructor(channel: Channel, provider: Provider) {
    this.#channel = channel;
    this.#provider = provider;
  }

  dispatch(call: OutgoingCall): void {
    this.#channel.deliver(call, this.#provider.member, () => {});
  }

  retry(): boolean {
    return false;
  }

  settled(call: OutgoingCall, error: RpcError | undefined): void {
    this.#channel.settled(call, error);
  }
}
