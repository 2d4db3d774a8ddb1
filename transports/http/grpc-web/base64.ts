import { fromBase64, toBase64 } from "../../../core/base64.ts";
import { readLatin1 } from "../../../core/bytes/text.ts";
import { RpcError } from "../../../core/error.ts";
import { joined } from "../envelope.ts";

/*
 * The body of `application/grpc-web-text` is base64, which may be padded wherever a part of it ended.
 */

/** Four characters are three bytes. */
const GROUP = 4;
const encoder = new TextEncoder();

/** Takes the text apart as it arrives; keeps no more than a group. */
export class Base64Reader {
  #rest = "";

  /** Throws where it is no base64. */
  read(bytes: Uint8Array): Uint8Array {
    const text = this.#rest + readLatin1(bytes, 0, bytes.length);
    const whole = text.length - (text.length % GROUP);
    this.#rest = text.slice(whole);
    const parts = (text.slice(0, whole).match(/[^=]+={0,2}/g) ?? []).map(decoded);
    return joined(parts);
  }

  /** Whether the body would end within a group if it ended now. */
  get partial(): boolean {
    return this.#rest !== "";
  }
}

function decoded(part: string): Uint8Array {
  const bytes = part.length % GROUP === 0 ? fromBase64(part) : undefined;
  if (bytes !== undefined) return bytes;
  throw new RpcError({
    code: "INVALID_ARGUMENT",
    message: "the body is no base64, as application/grpc-web-text must be",
  });
}

/** Padded, so that each part can be read by itself. */
export function base64Text(bytes: Uint8Array): Uint8Array {
  return encoder.encode(toBase64(bytes));
}
