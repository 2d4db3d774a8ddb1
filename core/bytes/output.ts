import { RpcError } from "../error.ts";
import { copyBytes } from "./byte-copy.ts";
import { allocate, writeUtf8 } from "./text.ts";

/**
 * Bytes being written. A codec writes at `position` into `buffer` after `ensure(n)` and moves `position`;
 * `ensure` may replace `buffer`, so read it again afterwards. The owner takes what stands from `start` on.
 */
export class Output {
  buffer: Uint8Array;
  /** Where the bytes begin that nobody has taken yet. */
  start = 0;
  position = 0;
  /** Where the message being written begins, and how long it may become. */
  #messageStart = 0;
  #maxMessageBytes = Number.POSITIVE_INFINITY;

  constructor(size = 1024) {
    this.buffer = allocate(size);
  }

  /** Opens a message of at most `maxBytes`; the limit protects the peer from what a handler or caller made too large. */
  begin(maxBytes: number): void {
    this.#messageStart = this.position;
    this.#maxMessageBytes = maxBytes;
  }

  /** Takes back what `begin` opened, after an encoder failed half way. */
  rollback(): void {
    this.position = this.#messageStart;
  }

  /** Makes room for `n` more bytes. */
  ensure(n: number): void {
    if (this.position + n > this.buffer.length) this.#grow(n);
  }

  /** Refuses a finished message that is over its limit. */
  commit(): void {
    if (this.position - this.#messageStart > this.#maxMessageBytes) this.#refuse();
  }

  /** Writes the UTF-8 of `text`, without a length, and returns how many bytes that took. */
  writeUtf8(text: string): number {
    this.ensure(text.length * 3);
    const written = writeUtf8(this.buffer, text, this.position);
    this.position += written;
    return written;
  }

  /** A copy of what was written since `start`, as `copyBytes` makes it. */
  toBytes(): Uint8Array {
    return copyBytes(this.buffer, this.start, this.position);
  }

  #grow(n: number): void {
    const used = this.position - this.start;
    // Room asked for is not yet bytes written: text asks for three bytes a character.
    if (this.position - this.#messageStart > this.#maxMessageBytes) this.#refuse();
    const next = allocate(Math.max(2 * this.buffer.length, used + n));
    next.set(this.buffer.subarray(this.start, this.position));
    this.#messageStart -= this.start;
    this.buffer = next;
    this.start = 0;
    this.position = used;
  }

  #refuse(): never {
    throw new RpcError({
      code: "RESOURCE_EXHAUSTED",
      message: `the message is larger than maxMessageBytes (${this.#maxMessageBytes}); send less, stream it, or raise the limit on both sides`,
    });
  }
}

/** The bytes of a message of its own, of at most `maxBytes`. */
export function messageBytes(maxBytes: number, write: (out: Output) => void): Uint8Array {
  const out = new Output();
  out.begin(maxBytes);
  write(out);
  out.commit();
  return out.toBytes();
}
