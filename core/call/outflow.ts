import type { RpcError } from "../error.ts";
import type { Flow, FlowReader, FlowRounds, SharedForms } from "./flow.ts";
import type { Credit } from "./stream.ts";

/** What becomes of the items of one flow. */
export interface Outlet {
  /** As of `ReplySink`. */
  item(value: unknown, shared: SharedForms | undefined): Promise<void> | undefined;
  /** There are no more, or an item could not leave. */
  end(error: unknown): void;
}

/** Hands the items of a flow to a sink as the reader's credit allows, and the connection. */
export class Outflow implements FlowReader {
  ready = false;
  /** Its end has been told. */
  #closed = false;
  readonly #flow: Flow;
  readonly #credit: Credit;
  readonly #outlet: Outlet;
  readonly #rounds: FlowRounds;

  constructor(flow: Flow, credit: Credit, outlet: Outlet, rounds: FlowRounds) {
    this.#flow = flow;
    this.#credit = credit;
    this.#outlet = outlet;
    this.#rounds = rounds;
  }

  begin(): void {
    this.#credit.onClose(() => this.#leave());
    this.ready = !this.#credit.closed;
    this.#await(this.#credit.room());
    this.#flow.flow(this);
  }

  take(item: unknown, shared: SharedForms | undefined): void {
    try {
      this.#await(this.#outlet.item(item, shared) ?? this.#credit.room());
    } catch (error) {
      this.#close();
      this.#leave();
      this.#outlet.end(error);
    }
  }

  #await(room: Promise<void> | undefined): void {
    if (room === undefined) return;
    this.ready = false;
    void room.then(this.#resume);
  }

  readonly #resume = (): void => {
    if (this.#credit.closed) return;
    const room = this.#credit.room();
    if (room) return void room.then(this.#resume);
    this.ready = true;
    this.#rounds.add(this.#flow);
  };

  end(error: RpcError | undefined): void {
    if (this.#closed) return;
    this.#close();
    this.#outlet.end(error);
  }

  #close(): void {
    this.#closed = true;
    this.ready = false;
    this.#credit.onClose(undefined);
  }

  #leave(): void {
    this.ready = false;
    void this.#flow.return?.();
  }
}
