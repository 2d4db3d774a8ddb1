import type { RpcError } from "../../../core/error.ts";
import type { Compression } from "../compression.ts";
import { joined, overLimit } from "../envelope.ts";
import type { BodyReader } from "../message.ts";

export interface WholeBodyOptions {
  /** As it came and unfolded. */
  readonly maxBytes: number;
  readonly compression: Compression | undefined;
  done(body: Uint8Array): void;
  failed(error: RpcError): void;
}

/** Gathers a body that is one message; what comes after it failed is dropped. */
export class WholeBody implements BodyReader {
  readonly #options: WholeBodyOptions;
  #parts: Uint8Array[] = [];
  #size = 0;
  #over = false;

  constructor(options: WholeBodyOptions) {
    this.#options = options;
  }

  onData(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#size += bytes.length;
    this.#parts.push(bytes);
    if (this.#size > this.#options.maxBytes) this.onLost(overLimit(this.#options.maxBytes));
  }

  onEnd(): void {
    if (this.#over) return;
    this.#over = true;
    const { compression, maxBytes, done, failed } = this.#options;
    let body = joined(this.#parts);
    try {
      if (compression !== undefined) body = compression.decompress(body, maxBytes);
    } catch (error) {
      return failed(error as RpcError);
    }
    done(body);
  }

  onLost(error: RpcError): void {
    if (this.#over) return;
    this.#over = true;
    this.#parts = [];
    this.#options.failed(error);
  }
}
