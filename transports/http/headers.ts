import { fromBase64, toBase64 } from "../../core/base64.ts";
import { readUtf8 } from "../../core/bytes/text.ts";
import { RpcError } from "../../core/error.ts";
import { createMetadata, emptyMetadata, type Metadata, type MetadataInput, valuesOf } from "../../core/metadata.ts";
import type { HttpHeaders } from "./message.ts";

/** Names that mean something to HTTP, to a protocol or to us, and so are never metadata. */
const RESERVED = new Set([
  "accept",
  "accept-charset",
  "accept-encoding",
  "accept-language",
  "accept-ranges",
  "authorization",
  "connection",
  "date",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
]);
const RESERVED_PREFIX = /^(?::|content-|connect-|grpc-|trunkline-)/;

export function isReserved(name: string): boolean {
  return RESERVED.has(name) || RESERVED_PREFIX.test(name);
}

/** The metadata among headers or trailers. What is no metadata, or malformed, is left out: others may have put it there. */
export function metadataOf(headers: HttpHeaders, prefix = ""): Metadata {
  let found: Record<string, string | readonly string[]> | undefined;
  for (const header in headers) {
    if (!header.startsWith(prefix)) continue;
    const name = header.slice(prefix.length);
    const value = headers[header];
    if (value === undefined || isReserved(name)) continue;
    found ??= {};
    found[name] = value;
  }
  return found === undefined ? emptyMetadata : sound(found);
}

function sound(found: Record<string, string | readonly string[]>): Metadata {
  try {
    return createMetadata(found);
  } catch {
    const kept: MetadataInput[] = [];
    for (const [name, value] of Object.entries(found)) {
      try {
        kept.push(createMetadata({ [name]: value }));
      } catch {
        // A value in another encoding than its name says, or a name that is none here.
      }
    }
    return createMetadata({}, ...kept);
  }
}

/** Metadata as headers, each name behind `prefix`. Reserved names stay behind. */
export function headersOf(metadata: Metadata, prefix = "", into: Record<string, string | string[]> = {}): typeof into {
  for (const name in metadata) {
    if (isReserved(name)) continue;
    const values = valuesOf(metadata, name);
    const written = name.endsWith("-bin") ? values.map(unpadded) : values;
    into[prefix + name] = written.length === 1 ? (written[0] as string) : [...written];
  }
  return into;
}

function unpadded(base64: string): string {
  return base64.replace(/=+$/, "");
}

/** What a request's credentials are known again by. */
export function credentialsText({ authorization = "", "trunkline-credentials": own = "" }: HttpHeaders): string {
  return own === "" ? String(authorization) : `${String(authorization)}\n${String(own)}`;
}

/** `Bearer x` gives "x", another scheme all of the header, `trunkline-credentials` any JSON; nothing gives `undefined`. */
export function credentialsOf({ authorization, "trunkline-credentials": own }: HttpHeaders): unknown {
  if (own !== undefined) {
    try {
      const bytes = fromBase64(String(own)) ?? new Uint8Array();
      return JSON.parse(readUtf8(bytes, 0, bytes.length));
    } catch (cause) {
      const message = "the header trunkline-credentials is no JSON as base64url";
      throw new RpcError({ code: "UNAUTHENTICATED", message, cause });
    }
  }
  if (authorization === undefined) return undefined;
  const text = String(authorization);
  return /^Bearer /i.test(text) ? text.slice("Bearer ".length).trim() : text;
}

/** The header that carries the credentials of `connect`. */
export function credentialsHeader(credentials: unknown): Record<string, string> {
  if (credentials === undefined || credentials === null) return {};
  if (typeof credentials === "string") return { authorization: `Bearer ${credentials}` };
  const base64 = toBase64(new TextEncoder().encode(JSON.stringify(credentials)));
  return { "trunkline-credentials": unpadded(base64).replaceAll("+", "-").replaceAll("/", "_") };
}
