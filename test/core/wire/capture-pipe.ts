import type { RpcError } from "../../../core/error.ts";
import type { Pipe, PipeUser } from "../../../core/wire/pipe.ts";
import { type Frame, splitFrames } from "./frames.ts";

/** A pipe whose other end is the test: it keeps what was written, and takes bytes away when it likes. */
export class CapturePipe implements Pipe {
  readonly peerAddress = "test://peer";
  readonly peerIdentity = undefined;
  /** Writes are done at once, unless the test holds them. */
  held = false;
  paused = false;
  ended = false;
  destroyed = false;
  bufferedBytes = 0;
  user: PipeUser | undefined;
  #bytes: Uint8Array = new Uint8Array();
  #taken = 0;
  readonly #waiting: { readonly bytes: Uint8Array; readonly asWritten: Uint8Array; readonly done: () => void }[] = [];
  /** True if bytes changed between `write` and `done`. */
  overwritten = false;

  write(bytes: Uint8Array, done: () => void): void {
    const asWritten = Uint8Array.from(bytes);
    this.#bytes = Buffer.concat([this.#bytes, asWritten]);
    this.bufferedBytes += bytes.length;
    this.#waiting.push({ bytes, asWritten, done });
    if (!this.held) process.nextTick(() => this.release());
  }

  /** Lets the first `count` writes, or all, leave. */
  release(count = this.#waiting.length): void {
    for (const { bytes, asWritten, done } of this.#waiting.splice(0, count)) {
      if (Buffer.compare(bytes, asWritten) !== 0) this.overwritten = true;
      this.bufferedBytes -= bytes.length;
      done();
    }
    if (this.bufferedBytes === 0) this.user?.onDrain();
  }

  get writesWaiting(): number {
    return this.#waiting.length;
  }

  /** All bytes ever written. */
  get written(): Uint8Array {
    return this.#bytes;
  }

  /** The frames written since the last look. */
  frames(): Frame[] {
    const frames = splitFrames(this.#bytes.subarray(this.#taken));
    this.#taken = this.#bytes.length;
    return frames;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  /** True once this side gave the connection up. */
  get over(): boolean {
    return this.ended || this.destroyed;
  }

  close(error?: RpcError): void {
    this.user?.onClose(error);
  }
}

/** Resolves when what promises and ticks had to do is done. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
