import { Output } from "../output.ts";
import type { Platform } from "../platform.ts";
import { allocate } from "../text.ts";
import type { Pipe } from "./pipe.ts";

/** A chunk is large enough for a few hundred small frames, small enough to stay in the processor's cache. */
const CHUNK_BYTES = 32 * 1024;
/** A chunk with less room than this is left for a fresh one. */
const SPARE_BYTES = 256;
/**
 * So many frames leave at once, not only at the end of the turn: then the two ends work at the same time.
 * Chosen by `npm run bench -- rpc`; see bench/RESULTS.md.
 */
const FRAMES_PER_WRITE = 8;

/** A chunk, and how many writes still use it. */
interface Chunk {
  readonly bytes: Uint8Array;
  writes: number;
}

/** Gathers frames, which are encoded straight into its buffer, and writes them to the pipe a few at a time. */
export class Outbox {
  readonly out: Output;
  readonly #pipe: Pipe;
  readonly #platform: Platform;
  #frames = 0;
  #scheduled = false;
  #chunk: Chunk;
  readonly #idle: Chunk[] = [];
  #closed = false;

  constructor(pipe: Pipe, platform: Platform) {
    this.#pipe = pipe;
    this.#platform = platform;
    // The first chunk is small: an idle connection must not cost 32 KiB.
    this.out = new Output(512);
    this.#chunk = { bytes: this.out.buffer, writes: 0 };
  }

  /** Bytes that have not left this process. */
  get bufferedBytes(): number {
    return this.#pipe.bufferedBytes + this.out.position - this.out.start;
  }

  /** A frame has been written to `out`. */
  frameDone(): void {
    if (++this.#frames >= FRAMES_PER_WRITE) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      this.#platform.afterTurn(this.#flushScheduled);
    }
  }

  readonly #flushScheduled = (): void => {
    this.#scheduled = false;
    this.flush();
  };

  flush(done?: () => void): void {
    this.#frames = 0;
    const { out } = this;
    if (out.position === out.start || this.#closed) {
      done?.();
      return;
    }
    // The encoder may have replaced the buffer by a larger one.
    if (out.buffer !== this.#chunk.bytes) this.#chunk = { bytes: out.buffer, writes: 0 };
    const chunk = this.#chunk;
    chunk.writes++;
    const bytes = chunk.bytes.subarray(out.start, out.position);
    out.start = out.position;
    // A buffer that one large message made large is not kept.
    if (out.buffer.length - out.position < SPARE_BYTES || out.buffer.length > CHUNK_BYTES) this.#renew();
    this.#pipe.write(bytes, () => {
      if (--chunk.writes === 0) this.#reuse(chunk);
      done?.();
    });
  }

  /** Nothing more is written. */
  close(): void {
    this.#closed = true;
    this.#idle.length = 0;
  }

  #renew(): void {
    const next = this.#idle.pop() ?? { bytes: allocate(CHUNK_BYTES), writes: 0 };
    this.#chunk = next;
    this.out.buffer = next.bytes;
    this.out.start = 0;
    this.out.position = 0;
  }

  #reuse(chunk: Chunk): void {
    if (chunk === this.#chunk) {
      // Everything written has left: begin again at the front.
      if (this.out.buffer === chunk.bytes && this.out.start === this.out.position) {
        this.out.start = 0;
        this.out.position = 0;
      }
      return;
    }
    if (chunk.bytes.length === CHUNK_BYTES && this.#idle.length < 4) this.#idle.push(chunk);
  }
}
