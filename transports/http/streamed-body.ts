import { joined } from "./envelope.ts";

/** Bytes that wait beyond which a writer is asked to wait. */
const FULL_BYTES = 65_536;

/** A body that is written bit by bit, and read by whoever sends it. */
export class StreamedBody implements AsyncIterableIterator<Uint8Array> {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #finished = false;
  #reading: ((result: IteratorResult<Uint8Array>) => void) | undefined;
  #writers: (() => void)[] = [];

  /** Resolves when there is room for more, or nobody reads any more. */
  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#finished) return undefined;
    if (this.#chunks.push(bytes) === 1 && this.#reading !== undefined) setImmediate(this.#hand);
    this.#bytes += bytes.length;
    if (this.#bytes < FULL_BYTES) return undefined;
    return new Promise((resolve) => {
      this.#writers.push(resolve);
    });
  }

  /** What was written in one turn leaves together; and who writes without end does not keep the turn from ending. */
  readonly #hand = (): void => {
    const reading = this.#reading;
    if (reading === undefined) return;
    this.#reading = undefined;
    void this.next().then(reading);
  };

  /** It is complete; what waits is still read. */
  finish(): void {
    this.#finished = true;
    if (this.#chunks.length === 0) this.#hand();
  }

  /** Nobody reads it any more. */
  close(): void {
    this.#chunks = [];
    this.#bytes = 0;
    this.finish();
    this.#wake();
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#chunks.length > 0) {
      const value = this.#chunks.length === 1 ? (this.#chunks[0] as Uint8Array) : joined(this.#chunks);
      this.#chunks = [];
      this.#bytes = 0;
      this.#wake();
      return Promise.resolve({ value, done: false });
    }
    if (this.#finished) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#reading = resolve;
    });
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #wake(): void {
    for (const writer of this.#writers.splice(0)) writer();
  }
}
