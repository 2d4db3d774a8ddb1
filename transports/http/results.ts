import { Output } from "../../core/bytes/output.ts";
import type { CodedOperation } from "../../core/call/addressed.ts";
import { HEAD_BYTES, writeHead } from "./envelope.ts";

const FIRST_BYTES = 16 * 1024;
/** A buffer that a large message has made is not kept. */
const MAX_KEPT_BYTES = 256 * 1024;

/** Writes results, one after the other, into a buffer that all of them share, and copies each out of it. */
export class Results {
  readonly #maxSentBytes: number;
  #out = new Output(FIRST_BYTES);

  constructor({ maxSentBytes }: { readonly maxSentBytes: number }) {
    this.#maxSentBytes = maxSentBytes;
  }

  /** The result, or an item, as a message of its own. Throws where it does not fit, or is too large. */
  message(operation: CodedOperation, value: unknown): Uint8Array {
    return this.#write(operation, value, 0).toBytes();
  }

  /** The same in an envelope. */
  enveloped(operation: CodedOperation, value: unknown): Uint8Array {
    const out = this.#write(operation, value, HEAD_BYTES);
    writeHead(out.buffer, 0, out.position - HEAD_BYTES);
    return out.toBytes();
  }

  #write({ codec }: CodedOperation, value: unknown, from: number): Output {
    if (this.#out.buffer.length > MAX_KEPT_BYTES) this.#out = new Output(FIRST_BYTES);
    const out = this.#out;
    out.start = 0;
    out.position = from;
    out.begin(this.#maxSentBytes);
    codec.encodeResult(value, out);
    out.commit();
    return out;
  }
}
