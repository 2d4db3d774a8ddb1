interface PooledConstructor {
  from(bytes: Uint8Array): Uint8Array;
}
const native = (globalThis as unknown as { Buffer?: PooledConstructor }).Buffer;
/** What the runtime's pool of small buffers takes. */
const POOLED_BYTES = 4096;

/**
 * A copy of `start` to `end`. An ArrayBuffer of its own costs five times as much as the bytes of a small value, so
 * small copies come from the runtime's pool, which cannot be transferred to another thread; they look like any
 * Uint8Array, but their `buffer` is larger than they are.
 */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (native === undefined || end - start >= POOLED_BYTES) return new Uint8Array(bytes.subarray(start, end));
  const copy = native.from(bytes.subarray(start, end));
  return new Uint8Array(copy.buffer, copy.byteOffset, copy.length);
}
