interface PooledConstructor {
  allocUnsafe(size: number): Uint8Array;
  readonly prototype: { copy(target: Uint8Array, at: number, start: number, end: number): number };
}
const native = (globalThis as unknown as { Buffer?: PooledConstructor }).Buffer;
/** Up to this many bytes V8 keeps an array with its own object, without an ArrayBuffer until someone asks for it. */
const MAX_EMBEDDED_BYTES = 64;
/** From here on the runtime's pool of small buffers does not serve. */
const MIN_UNPOOLED_BYTES = 4096;

/**
 * A copy of `start` to `end`. An ArrayBuffer of its own costs several times as much as the bytes of a small value, so
 * copies of 65 bytes to 4 KiB come from the runtime's pool, which cannot be transferred to another thread; they look
 * like any Uint8Array, but their `buffer` is larger than they are.
 */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const length = end - start;
  if (native === undefined || !isPooled(length)) return new Uint8Array(bytes.subarray(start, end));
  const copy = native.allocUnsafe(length);
  native.prototype.copy.call(bytes, copy, 0, start, end);
  return new Uint8Array(copy.buffer, copy.byteOffset, length);
}

/** So many bytes, all of which are going to be written: from the same pool, where `copyBytes` would take them there. */
export function pooledBytes(length: number): Uint8Array {
  if (native === undefined || !isPooled(length)) return new Uint8Array(length);
  const { buffer, byteOffset } = native.allocUnsafe(length);
  return new Uint8Array(buffer, byteOffset, length);
}

function isPooled(length: number): boolean {
  return length > MAX_EMBEDDED_BYTES && length < MIN_UNPOOLED_BYTES;
}
