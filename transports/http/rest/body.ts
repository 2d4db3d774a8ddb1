import { RpcError } from "../../../core/error.ts";
import type { Compression } from "../compression.ts";
import { overLimit } from "../envelope.ts";
import { Gathered } from "../gathered.ts";
import type { BodyReader } from "../message.ts";

export interface WholeBodyOptions {
  /** As it came and unfolded. */
  readonly maxBytes: number;
  readonly compression: Compression | undefined;
  done(body: Uint8Array): void;
  /** It is too large, or not what its encoding says. */
  failed(error: RpcError): void;
}

/** Gathers a body that is one message; what comes after it failed is dropped. */
export class WholeBody implements BodyReader {
  readonly #options: WholeBodyOptions;
  readonly #gathered = new Gathered();
  #over = false;

  constructor(options: WholeBodyOptions) {
    this.#options = options;
  }

  onData(bytes: Uint8Array): void {
    if (this.#over) return;
    const { maxBytes, failed } = this.#options;
    this.#gathered.push(bytes);
    if (this.#gathered.length <= maxBytes) return;
    this.onLost();
    failed(overLimit(maxBytes));
  }

  onEnd(): void {
    if (this.#over) return;
    this.#over = true;
    const { compression, maxBytes, done, failed } = this.#options;
    let body = this.#gathered.take();
    try {
      if (compression !== undefined) body = compression.decompress(body, maxBytes);
    } catch (error) {
      return failed(RpcError.from(error));
    }
    done(body);
  }

  /** Nobody is there to be answered, or whose request took too long is told so. */
  onLost(): void {
    this.#over = true;
    this.#gathered.clear();
  }
}
