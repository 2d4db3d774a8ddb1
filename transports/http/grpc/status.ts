import { detailsOf, encodeStatus } from "../../../codecs/protobuf/status.ts";
import { toBase64 } from "../../../core/base64.ts";
import { codes } from "../../../core/code.ts";
import type { MethodDescriptor } from "../../../core/contract/contract.ts";
import type { RpcError } from "../../../core/error.ts";
import { headersOf } from "../headers.ts";

/*
 * How gRPC and gRPC-Web end a call. https://grpc.github.io/grpc/core/md_doc__p_r_o_t_o_c_o_l-_h_t_t_p2.html#responses
 */

/** What no header of a peer with default limits holds is left out rather than losing the whole answer by it. */
const MAX_MESSAGE_LENGTH = 8192;
const MAX_DETAILS_BYTES = 36_000;
const utf8 = new TextEncoder();

/** The trailers of a call that failed; what there is of metadata goes before. */
export function grpcTrailers(
  error: RpcError,
  method: MethodDescriptor | undefined,
  into: Record<string, string | string[]> = {},
): Record<string, string | string[]> {
  headersOf(error.metadata, "", into);
  const message = String(error.message).slice(0, MAX_MESSAGE_LENGTH);
  into["grpc-status"] = String(codes[error.code]);
  if (message !== "") into["grpc-message"] = percentEncoded(message);
  if (error.retryable === true) into["trunkline-retryable"] = "1";
  const details = detailsOf(error, method);
  if (details.length > 0) {
    const status = encodeStatus(codes[error.code], message, details);
    if (status.length <= MAX_DETAILS_BYTES) into["grpc-status-details-bin"] = toBase64(status).replace(/=+$/, "");
  }
  return into;
}

/** All but printable ASCII, and the percent sign itself, by the bytes of its UTF-8. */
export function percentEncoded(text: string): string {
  if (/^[ -$&-~]*$/.test(text)) return text;
  let encoded = "";
  for (const byte of utf8.encode(text)) {
    if (byte >= 0x20 && byte <= 0x7e && byte !== 0x25) encoded += String.fromCharCode(byte);
    else encoded += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** What is no percent-encoding stays as it is. */
export function percentDecoded(text: string): string {
  if (!text.includes("%")) return text;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const hex = text[i] === "%" ? /^[0-9a-f]{2}/i.exec(text.slice(i + 1, i + 3)) : null;
    if (hex === null) bytes.push(...utf8.encode(String.fromCodePoint(text.codePointAt(i) as number)));
    else bytes.push(Number.parseInt(hex[0], 16));
    if (hex !== null) i += 2;
    else if ((text.codePointAt(i) as number) > 0xffff) i++;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
