import { pooledBytes } from "../../core/bytes/byte-copy.ts";
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

export const HEAD_BYTES = 5;

export function envelope(flags: number, payload: Uint8Array): Uint8Array {
  const bytes = pooledBytes(HEAD_BYTES + payload.length);
  writeHead(bytes, flags, payload.length);
  bytes.set(payload, HEAD_BYTES);
  return bytes;
}

/** Of an envelope that begins where the bytes do. */
export function writeHead(bytes: Uint8Array, flags: number, length: number): void {
  bytes[0] = flags;
  bytes[1] = length >>> 24;
  bytes[2] = length >>> 16;
  bytes[3] = length >>> 8;
  bytes[4] = length;
}

/**
 * Takes a body apart as it arrives. `push` throws where an envelope is longer than `maxBytes`, before anything of it is kept;
 * that is a bound on what is sent, so what a compressed one unfolds to is not this one's business.
 */
export class EnvelopeReader {
  readonly #maxBytes: number;
  readonly #told: (flags: number, payload: Uint8Array) => void;
  /** Of an envelope that comes in pieces. */
  #head: Uint8Array | undefined;
  #payload: Gathered | undefined;
  #headBytes = 0;
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
    const { length } = bytes;
    let at = this.#headBytes === 0 ? 0 : this.#rest(bytes, 0);
    while (length - at >= HEAD_BYTES && this.#headBytes === 0) {
      const end = at + HEAD_BYTES + this.#lengthAt(bytes, at);
      if (end > length) break;
      const from = at + HEAD_BYTES;
      const flags = bytes[at] as number;
      at = end;
      this.#told(flags, bytes.subarray(from, end));
    }
    if (at < length) this.#rest(bytes, at);
  }

  /** Takes what is there of an envelope that comes in pieces; returns where it ends, or the bytes do. */
  #rest(bytes: Uint8Array, from: number): number {
    let at = from;
    this.#head ??= new Uint8Array(HEAD_BYTES);
    this.#payload ??= new Gathered();
    if (this.#headBytes < HEAD_BYTES) {
      const taken = Math.min(HEAD_BYTES - this.#headBytes, bytes.length - at);
      this.#head.set(bytes.subarray(at, at + taken), this.#headBytes);
      at += taken;
      this.#headBytes += taken;
      if (this.#headBytes < HEAD_BYTES) return at;
      this.#missing = this.#lengthAt(this.#head, 0);
    }
    const part = bytes.subarray(at, at + this.#missing);
    at += part.length;
    this.#missing -= part.length;
    if (part.length > 0) this.#payload.push(part);
    if (this.#missing > 0) return at;
    const payload = this.#payload.take();
    this.#headBytes = 0;
    this.#told(this.#head[0] as number, payload);
    return at;
  }

  #lengthAt(bytes: Uint8Array, at: number): number {
    const length =
      (bytes[at + 1] as number) * 0x1000000 +
      (((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 8) | (bytes[at + 4] as number));
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
