import { allocate } from "../bytes/text.ts";
import { HEADER_BYTES, readU32 } from "./frame.ts";
import { protocolError } from "./protocol-error.ts";

/** A whole frame: `body` to `end` in `bytes`, which is valid only during the call. */
export type OnFrame = (type: number, flags: number, bytes: Uint8Array, body: number, end: number) => void;

/** The buffer of a frame cut by a chunk's end grows with what arrives, never at once to what the peer declared. */
const FIRST_STASH_BYTES = 1024;

/** Splits chunks into frames. Whole frames are handed out in place; only one that a chunk cuts is copied. */
export class FrameParser {
  readonly #onFrame: OnFrame;
  readonly #maxMessageBytes: number;
  #maxFrameBytes: number;
  #stash: Uint8Array | undefined;
  #stashed = 0;
  #stopped = false;

  /** Frames before `established` are at most `handshakeBytes` long. */
  constructor(onFrame: OnFrame, maxMessageBytes: number, handshakeBytes = maxMessageBytes) {
    this.#onFrame = onFrame;
    this.#maxMessageBytes = maxMessageBytes;
    this.#maxFrameBytes = Math.min(handshakeBytes, maxMessageBytes);
  }

  /** The handshake is done. */
  established(): void {
    this.#maxFrameBytes = this.#maxMessageBytes;
  }

  /** After this nothing is handed out any more. */
  stop(): void {
    this.#stopped = true;
    this.#stash = undefined;
  }

  push(chunk: Uint8Array): void {
    if (this.#stopped) return;
    let position = this.#stashed > 0 ? this.#complete(chunk) : 0;
    const { length } = chunk;
    while (!this.#stopped) {
      const left = length - position;
      if (left < 4) break;
      const end = position + 4 + this.#lengthAt(chunk, position);
      if (end > length) break;
      this.#onFrame(chunk[position + 4] as number, chunk[position + 5] as number, chunk, position + HEADER_BYTES, end);
      position = end;
    }
    if (position < length && !this.#stopped) this.#keep(chunk, position, length);
  }

  #lengthAt(bytes: Uint8Array, at: number): number {
    const length = readU32(bytes, at);
    if (length < HEADER_BYTES - 4) throw protocolError(`a frame of ${length} bytes is shorter than its header`);
    if (length > this.#maxMessageBytes) {
      throw protocolError(`a frame of ${length} bytes is over maxMessageBytes (${this.#maxMessageBytes})`);
    }
    if (length > this.#maxFrameBytes) {
      throw protocolError(
        `a frame of ${length} bytes during the handshake, which has ${this.#maxFrameBytes} at the most`,
      );
    }
    return length;
  }

  /** Takes from `chunk` what the stashed frame lacks; returns how much that was. */
  #complete(chunk: Uint8Array): number {
    let taken = 0;
    if (this.#stashed < 4) {
      taken = Math.min(4 - this.#stashed, chunk.length);
      this.#keep(chunk, 0, taken);
      if (this.#stashed < 4) return taken;
    }
    const total = 4 + this.#lengthAt(this.#stash as Uint8Array, 0);
    const more = Math.min(total - this.#stashed, chunk.length - taken);
    this.#keep(chunk, taken, taken + more);
    taken += more;
    if (this.#stashed === total) {
      const bytes = this.#stash as Uint8Array;
      this.#stashed = 0;
      this.#onFrame(bytes[4] as number, bytes[5] as number, bytes, HEADER_BYTES, total);
      // A large frame's buffer is not kept for the small ones that follow.
      if (bytes.length > 64 * FIRST_STASH_BYTES) this.#stash = undefined;
    }
    return taken;
  }

  #keep(chunk: Uint8Array, from: number, to: number): void {
    const needed = this.#stashed + to - from;
    if (this.#stash === undefined || this.#stash.length < needed) {
      const grown = allocate(Math.max(FIRST_STASH_BYTES, needed, 2 * this.#stashed));
      if (this.#stash !== undefined) grown.set(this.#stash.subarray(0, this.#stashed));
      this.#stash = grown;
    }
    this.#stash.set(chunk.subarray(from, to), this.#stashed);
    this.#stashed = needed;
  }
}
