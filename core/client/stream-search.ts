import { cancelled } from "../call/future.ts";
import type { Call } from "../call/interceptor.ts";
import type { OutgoingCall } from "../call/outgoing.ts";
import { Trail } from "../call/trail.ts";
import type { Decision } from "../cluster.ts";
import { RpcError } from "../error.ts";
import type { Caller } from "./caller.ts";
import { after } from "./pauses.ts";
import type { Provider } from "./provider.ts";
import { termsOfCall } from "./terms.ts";

type Stream = AsyncIterable<unknown>;

/** What kept a stream from being opened, and where; nowhere, if routing failed. */
export interface Unopened {
  readonly provider: Provider | undefined;
  readonly thrown: unknown;
}

interface Opening {
  open(provider: Provider, number: number): Stream | Promise<Stream>;
  ended(error: RpcError): void;
}

/** Looks for an instance where a stream can be opened, as long as the cluster says so, and waits where there is none. */
export class StreamSearch {
  readonly #caller: Caller;
  readonly #call: Call;
  readonly #trail = new Trail();
  #wait: OutgoingCall | undefined;
  #givenUp = false;
  #wake = (): void => {};

  constructor(caller: Caller, call: Call) {
    this.#caller = caller;
    this.#call = call;
  }

  /** `first`: the failure that it begins with. */
  async run(opening: Opening, first: Unopened | undefined): Promise<Stream> {
    let unopened = first;
    for (;;) {
      if (unopened !== undefined && (await this.#isOver(unopened, opening))) return nothing;
      const provider: Provider = this.#pick() ?? (await this.#reach());
      try {
        return await opening.open(provider, this.#trail.number);
      } catch (thrown) {
        unopened = { provider, thrown };
      }
    }
  }

  /** Whether the stream ends well all the same; else it is to be opened again, or this throws. */
  async #isOver({ provider, thrown }: Unopened, opening: Opening): Promise<boolean> {
    const trail = this.#trail;
    const error = RpcError.from(thrown, String(thrown));
    const decision = this.#decide(provider, error);
    if (decision.do === "fail") {
      // In a turn of its own, as calls fail that have not left.
      await this.#pause(0);
      throw decision.error ?? thrown;
    }
    opening.ended(error);
    if (decision.do === "answer") return true;
    trail.failed(provider as Provider, false);
    trail.number++;
    trail.at = decision.at ?? "other";
    await this.#pause(decision.afterMs ?? 0);
    if (this.#givenUp) throw thrown;
    return false;
  }

  #decide(candidate: Provider | undefined, error: RpcError): Decision {
    const { channel } = this.#caller;
    if (candidate === undefined || this.#givenUp || this.#call.signal?.aborted) return { do: "fail" };
    const { number, sentTimes } = this.#trail;
    const timeLeftMs = Number.POSITIVE_INFINITY;
    const failure = { candidate, number, error, sent: false, sentTimes, timeLeftMs };
    return channel.cluster.decide({ call: channel.route.routed(this.#call), ...failure });
  }

  /** Until it is over, or the stream is given up. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = after(ms, resolve, this.#caller.channel.platform);
      this.#wake = () => {
        stop();
        resolve();
      };
    });
  }

  #pick(): Provider | undefined {
    return isOver(this.#call) ? undefined : this.#caller.channel.choose(this.#call, this.#trail);
  }

  /** Without a deadline of its own it waits as long as a unary call would. */
  async #reach(): Promise<Provider> {
    const { channel, timeoutMs } = this.#caller;
    const call = this.#call;
    const terms = termsOfCall({ ...call, timeoutMs: call.timeoutMs ?? timeoutMs }, channel.platform);
    const wait = this.#caller.reach(terms, () => channel.choose(call, this.#trail));
    this.#wait = wait;
    if (this.#givenUp) this.giveUp();
    try {
      return (await wait.promise) as Provider;
    } finally {
      this.#wait = undefined;
    }
  }

  giveUp(): void {
    this.#givenUp = true;
    this.#wake();
    this.#wait?.abandon(cancelled(this.#wait));
  }
}

/** True where the stream must not begin. */
export function isOver({ signal, timeoutMs }: Call): boolean {
  return signal?.aborted === true || timeoutMs === 0;
}

const nothing: Stream = { async *[Symbol.asyncIterator]() {} };
