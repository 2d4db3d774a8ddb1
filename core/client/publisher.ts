import type { OutgoingCall } from "../call/outgoing.ts";
import type { RpcError } from "../error.ts";
import { type Channel, type Dispatcher, goOnBy } from "./channel.ts";
import type { Member } from "./member.ts";
import type { Provider } from "./provider.ts";

/**
 * Takes the publishes of one topic: all for one instance while they may go there, and by one connection, since by way of two
 * one could overtake another.
 */
export class Publisher implements Dispatcher {
  readonly #channel: Channel;
  #provider: Provider | undefined;
  #member: Member | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  dispatch(call: OutgoingCall): void {
    const provider = this.#channel.route.stay(call, this.#provider);
    if (provider !== this.#provider || this.#member?.ready !== true) this.#member = provider?.member;
    this.#provider = provider;
    this.#channel.deliver(call, this.#member, this.#goOn);
  }

  readonly #goOn = goOnBy(this);

  /** Never sends again: that could overtake, or deliver twice. */
  retry(): boolean {
    return false;
  }

  settled(call: OutgoingCall, error: RpcError | undefined): void {
    this.#channel.settled(call, error);
  }

  whyWaiting(call: OutgoingCall): string | undefined {
    return this.#channel.whyWaiting(call);
  }
}
