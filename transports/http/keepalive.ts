import type { ClientHttp2Session } from "node:http2";
import type { Platform } from "../../core/platform.ts";

export interface KeepaliveOptions {
  /** How often; `undefined` for never. */
  readonly pingMs: number | undefined;
  /** Requests in progress: without any, servers may take pings for an attack. */
  pending(): number;
}

/** Asks a connection of HTTP/2 now and then whether it is still there, and ends it where no answer comes until it asks again. */
export class Keepalive {
  readonly #session: ClientHttp2Session;
  readonly #platform: Platform;
  readonly #options: KeepaliveOptions;
  #answered = true;
  #stop: (() => void) | undefined;

  constructor(session: ClientHttp2Session, platform: Platform, options: KeepaliveOptions) {
    this.#session = session;
    this.#platform = platform;
    this.#options = options;
    this.#wait();
  }

  #wait(): void {
    const { pingMs } = this.#options;
    if (pingMs !== undefined) this.#stop = this.#platform.schedule(pingMs, () => this.#ask());
  }

  #ask(): void {
    const session = this.#session;
    this.#stop = undefined;
    if (session.destroyed) return;
    if (!this.#answered) {
      session.destroy(new Error(`no answer to a ping within pingMs (${this.#options.pingMs})`));
      return;
    }
    if (this.#options.pending() > 0 && !session.closed) {
      this.#answered = false;
      try {
        session.ping((error) => {
          if (error === null) this.#answered = true;
        });
      } catch {
        // Destroyed between: whoever listens to it hears so.
        return;
      }
    }
    this.#wait();
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}
