/** What happens to a call that is not done. */
export type Loss =
  /** It is tried again until it is done. */
  | "never"
  /** The caller gets an error. */
  | "told"
  /** Nobody is told. */
  | "allowed";

/** A way to call, and what Trunkline promises of it. */
export interface Pattern {
  readonly name: string;
  readonly promise: string;
  readonly loss: Loss;
  readonly mayDouble: boolean;
}

const once = { promise: "once, or an error", loss: "told", mayDouble: false } as const;

export const patterns = [
  { name: "request/response", ...once },
  { name: "idempotent", promise: "never lost", loss: "never", mayDouble: true },
  { name: "oneway", promise: "at most once", loss: "allowed", mayDouble: false },
  { name: "callback", ...once },
  { name: "callback argument", ...once },
  { name: "future", ...once },
  { name: "multicast", ...once, promise: "each once, or an error" },
  { name: "pub/sub", promise: "at most once", loss: "allowed", mayDouble: false },
  { name: "server stream", ...once, promise: "no gap, or an error" },
  { name: "client stream", ...once, promise: "no gap, or an error" },
  { name: "bidi stream", ...once, promise: "no gap, or an error" },
] as const satisfies readonly Pattern[];

export type PatternName = (typeof patterns)[number]["name"];
