/** Well below V8's new space, so that no garbage collection falls into a sample. */
const sampleBytes = 256 * 1024;
const samples = 16;
const mostCalls = 4096;

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  globalThis.gc({ type: "minor" } as never);
}

let kept: unknown;

function grownBy(call: () => unknown, calls: number): number {
  // Buffers of the first collection are freed by another thread, which the second one waits for.
  collect();
  collect();
  const before = usedBytes();
  for (let left = calls; left > 0; left--) kept = call();
  const grown = usedBytes() - before;
  void kept;
  return grown;
}

/**
 * Bytes that one call allocates, on the heap and beside it: a mean, because the slabs and pools of small buffers grow
 * only now and then. A sample in which a collection happened after all shows far less than the others.
 */
export function allocatedBytes(call: () => unknown): number {
  const each = Math.max(1, grownBy(call, 16) / 16);
  const calls = Math.max(1, Math.min(mostCalls, Math.floor(sampleBytes / each)));
  const grown = Array.from({ length: samples }, () => grownBy(call, calls) / calls);
  const most = Math.max(...grown);
  const whole = grown.filter((one) => one >= most / 2);
  return Math.max(0, whole.reduce((sum, one) => sum + one, 0) / whole.length);
}
