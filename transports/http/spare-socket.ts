import type { Socket } from "node:net";

/** Servers that close a connection that was not used for so long are there, and only tired of waiting. */
const TIRED_MS = 3000;

/**
 * The connection by which it was seen that there is a way, until the first request takes it. Where the server ends it soon, it is
 * lost; later it is only one less, since else a link at rest would open another one again and again.
 */
export class SpareSocket {
  #socket: Socket | undefined;
  readonly #onLost: (error: Error) => void;
  readonly #now: () => number;
  readonly #since: number;

  constructor(socket: Socket, now: () => number, onLost: (error: Error) => void) {
    this.#socket = socket;
    this.#onLost = onLost;
    this.#now = now;
    this.#since = now();
    // Read, so that its end is noticed.
    socket.resume();
    socket.unref();
    socket.on("error", this.#ended);
    socket.on("end", this.#ended);
    socket.on("close", this.#ended);
  }

  readonly #ended = (error?: unknown): void => {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    socket.destroy();
    if (this.#now() - this.#since >= TIRED_MS) return;
    this.#onLost(error instanceof Error ? error : new Error("the other side closed it"));
  };

  take(): Socket | undefined {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined || socket.destroyed) return undefined;
    socket.off("error", this.#ended);
    socket.off("end", this.#ended);
    socket.off("close", this.#ended);
    socket.ref();
    return socket;
  }

  destroy(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }
}
