import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A socket by hand: what it was sent is kept as text, and how it ended is known. */
export class RawSocket {
  readonly socket: Socket;
  received = Buffer.alloc(0);
  closed = false;
  error: NodeJS.ErrnoException | undefined;
  readonly ended: Promise<void>;
  #more: (() => void)[] = [];

  static async open(port: number): Promise<RawSocket> {
    const socket = connect(port, "127.0.0.1");
    const raw = new RawSocket(socket);
    // Where it is refused that is seen by `closed`.
    await Promise.race([once(socket, "connect").catch(() => {}), raw.ended]);
    return raw;
  }

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.#wake();
    });
    socket.on("error", (error) => {
      this.error = error;
    });
    this.ended = new Promise((resolve) => {
      socket.once("close", () => {
        this.closed = true;
        this.#wake();
        resolve();
      });
      socket.once("end", () => this.#wake());
    });
  }

  #wake(): void {
    for (const one of this.#more.splice(0)) one();
  }

  get text(): string {
    return this.received.toString("latin1");
  }

  /** The statuses of the answers, in order. */
  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]));
  }

  /** Resolves when there is room again; at once where the other side has left. */
  send(bytes: string | Uint8Array): Promise<void> {
    if (this.socket.destroyed || this.socket.writableEnded) return Promise.resolve();
    return new Promise((resolve) => {
      this.socket.write(bytes as string, "latin1", () => resolve());
    });
  }

  /** Resolves once `condition` holds of what has come, or the other side has ended it. */
  async until(condition: (raw: this) => boolean, withinMs = 15_000): Promise<void> {
    const end = performance.now() + withinMs;
    while (!condition(this) && !this.closed && !this.socket.readableEnded) {
      const left = end - performance.now();
      if (left <= 0) throw new Error(`not within ${withinMs} ms; received ${JSON.stringify(this.text.slice(0, 300))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#more.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  destroy(): void {
    this.socket.destroy();
  }
}
