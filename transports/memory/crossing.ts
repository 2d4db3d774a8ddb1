import type { HandedCallback } from "../../core/call/callback-table.ts";
import type { ErrorCrossing } from "./error.ts";

/** Takes a value of the one side and gives the other side its own; throws where it does not fit. */
export type Crossing = (value: unknown) => unknown;

/** How the values of one method get from the one side to the other: as an `OperationCodec` and its peer's, without bytes. */
export interface ValueCrossing {
  /** Numbers stand in the places of callbacks, on both sides. */
  readonly request: (args: readonly unknown[]) => unknown[];
  /** The result, or one item of a stream of results. */
  readonly result: Crossing;
  /** One item of a topic that many get: all the same. Undefined where each gets its own, as by `result`. */
  readonly delivery?: Crossing | undefined;
  /** One item of the stream that the caller passes. */
  readonly item: Crossing;
  readonly callbacks: readonly MemoryCallback[];
  /** By the name of the declared error. */
  readonly errors: ReadonlyMap<string, ErrorCrossing>;
}

export interface MemoryCallback extends HandedCallback {
  readonly request: (args: readonly unknown[]) => unknown[];
  readonly result: Crossing;
}
