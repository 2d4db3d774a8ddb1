import { envelope, flag } from "../envelope.ts";

/*
 * The trailers of gRPC-Web are the last envelope of the body. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
 */

const encoder = new TextEncoder();

export function trailerFrame(trailers: Readonly<Record<string, string | readonly string[]>>): Uint8Array {
  let text = "";
  for (const [name, value] of Object.entries(trailers)) {
    for (const one of typeof value === "string" ? [value] : value) text += `${name}: ${one}\r\n`;
  }
  return envelope(flag.TRAILERS, encoder.encode(text));
}
