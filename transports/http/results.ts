import { Output } from "../../core/bytes/output.ts";
import type { CodedOperation } from "../../core/call/addressed.ts";
import { HEAD_BYTES, writeHead } from "./envelope.ts";

const FIRST_BYTES = 16 * 1024;
/** A buffer that a large message has made is not kept. */
const MAX_KEPT_BYTES = 256 * 1024;

/** Writes results, one after the other, into a buffer that all of them share, and copies each out of it. */
export class Results {
  readonly #maxSentBytes: number;
  #out: Output | undefined;

  constructor({ maxSentBytes }: { readonly maxSentBytes: number }) {
    this.#maxSentBytes = maxSentBytes;
  }

  /** The result, or an item, as a message of its own. Throws where it does not fit, or is too large. */
  message(operation: CodedOperation, value: unknown): Uint8Array {
    return this.#written(operation, value, 0);
  }

  /** The same in an envelope. */
  enveloped(operation: CodedOperation, value: unknown): Uint8Array {
    return this.#written(operation, value, HEAD_BYTES);
  }

  #written({ codec }: CodedOperation, value: unknown, from: number): Uint8Array {
    // What encodes a value may answer other calls, which then write elsewhere.
    const out = this.#out ?? new Output(FIRST_BYTES);
    this.#out = undefined;
    out.start = 0;
    out.position = from;
    out.begin(this.#maxSentBytes);
    try {
      codec.encodeResult(value, out);
      out.commit();
      if (from > 0) writeHead(out.buffer, 0, out.position - from);
      return out.toBytes();
    } finally {
      if (out.buffer.length <= MAX_KEPT_BYTES) this.#out = out;
    }
  }
}
