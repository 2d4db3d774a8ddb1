import type { RpcError } from "../error.ts";
import type { Platform } from "../platform.ts";
import type { Pipe, PipeUser } from "./pipe.ts";

/** After so many bytes their reader says that it has read them; what may be under way beyond them counts as buffered. */
const WINDOW_BYTES = 64 * 1024;

/** What carries whole messages to the other end, in order, and does not say what has arrived. */
export interface MessageCarrier {
  /** Takes the bytes, which are nobody else's. */
  send(bytes: Uint8Array): void;
  /** Tells the other end that so many bytes were read here, to be given to its `onRead`. */
  tellRead(count: number): void;
  /** Ends, behind what was sent; the other end learns of it. */
  close(): void;
}

/** A pipe over whole messages: who makes it gives it what arrives. What waits is known by what the reader says. */
export class MessagePipe implements Pipe {
  readonly peerAddress: string;
  readonly peerIdentity = undefined;
  readonly #carrier: MessageCarrier;
  #user: PipeUser | undefined;
  #closed = false;
  /** Bytes that were sent, and that the other end has not said to have read. */
  #ahead = 0;
  /** Bytes that were read, and that this end has not said. */
  #untold = 0;
  /** What came and was not read. While nobody reads, only as much as the other end thinks fit: it is told of nothing meanwhile. */
  #arrived: Uint8Array[] = [];
  #paused = false;
  #scheduled = false;
  readonly #platform: Pick<Platform, "nextTurn">;

  constructor(address: string, carrier: MessageCarrier, platform: Pick<Platform, "nextTurn">) {
    this.peerAddress = address;
    this.#carrier = carrier;
    this.#platform = platform;
  }

  /** Hands what arrives to `user`, once. */
  attach(user: PipeUser): void {
    this.#user = user;
  }

  /** What comes in one turn is read together, as from a socket: so are the answers to it, or each would be a message of its own. */
  onBytes(bytes: Uint8Array): void {
    this.#arrived.push(bytes);
    this.#readLater();
  }

  #readLater(): void {
    if (this.#scheduled || this.#paused || this.#arrived.length === 0) return;
    this.#scheduled = true;
    this.#platform.nextTurn(() => {
      this.#scheduled = false;
      this.#read();
    });
  }

  #read(): void {
    const arrived = this.#arrived;
    let count = 0;
    for (; count < arrived.length && !this.#paused; count++) {
      const bytes = arrived[count] as Uint8Array;
      this.#user?.onBytes(bytes);
      this.#untold += bytes.length;
    }
    this.#arrived = arrived.slice(count);
    if (this.#untold < WINDOW_BYTES || this.#closed) return;
    this.#carrier.tellRead(this.#untold);
    this.#untold = 0;
  }

  /** The other end has read so many more bytes. */
  onRead(count: number): void {
    this.#ahead -= count;
    this.#tellDrained();
  }

  /** The other end is gone: what it sent before is still read. */
  onEnd(error?: RpcError): void {
    this.#paused = false;
    this.#read();
    this.#close(error);
  }

  get bufferedBytes(): number {
    return Math.max(0, this.#ahead - WINDOW_BYTES);
  }

  write(bytes: Uint8Array, done: (error?: Error | null) => void): void {
    if (this.#closed) return done(new Error("the pipe is closed"));
    this.#ahead += bytes.length;
    this.#carrier.send(new Uint8Array(bytes));
    done();
    queueMicrotask(() => this.#tellDrained());
  }

  #tellDrained(): void {
    if (this.bufferedBytes === 0) this.#user?.onDrain();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#readLater();
  }

  /** What was written is in the other end's hands. */
  end(): void {
    this.destroy();
  }

  destroy(): void {
    queueMicrotask(() => this.#close());
  }

  #close(error?: RpcError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#carrier.close();
    this.#user?.onClose(error);
  }
}
