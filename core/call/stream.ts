import type { RpcError } from "../error.ts";

/** What an item costs of a window besides its bytes, so that empty items are not free. */
export const ITEM_OVERHEAD_BYTES = 16;

/** An item as it came, and what it costs of the window. Many readers may have the same one. */
export interface StreamItem {
  readonly value: unknown;
  readonly bytes: number;
  /** Makes a reader's own of a value that others have, too. */
  readonly own?: ((value: unknown) => unknown) | undefined;
}

/** An iterator of which some items may be there already. Not named `take`, which iterators of the language have. */
export interface Reading extends AsyncIterator<unknown> {
  /** An item that waits to be read, without a promise; undefined if none does, whether or not more come. */
  takeWaiting?(): IteratorResult<unknown> | undefined;
}

/** The reading end of a stream: items wait here, never more than the window that the reader gave. */
export class StreamReader implements AsyncIterableIterator<unknown>, Reading {
  readonly #items: StreamItem[] = [];
  #first = 0;
  #waiting: { resolve: (result: IteratorResult<unknown>) => void; reject: (error: unknown) => void }[] = [];
  #ended = false;
  #error: RpcError | undefined;
  #unread = 0;
  #owed = 0;
  /** Called when the reader has come to the end, unless it is an error. */
  atEnd: (() => void) | undefined;
  readonly #windowBytes: number;
  readonly #grant: (bytes: number) => void;
  readonly #stopped: () => void;

  /** `grant` tells the writer of new room; `stopped` tells it that nobody reads any more. */
  constructor(windowBytes: number, grant: (bytes: number) => void, stopped: () => void) {
    this.#windowBytes = windowBytes;
    this.#grant = grant;
    this.#stopped = stopped;
  }

  /** False if the writer sent more than it had room for. */
  push(value: unknown, bytes: number): boolean {
    return this.pushItem({ value, bytes });
  }

  pushItem(item: StreamItem): boolean {
    if (this.#ended) return true;
    // One item may overshoot, or none larger than the window could ever pass.
    if (this.#unread > this.#windowBytes) return false;
    // Asked only if there is one: it is called for each of many streams.
    const reader = this.#waiting.length > 0 ? this.#waiting.shift() : undefined;
    if (reader) {
      this.#consumed(item.bytes);
      reader.resolve({ value: ownValue(item), done: false });
      return true;
    }
    this.#unread += item.bytes;
    this.#items.push(item);
    return true;
  }

  /** No more items come; those that wait are still read. */
  end(error?: RpcError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const reader of waiting) this.#finish(reader.resolve, reader.reject);
  }

  get ended(): boolean {
    return this.#ended;
  }

  takeWaiting(): IteratorResult<unknown> | undefined {
    const item = this.#items[this.#first];
    if (item === undefined) return undefined;
    this.#items[this.#first++] = undefined as never;
    if (this.#first > 64 && this.#first * 2 > this.#items.length) {
      this.#items.splice(0, this.#first);
      this.#first = 0;
    }
    this.#unread -= item.bytes;
    this.#consumed(item.bytes);
    return { value: ownValue(item), done: false };
  }

  next(): Promise<IteratorResult<unknown>> {
    const item = this.takeWaiting();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve, reject) => {
      if (this.#ended) this.#finish(resolve, reject);
      else this.#waiting.push({ resolve, reject });
    });
  }

  return(): Promise<IteratorResult<unknown>> {
    if (!this.#ended) {
      this.end();
      this.#stopped();
    }
    this.#items.length = 0;
    this.#first = 0;
    this.atEnd = undefined;
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(resolve: (result: IteratorResult<unknown>) => void, reject: (error: unknown) => void): void {
    const error = this.#error;
    this.#error = undefined;
    if (error) return reject(error);
    const { atEnd } = this;
    this.atEnd = undefined;
    atEnd?.();
    resolve({ value: undefined, done: true });
  }

  /** Room is given back half a window at a time, so that credit costs few frames. */
  #consumed(bytes: number): void {
    this.#owed += bytes;
    if (this.#owed * 2 >= this.#windowBytes && !this.#ended) {
      this.#grant(this.#owed);
      this.#owed = 0;
    }
  }
}

function ownValue({ value, own }: StreamItem): unknown {
  return own === undefined ? value : own(value);
}

/** The writing end's room: bytes that the reader has allowed and that have not been sent. */
export class Credit {
  #bytes: number;
  #waiting: (() => void) | undefined;
  #closed = false;
  #onClose: (() => void) | undefined;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.#wake();
  }

  spend(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** The stream is over: whoever waits for room goes on, and finds it closed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake();
    this.#onClose?.();
  }

  /** One listener: what must be told when the stream is over, or at once if it is. */
  onClose(listener: (() => void) | undefined): void {
    this.#onClose = listener;
    if (this.#closed) listener?.();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Undefined if there is room now. */
  room(): Promise<void> | undefined {
    if (this.#bytes > 0 || this.#closed) return undefined;
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }
}
