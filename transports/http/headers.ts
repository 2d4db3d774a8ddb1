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
  "x-grpc-web",
  "x-user-agent",
]);
const RESERVED_PREFIX = /^(?::|content-|connect-|grpc-|trunkline-)/;

export function isReserved(name: string): boolean {
  return RESERVED.has(name) || RESERVED_PREFIX.test(name);
}

/** What may stand in a header, and comes out of it as it was. */
const HEADER_TEXT = /^(?:[!-~](?:[ -~]*[!-~])?)?$/;
const BINARY = "-bin";
/** JSON of those entries that a header cannot say: several values of one name, text beyond ASCII. Others lose nothing else by it. */
const VALUES = "trunkline-values-bin";
/** Among trailers, JSON of metadata that were set when the head of the answer had left. */
const LATE_HEAD = "trunkline-head-bin";

type Entries = Record<string, string | readonly string[]>;

/** The metadata among headers or trailers. What is no metadata, or malformed, is left out: others may have put it there. */
export function metadataOf(headers: HttpHeaders, prefix = ""): Metadata {
  let found: Entries | undefined;
  for (const header in headers) {
    if (!header.startsWith(prefix)) continue;
    const name = header.slice(prefix.length);
    const value = headers[header];
    if (value === undefined || isReserved(name)) continue;
    found ??= {};
    found[name] = value;
  }
  if (found === undefined) return emptyMetadata;
  const exact = headers[prefix + VALUES];
  return sound(exact === undefined ? found : Object.assign(found, entriesOf(exact, found)));
}

/** Metadata of the head of an answer that came with its trailers; `undefined` if there are none. */
export function lateHeadOf(trailers: HttpHeaders): Metadata | undefined {
  const json = trailers[LATE_HEAD];
  return json === undefined ? undefined : sound(entriesOf(json, undefined));
}

/** Trailers, and of the head what was set when it had left. Others see both as trailers. */
export function endOf(
  lateHead: Metadata | undefined,
  trailers: Metadata | undefined,
): Record<string, string | string[]> {
  const headers = headersOf(createMetadata(lateHead ?? emptyMetadata, trailers ?? emptyMetadata));
  if (lateHead !== undefined) headers[LATE_HEAD] = jsonText(entries(lateHead));
  return headers;
}

/** The trailers among what `endOf` made. */
export function trailersOf(headers: HttpHeaders, lateHead: Metadata | undefined): Metadata {
  const all = metadataOf(headers);
  if (lateHead === undefined) return all;
  const rest = Object.keys(all).filter((name) => all[name] !== lateHead[name]);
  return sound(Object.fromEntries(rest.map((name) => [name, valuesOf(all, name)])));
}

function entries(metadata: Metadata): Entries {
  return Object.fromEntries(
    Object.keys(metadata).map((name) => {
      const values = valuesOf(metadata, name);
      return [name, values.length === 1 ? (values[0] as string) : values];
    }),
  );
}

function jsonText(value: Entries): string {
  return unpadded(toBase64(new TextEncoder().encode(JSON.stringify(value))));
}

/** What of it is reserved, or not among what is `known`, is nobody's. */
function entriesOf(header: HttpHeaders[string], known: Entries | undefined): Entries {
  try {
    const bytes = fromBase64(String(header)) ?? new Uint8Array();
    const json = Object(JSON.parse(readUtf8(bytes, 0, bytes.length))) as Entries;
    return Object.fromEntries(
      Object.entries(json).filter(([name]) => !isReserved(name) && (known === undefined || Object.hasOwn(known, name))),
    );
  } catch {
    return {};
  }
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
  let beyond: Entries | undefined;
  for (const name in metadata) {
    if (isReserved(name)) continue;
    const values = valuesOf(metadata, name);
    const [only = ""] = values;
    if (name.endsWith(BINARY)) {
      into[prefix + name] = values.length === 1 ? unpadded(only) : values.map(unpadded);
      continue;
    }
    if (values.length === 1 && HEADER_TEXT.test(only)) {
      into[prefix + name] = only;
      continue;
    }
    beyond ??= {};
    beyond[name] = values.length === 1 ? only : values;
    const written = values.map((value) => (HEADER_TEXT.test(value) ? value : encodeURIComponent(value)));
    into[prefix + name] = values.length === 1 ? (written[0] as string) : written;
  }
  if (beyond === undefined) return into;
  const before = into[prefix + VALUES];
  into[prefix + VALUES] = jsonText(before === undefined ? beyond : { ...entriesOf(before, undefined), ...beyond });
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
