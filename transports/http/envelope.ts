import { RpcError } from "../../core/error.ts";
import { Gathered } from "./gathered.ts";

/*
 * Messages of a stream, as Connect, gRPC and gRPC-Web all have them: flags:u8 length:u32 payload, of network byte order.
 * https://connectrpc.com/docs/protocol#streaming-rpcs, https://grpc.github.io/grpc/core/md_doc__p_r_o_t_o_c_o_l-_h_t_t_p2.html
 */

export const flag = {
  COMPRESSED: 0x01,
  /** Of Connect: the last envelope, whose payload is the JSON of the end. */
  END_STREAM: 0x02,
  /** Of gRPC-Web: the last envelope, whose payload is the trailers. */
  TRAILERS: 0x80,
} as const;

const HEAD_BYTES = 5;

export function envelope(flags: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const bytes = new Uint8Array(HEAD_BYTES + length);
  bytes[0] = flags;
  bytes[1] = length >>> 24;
  bytes[2] = length >>> 16;
  bytes[3] = length >>> 8;
  bytes[4] = length;
  bytes.set(payload, HEAD_BYTES);
  return bytes;
}

/**
 * Takes a body apart as it arrives. `push` throws where an envelope is longer than `maxBytes`, before anything of it is kept;
 * that is a bound on what is sent, so what a compressed one unfolds to is not this one's business.
 */
export class EnvelopeReader {
  readonly #maxBytes: number;
  readonly #told: (flags: number, payload: Uint8Array) => void;
  readonly #head = new Uint8Array(HEAD_BYTES);
  #headBytes = 0;
  readonly #payload = new Gathered();
  #missing = 0;

  /** `told` gets each envelope. What it is given is a part of what was pushed, or a copy. */
  constructor(maxBytes: number, told: (flags: number, payload: Uint8Array) => void) {
    this.#maxBytes = maxBytes;
    this.#told = told;
  }

  /** Whether the body would end within an envelope if it ended now. */
  get partial(): boolean {
    return this.#headBytes > 0;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length || (this.#headBytes === HEAD_BYTES && this.#missing === 0)) {
      if (this.#headBytes < HEAD_BYTES) {
        const taken = Math.min(HEAD_BYTES - this.#headBytes, bytes.length - at);
        for (let i = 0; i < taken; i++) this.#head[this.#headBytes + i] = bytes[at + i] as number;
        at += taken;
        this.#headBytes += taken;
        if (this.#headBytes < HEAD_BYTES) return;
        this.#missing = this.#length();
      }
      const part = bytes.subarray(at, at + this.#missing);
      at += part.length;
      this.#missing -= part.length;
      if (part.length > 0) this.#payload.push(part);
      if (this.#missing > 0) return;
      const payload = this.#payload.take();
      this.#headBytes = 0;
      this.#told(this.#head[0] as number, payload);
    }
  }

  #length(): number {
    const [, a, b, c, d] = this.#head as unknown as readonly [number, number, number, number, number];
    const length = a * 0x1000000 + b * 0x10000 + c * 0x100 + d;
    if (length > this.#maxBytes) throw overLimit(this.#maxBytes);
    return length;
  }
}

/** Several pieces of a body as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A message that came is too large, as it is or unfolded. */
export function overLimit(maxBytes: number): RpcError {
  const message = `the message is larger than maxMessageBytes (${maxBytes}); send less, stream it, or raise the limit on both sides`;
  return new RpcError({ code: "RESOURCE_EXHAUSTED", message });
}
