import { setTimeout as sleep } from "node:timers/promises";

export interface Memory {
  readonly rssBytes: number;
  /** On the V8 heap, and outside of it but owned by it. */
  readonly usedBytes: number;
}

/** After garbage collections, and a pause in which finalizers run and the allocator gives pages back. */
export async function settledMemory(): Promise<Memory> {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  for (let round = 0; round < 3; round++) {
    globalThis.gc();
    await sleep(100);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, usedBytes: heapUsed + external };
}
