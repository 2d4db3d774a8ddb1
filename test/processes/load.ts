import { RpcError } from "../../index.ts";

export interface Outcomes {
  readonly done: string[];
  /** The connection died under them: they may or may not have been executed. */
  readonly unknown: string[];
  /** Certainly not executed. */
  readonly refused: string[];
  readonly odd: unknown[];
}

/** Keeps `concurrency` calls in progress until `count` are over, or `stop` says so; tells of each that was done. */
export async function load(
  call: (id: string) => Promise<unknown>,
  options: { count: number; concurrency: number; onDone?: (done: number) => void; stop?: () => boolean },
): Promise<Outcomes> {
  const outcomes: Outcomes = { done: [], unknown: [], refused: [], odd: [] };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < options.count && !(options.stop?.() ?? false)) {
      const id = `call-${next++}`;
      try {
        await call(id);
        const done = outcomes.done.push(id);
        options.onDone?.(done);
      } catch (error) {
        sort(outcomes, id, error);
      }
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  return outcomes;
}

function sort(outcomes: Outcomes, id: string, error: unknown): void {
  if (!RpcError.is(error) || error.code !== "UNAVAILABLE") outcomes.odd.push(error);
  else if (error.message.includes("outcome unknown")) outcomes.unknown.push(id);
  else if (error.retryable) outcomes.refused.push(id);
  else outcomes.odd.push(error);
}

/** The entries that stand more than once. */
export function doubled(entries: readonly string[]): string[] {
  return entries.filter((entry, i) => entries.indexOf(entry) !== i);
}
