/** Up to here pieces are kept as they came and joined at the end. */
const MAX_PIECES = 16;
const MIN_BYTES = 4096;

/**
 * Bytes that come in pieces, as one. A single piece is not copied. Many are written into one buffer that grows: a peer that sends
 * a byte at a time must not be kept an object for each.
 */
export class Gathered {
  length = 0;
  #pieces: Uint8Array[] = [];
  #buffer: Uint8Array | undefined;

  push(piece: Uint8Array): void {
    if (this.#buffer === undefined && this.#pieces.length < MAX_PIECES) {
      this.length += piece.length;
      this.#pieces.push(piece);
      return;
    }
    const buffer = this.#roomFor(piece.length);
    buffer.set(piece, this.length);
    this.length += piece.length;
  }

  /** What was gathered; it begins anew. */
  take(): Uint8Array {
    const [first = EMPTY] = this.#pieces;
    const all =
      this.#buffer?.subarray(0, this.length) ?? (this.#pieces.length <= 1 ? first : this.#joined(this.length));
    this.clear();
    return all;
  }

  clear(): void {
    this.#pieces = [];
    this.#buffer = undefined;
    this.length = 0;
  }

  #roomFor(bytes: number): Uint8Array {
    const needed = this.length + bytes;
    const old = this.#buffer;
    if (old !== undefined && old.length >= needed) return old;
    const size = Math.max(MIN_BYTES, 2 * needed);
    const buffer = old === undefined ? this.#joined(size) : new Uint8Array(size);
    if (old !== undefined) buffer.set(old.subarray(0, this.length));
    this.#pieces = [];
    this.#buffer = buffer;
    return buffer;
  }

  #joined(size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}

const EMPTY = new Uint8Array();
