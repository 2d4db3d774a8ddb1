import type { Socket } from "node:net";
import { RpcError } from "../../core/error.ts";
import { certificateSubject } from "../../core/link/certificate.ts";
import type { Pipe, PipeUser } from "../../core/wire/pipe.ts";

/** A socket as a pipe. */
export class SocketPipe implements Pipe {
  readonly peerAddress: string;
  readonly peerIdentity: unknown;
  readonly #socket: Socket;
  #user: PipeUser | undefined;

  constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.peerAddress = address;
    this.peerIdentity = certificateSubject(socket);
  }

  /** Hands the socket's events to `user`, once. */
  attach(user: PipeUser, readsItself: boolean): void {
    const socket = this.#socket;
    let failure: RpcError | undefined;
    socket.setNoDelay(true);
    if (!readsItself) socket.on("data", (chunk: Uint8Array) => user.onBytes(chunk));
    this.#user = user;
    socket.on("error", (error) => {
      failure = new RpcError({ code: "UNAVAILABLE", message: `${this.peerAddress}: ${error.message}`, cause: error });
    });
    socket.on("close", () => user.onClose(failure));
    // The other side has ended: what it still waits for could not reach it.
    socket.on("end", () => socket.destroy());
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array, done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    // Not the socket's own "drain", which stays away where little was buffered.
    socket.write(bytes, (error) => {
      done(error);
      if (socket.writableLength === 0) this.#user?.onDrain();
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end(() => this.#socket.destroy());
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
