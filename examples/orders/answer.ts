import { RpcError } from "../../index.ts";

/** What a caller knows of its call. */
export type Outcome =
  /** It has been answered. */
  | "done"
  /** An error leaves open whether it was done. */
  | "unknown"
  /** An error says that it was not done. */
  | "refused"
  /** Something that should not happen: a wrong reply, an unexpected error. */
  | "failed";

/** How one call ended, as its caller saw it. */
export interface Answer {
  /** The order; for a multicast `order@instance`. */
  readonly key: string;
  readonly ms: number;
  readonly outcome: Outcome;
  readonly error: string | undefined;
}

export function answered(key: string, since: number, error?: unknown): Answer {
  const ms = performance.now() - since;
  if (error === undefined) return { key, ms, outcome: "done", error: undefined };
  return { key, ms, outcome: outcomeOf(error), error: describe(error) };
}

/** `retryable` says that the call was certainly not executed; without it, a lost connection or deadline leaves that open. */
function outcomeOf(error: unknown): Outcome {
  if (!RpcError.is(error)) return "failed";
  if (error.retryable) return "refused";
  return error.code === "UNAVAILABLE" || error.code === "DEADLINE_EXCEEDED" ? "unknown" : "failed";
}

function describe(error: unknown): string {
  return RpcError.is(error) ? `${error.code}: ${error.message}` : String(error);
}
