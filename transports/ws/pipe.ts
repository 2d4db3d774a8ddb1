import type { WebSocket } from "ws";
import { RpcError } from "../../core/error.ts";
import type { Pipe, PipeUser } from "../../core/wire/pipe.ts";
import { MESSAGE_BYTES } from "./subprotocol.ts";

/** A WebSocket of the library `ws` as a pipe: what is written together is one message, unless it is longer than one may be. */
export class WebSocketPipe implements Pipe {
  readonly peerAddress: string;
  readonly peerIdentity: unknown;
  readonly #socket: WebSocket;
  #user: PipeUser | undefined;
  #paused = false;
  /** What arrived with messages that were read, after `pause`: no more than one read of the socket. */
  #held: Uint8Array[] = [];

  constructor(socket: WebSocket, address: string, identity?: unknown) {
    this.#socket = socket;
    this.peerAddress = address;
    this.peerIdentity = identity;
  }

  /** Hands the socket's events to `user`, once. */
  attach(user: PipeUser): void {
    const socket = this.#socket;
    let failure: RpcError | undefined;
    const failed = (why: string, cause?: unknown): void => {
      failure ??= new RpcError({ code: "UNAVAILABLE", message: `${this.peerAddress}: ${why}`, cause });
    };
    this.#user = user;
    socket.on("message", (data, isBinary) => {
      if (isBinary) return this.#arrived(data as Uint8Array);
      failed("a message of text came, where those of this protocol are binary");
      socket.terminate();
    });
    socket.on("error", (error) => failed(error.message, error));
    socket.on("close", () => user.onClose(failure));
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#paused) this.#held.push(bytes);
    else this.#user?.onBytes(bytes);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  write(bytes: Uint8Array, done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    let from = 0;
    for (; bytes.length - from > MESSAGE_BYTES; from += MESSAGE_BYTES) {
      socket.send(bytes.subarray(from, from + MESSAGE_BYTES));
    }
    socket.send(from === 0 ? bytes : bytes.subarray(from), (error) => {
      done(error);
      if (socket.bufferedAmount === 0) this.#user?.onDrain();
    });
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    const held = this.#held;
    this.#held = [];
    // One of them may pause again.
    for (const bytes of held) this.#arrived(bytes);
    if (!this.#paused) this.#socket.resume();
  }

  end(): void {
    this.#socket.close(1000);
  }

  destroy(): void {
    this.#socket.terminate();
  }
}
