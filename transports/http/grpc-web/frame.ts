import { readText } from "../../../core/bytes/utf8.ts";
import { envelope, flag } from "../envelope.ts";
import type { HttpHeaders } from "../message.ts";

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

/** Reads them, as HTTP/1.1 writes headers; their names may be spelt as they like. What is no header is left out. */
export function readTrailersFrame(payload: Uint8Array): HttpHeaders {
  const trailers: Record<string, string | string[]> = {};
  for (const line of (readText(payload, 0, payload.length) ?? "").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = Object.hasOwn(trailers, name) ? trailers[name] : undefined;
    if (before === undefined) trailers[name] = value;
    else trailers[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return trailers;
}
