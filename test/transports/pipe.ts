import { RpcError } from "../../core/error.ts";
import type { Pipe, PipeUser } from "../../core/wire/pipe.ts";
import type { Network } from "./network.ts";

/** One end of a simulated connection. What it sends arrives in order, in pieces, after a delay, or not at all. */
export class SimulatedPipe implements Pipe {
  readonly peerAddress: string;
  readonly peerIdentity = undefined;
  readonly #network: Network;
  other!: SimulatedPipe;
  user: PipeUser | undefined;
  /** Bytes vanish, and nobody is told: a half-open connection. */
  silent = false;
  #buffered = 0;
  #paused = false;
  readonly #arrived: Uint8Array[] = [];
  /** What was sent earlier never arrives later. */
  #lastArrival = 0;
  #ended = false;
  #closed = false;
  #closing: { readonly error: RpcError | undefined } | undefined;

  constructor(network: Network, peerAddress: string) {
    this.#network = network;
    this.peerAddress = peerAddress;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get bufferedBytes(): number {
    return this.#buffered;
  }

  write(bytes: Uint8Array, done: () => void): void {
    if (this.#ended || this.#closed) {
      process.nextTick(done);
      return;
    }
    this.#buffered += bytes.length;
    for (let from = 0; from < bytes.length; ) {
      const to = Math.min(bytes.length, from + this.#network.pieceBytes(bytes.length - from));
      this.#send(Uint8Array.prototype.slice.call(bytes, from, to));
      from = to;
    }
    const { length } = bytes;
    this.#network.time.schedule(this.#network.leaveMs(), () => {
      this.#buffered -= length;
      done();
      if (this.#buffered === 0 && !this.#closed) this.user?.onDrain();
    });
  }

  #send(piece: Uint8Array): void {
    this.#arrival(() => {
      if (!this.silent) this.other.#receive(piece);
    });
  }

  #arrival(task: () => void): void {
    const { time } = this.#network;
    this.#lastArrival = Math.max(this.#lastArrival, time.now + this.#network.delayMs());
    time.schedule(this.#lastArrival - time.now, task);
  }

  #receive(piece: Uint8Array): void {
    if (this.#closed) return;
    this.#arrived.push(piece);
    this.#hand();
  }

  #hand(): void {
    while (!this.#paused && !this.#closed) {
      const piece = this.#arrived.shift();
      if (piece === undefined) break;
      this.user?.onBytes(piece);
      // The bytes are the pipe's again: who kept them has kept rubbish.
      piece.fill(0xdd);
    }
    if (this.#closing && this.#arrived.length === 0) this.close(this.#closing.error);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#hand();
  }

  end(): void {
    if (this.#ended || this.#closed) return;
    this.#ended = true;
    this.#arrival(() => {
      if (!this.silent) this.other.#peerEnded();
      this.close(undefined);
    });
  }

  #peerEnded(): void {
    this.#closing ??= { error: undefined };
    this.#hand();
  }

  destroy(): void {
    if (this.#closed) return;
    const { other } = this;
    if (!this.silent) this.#arrival(() => other.close(reset(other.peerAddress)));
    this.#ended = true;
    process.nextTick(() => this.close(undefined));
  }

  /** This end learns that the connection is gone. */
  close(error: RpcError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ended = true;
    this.#arrived.length = 0;
    this.user?.onClose(error);
  }
}

export function reset(address: string): RpcError {
  return new RpcError({ code: "UNAVAILABLE", message: `${address}: connection reset` });
}
