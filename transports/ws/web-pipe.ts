import { RpcError } from "../../core/error.ts";
import type { Platform } from "../../core/platform.ts";
import type { Pipe, PipeUser } from "../../core/wire/pipe.ts";
import { MESSAGE_BYTES } from "./subprotocol.ts";

/** A browser does not say when its buffer is empty: it is asked so often, in milliseconds, while something is in it. */
const POLL_MS = 5;

/** A WebSocket of the web as a client's pipe. */
export class WebPipe implements Pipe {
  readonly peerAddress: string;
  readonly peerIdentity = undefined;
  readonly #socket: WebSocket;
  readonly #platform: Pick<Platform, "schedule">;
  #user: PipeUser | undefined;
  #polling = false;

  constructor(socket: WebSocket, address: string, platform: Pick<Platform, "schedule">) {
    this.#socket = socket;
    this.peerAddress = address;
    this.#platform = platform;
  }

  /** Hands the socket's events to `user`, once. */
  attach(user: PipeUser): void {
    this.#user = user;
    this.#socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) return user.onBytes(new Uint8Array(data));
      this.#close("a message of text came, where those of this protocol are binary");
    };
    this.#socket.onclose = ({ code, reason }) =>
      this.#close(code === 1000 ? undefined : `the connection was closed (${code}${reason && `, ${reason}`})`);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** The browser has a copy when `send` returns. */
  write(bytes: Uint8Array, done: (error?: Error | null) => void): void {
    if (this.#user === undefined || this.#socket.readyState !== 1) return done(new Error("the socket is closed"));
    for (let from = 0; from < bytes.length; from += MESSAGE_BYTES) {
      this.#socket.send(bytes.subarray(from, from + MESSAGE_BYTES) as Uint8Array<ArrayBuffer>);
    }
    done();
    this.#poll();
  }

  #poll(): void {
    if (this.#polling) return;
    this.#polling = true;
    this.#platform.schedule(POLL_MS, () => {
      this.#polling = false;
      if (this.#socket.bufferedAmount > 0) this.#poll();
      else this.#user?.onDrain();
    });
  }

  /** A browser cannot, and a client's connection does not ask for it. */
  pause(): void {}
  resume(): void {}

  end(): void {
    this.#socket.close(1000);
  }

  /** The browser waits for the other end, whatever is asked of it; nobody here does. */
  destroy(): void {
    queueMicrotask(() => this.#close());
  }

  #close(why?: string): void {
    const user = this.#user;
    if (user === undefined) return;
    this.#user = undefined;
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    user.onClose(
      why === undefined ? undefined : new RpcError({ code: "UNAVAILABLE", message: `${this.peerAddress}: ${why}` }),
    );
  }
}
