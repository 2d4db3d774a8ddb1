import { Output } from "../bytes/output.ts";
import { allocate } from "../bytes/text.ts";
import type { Platform } from "../platform.ts";
import type { Pipe } from "./pipe.ts";

/** A chunk is large enough for a few hundred small frames, small enough to stay in the processor's cache. */
const CHUNK_BYTES = 32 * 1024;
/** A chunk with less room than this is left for a fresh one. */
const SPARE_BYTES = 256;
/** More frames in one write than this gain nothing. */
const MAX_FRAMES_PER_WRITE = 32;
/**
 * Of frames that nobody answers one by one, so many leave in the first write of a turn, twice as many in the second, and so on:
 * the other end begins early, and what is much costs few writes.
 */
const FIRST_FRAMES_PER_WRITE = 32;
/** The same of a stream's items: where each side waits for the other's, half as many keep both at work at the same time. */
const FIRST_ITEMS_PER_WRITE = 16;
/** A write has no more of them than this, half a chunk. */
const MAX_BYTES_PER_WRITE = 16 * 1024;
/**
 * A write leaves when a quarter of the calls under way is ready, not only at the end of the turn: then the two ends
 * work at the same time, and one call alone leaves at once. Chosen by `npm run bench -- rpc`; see bench/RESULTS.md.
 */
const SHARE_PER_WRITE = 4;

/** A chunk, and how many writes still use it. */
interface Chunk {
  readonly bytes: Uint8Array;
  writes: number;
}

/** Gathers frames, which are encoded straight into its buffer, and writes them to the pipe a few at a time. */
export class Outbox {
  readonly out: Output;
  /** The longest message that the other side takes. */
  maxMessageBytes: number;
  /** Changes when a frame is done, and when frames leave: until then the last one can be written on. */
  mark = 0;
  /** How many have been made. */
  writes = 0;
  readonly #pipe: Pipe;
  readonly #platform: Platform;
  #frames = 0;
  #scheduled = false;
  /** How often the frames of a write have been doubled in this turn. */
  #doubled = 0;
  #chunk: Chunk;
  readonly #idle: Chunk[] = [];
  #closed = false;
  #leaving: ((left: boolean) => void)[] | undefined;

  constructor(pipe: Pipe, platform: Platform, maxMessageBytes = Number.POSITIVE_INFINITY) {
    this.maxMessageBytes = maxMessageBytes;
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

  /**
   * A frame has been written to `out`: of a call or its answer, while so many calls were `underWay`, or one that nobody answers
   * by itself.
   */
  frameDone(underWay?: number): void {
    if (underWay === undefined) return this.#gathered(FIRST_FRAMES_PER_WRITE);
    this.mark++;
    const frames = ++this.#frames;
    if (frames >= MAX_FRAMES_PER_WRITE || frames * SHARE_PER_WRITE >= underWay) this.flush();
    else this.#schedule();
  }

  /** An item of a stream has been written to `out`. */
  itemDone(): void {
    this.#gathered(FIRST_ITEMS_PER_WRITE);
  }

  #gathered(first: number): void {
    this.mark++;
    const { out } = this;
    if (++this.#frames >= first << this.#doubled || out.position - out.start >= MAX_BYTES_PER_WRITE) {
      // Shifted far, it would become negative: then by bytes alone.
      if (this.#doubled < 20) this.#doubled++;
      this.flush();
    }
    // Also when it has just left: the next turn begins with few again.
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#platform.afterTurn(this.#flushScheduled);
  }

  /** Calls `told` when what is written so far has left this process, with true, or never will, with false. */
  whenLeft(told: (left: boolean) => void): void {
    this.#leaving ??= [];
    this.#leaving.push(told);
  }

  readonly #flushScheduled = (): void => {
    this.#scheduled = false;
    this.#doubled = 0;
    this.flush();
  };

  flush(): void {
    this.#frames = 0;
    this.mark++;
    const { out } = this;
    if (out.position === out.start || this.#closed) return;
    this.writes++;
    const leaving = this.#leaving;
    this.#leaving = undefined;
    // The encoder may have replaced the buffer by a larger one.
    if (out.buffer !== this.#chunk.bytes) this.#chunk = { bytes: out.buffer, writes: 0 };
    const chunk = this.#chunk;
    chunk.writes++;
    const bytes = chunk.bytes.subarray(out.start, out.position);
    out.start = out.position;
    // A buffer that one large message made large is not kept.
    if (out.buffer.length - out.position < SPARE_BYTES || out.buffer.length > CHUNK_BYTES) this.#renew();
    this.#pipe.write(bytes, (error) => {
      if (--chunk.writes === 0) this.#reuse(chunk);
      if (leaving !== undefined) for (const tell of leaving) tell(!error);
    });
  }

  /** True once nothing more is written. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Nothing more is written. */
  close(): void {
    this.#closed = true;
    this.#idle.length = 0;
    const leaving = this.#leaving;
    this.#leaving = undefined;
    if (leaving !== undefined) for (const tell of leaving) tell(false);
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
