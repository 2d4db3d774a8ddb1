import type { RpcError } from "../error.ts";

/** What one message became in a transport's bytes, kept with it as long as it is on its way, so that it is encoded once. */
export interface SharedForms {
  /** No other stream has the item: nothing need be kept. */
  readonly alone: boolean;
  /** Of whoever kept it as `by`. */
  formOf(by: object): Uint8Array | undefined;
  keepForm(by: object, bytes: Uint8Array): void;
}

/** Takes the items of a flow. */
export interface FlowReader {
  /** Whether it takes an item now. Once it does not, it steps the flow when it may again. */
  readonly ready: boolean;
  /** `shared`, where other streams get the same item: the same object for each of them. */
  take(item: unknown, shared: SharedForms | undefined): void;
  /** There are no more items. */
  end(error: RpcError | undefined): void;
}

/**
 * A stream that hands its items over as they come, to a reader that is ready for them: no promise for each, as `next()`
 * has. What it has for a reader that is not ready, it keeps.
 */
export interface Flow extends AsyncIterableIterator<unknown> {
  /** From now on items go to `reader`; `next()` must not be called any more. */
  flow(reader: FlowReader): void;
  /** Hands over one of the items that wait, if the reader is ready. True if another waits and the reader may take it. */
  step(): boolean;
}

export function isFlow(source: object): source is Flow {
  return "flow" in source && typeof source.flow === "function";
}

/**
 * The flows that can go on after a stop. They go round by round, one item of each: what many of them have is thus
 * handed over by all of them in a row, and can leave as one.
 */
export class FlowRounds {
  #flows: Flow[] = [];
  #scheduled = false;

  /** Goes on with the flow once all that can go on now have been added. */
  add(flow: Flow): void {
    this.#flows.push(flow);
    if (this.#scheduled) return;
    this.#scheduled = true;
    soon.then(this.#run);
  }

  readonly #run = (): void => {
    this.#scheduled = false;
    let flows = this.#flows;
    this.#flows = [];
    while (flows.length > 0) flows = flows.filter(stepped);
  };
}

const soon = Promise.resolve();
const stepped = (flow: Flow): boolean => flow.step();
