import type { Socket } from "node:net";

/** Requests of one connection that are served at once: their answers leave one after the other in any case. */
const AT_ONCE = 4;

/**
 * The requests that a peer of HTTP/1.1 sends without waiting for answers. Few are served at once, and the next ones only when the
 * peer has read what was answered, so that one connection cannot make a server keep thousands of answers.
 */
export class Pipeline {
  readonly #socket: Socket;
  readonly #maxPipelinedRequests: number;
  #waiting: (() => void)[] = [];
  #running = 0;
  #held = false;

  constructor(socket: Socket, maxPipelinedRequests: number) {
    this.#socket = socket;
    this.#maxPipelinedRequests = maxPipelinedRequests;
  }

  /** Serves a request in its turn. A peer that has sent too many is cut off. */
  take(serve: () => void): void {
    if (this.#waiting.length === 0 && this.#running < AT_ONCE && !this.#socket.writableNeedDrain) {
      this.#running++;
      serve();
    } else if (this.#waiting.length >= this.#maxPipelinedRequests) {
      this.#waiting = [];
      this.#socket.destroy();
    } else {
      this.#waiting.push(serve);
      this.#go();
    }
  }

  /** One was answered. */
  done(): void {
    this.#running--;
    if (this.#waiting.length > 0) this.#go();
  }

  #go(): void {
    const socket = this.#socket;
    while (this.#waiting.length > 0 && this.#running < AT_ONCE && !this.#held) {
      if (socket.destroyed) {
        this.#waiting = [];
      } else if (socket.writableNeedDrain) {
        this.#held = true;
        socket.once("drain", () => {
          this.#held = false;
          this.#go();
        });
      } else {
        this.#running++;
        this.#waiting.shift()?.();
      }
    }
  }
}
