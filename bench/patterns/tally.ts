import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * How far the other process is, told beside the contender's own connection and the same way for all: one byte for each
 * step. So a sender that gets no replies is never far ahead, and the last one is known to have arrived.
 */
export class Tally {
  /** What the other side has done. */
  steps = 0;
  readonly #socket: Socket;
  #reached: (() => void) | undefined;
  #until = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay();
    socket.on("data", (bytes) => {
      this.steps += bytes.length;
      if (this.steps < this.#until) return;
      const reached = this.#reached;
      this.#reached = undefined;
      reached?.();
    });
    socket.on("error", () => socket.destroy());
  }

  static async listen(): Promise<{ readonly port: number; readonly tally: Promise<Tally> }> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const tally = once(server, "connection").then(([socket]) => new Tally(socket));
    return { port: (server.address() as AddressInfo).port, tally };
  }

  static async connect(port: number): Promise<Tally> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new Tally(socket);
  }

  /** This side has done a step. */
  step(): void {
    this.#socket.write("+");
  }

  /** Undefined if the other side has done so many steps; else resolves when it has. */
  reaches(steps: number): Promise<void> | undefined {
    if (this.steps >= steps) return undefined;
    this.#until = steps;
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }
}
