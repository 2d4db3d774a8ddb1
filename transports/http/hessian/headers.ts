import { createMetadata, type Metadata, type MetadataInput } from "../../../core/metadata.ts";
import { headersOf, isReserved, metadataOf } from "../headers.ts";
import type { HttpHeaders } from "../message.ts";

/*
 * What travels beside a message of Hessian's is in headers of HTTP. Of a call: metadata as they are; `trunkline-version`,
 * `trunkline-group` and `trunkline-timeout-ms`. Of a reply: its head as it is, and what comes behind it, an error's metadata too,
 * with `trailer-` before the name. Dubbo's protocol `hessian` puts `header` before each name of its attachments.
 */

/** The content type of both. */
export const HESSIAN = "x-application/hessian";
const DUBBO = "header";
/** Dubbo's word for none. */
const NO_VERSION = "0.0.0";
/** At most ten digits, as other protocols have it. */
const MILLISECONDS = /^\d{1,10}$/;

export interface CallHeaders {
  readonly version: string | undefined;
  readonly group: string | undefined;
  readonly metadata: Metadata;
  readonly timeoutMs: number | undefined;
}

export interface CallSource {
  readonly headers: HttpHeaders;
  /** Of the URL: Dubbo says version and group there. */
  readonly query: string;
}

/** `inside`: the headers that a call of Hessian 1.0 has itself. */
export function readCallHeaders({ headers, query }: CallSource, inside: ReadonlyMap<string, string>): CallHeaders {
  const words = query === "" ? undefined : new URLSearchParams(query);
  const version = said(headers, "version") ?? words?.get("version");
  const group = said(headers, "group") ?? words?.get("group");
  const timeout = headers["trunkline-timeout-ms"];
  return {
    version: version === NO_VERSION ? undefined : version || undefined,
    group: group || undefined,
    metadata: callMetadata(headers, inside),
    timeoutMs: timeout !== undefined && MILLISECONDS.test(String(timeout)) ? Number(timeout) : undefined,
  };
}

function said(headers: HttpHeaders, what: string): string | undefined {
  const value = headers[`trunkline-${what}`] ?? headers[DUBBO + what];
  return value === undefined ? undefined : String(value);
}

function callMetadata(headers: HttpHeaders, inside: ReadonlyMap<string, string>): Metadata {
  const own: Record<string, string | readonly string[]> = {};
  let dubbo: Record<string, string | readonly string[]> | undefined;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if (name.startsWith(DUBBO) && name.length > DUBBO.length) {
      dubbo ??= {};
      dubbo[name.slice(DUBBO.length)] = value;
    } else own[name] = value;
  }
  const metadata = metadataOf(own);
  if (dubbo === undefined && inside.size === 0) return metadata;
  const more: Metadata[] = dubbo === undefined ? [] : [metadataOf(dubbo)];
  for (const [name, value] of inside) {
    if (!isReserved(name.toLowerCase())) more.push(sound({ [name]: value }));
  }
  return createMetadata({}, ...more, metadata);
}

function sound(entries: MetadataInput): Metadata {
  try {
    return createMetadata(entries);
  } catch {
    return createMetadata({});
  }
}

/** The headers of a call. `dubbo`: as Dubbo's servers read them, too. */
export function writeCallHeaders(
  metadata: Metadata,
  { version, group, timeoutMs }: Omit<CallHeaders, "metadata">,
  dubbo: boolean,
): Record<string, string | string[]> {
  const headers = headersOf(metadata);
  if (dubbo) headersOf(metadata, DUBBO, headers);
  for (const [what, value] of [
    ["version", version],
    ["group", group],
  ] as const) {
    if (value === undefined || value === "") continue;
    headers[`trunkline-${what}`] = value;
    if (dubbo) headers[DUBBO + what] = value;
  }
  if (timeoutMs !== undefined) headers["trunkline-timeout-ms"] = String(Math.min(Math.ceil(timeoutMs), 9_999_999_999));
  return headers;
}

/** What belongs to the reply, without what HTTP and whoever stands between the two have put there. */
export function readReplyHeaders(headers: HttpHeaders): { readonly head: Metadata; readonly trailers: Metadata } {
  const head: Record<string, string | readonly string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !name.startsWith("trailer-")) head[name] = value;
  }
  return { head: metadataOf(head), trailers: metadataOf(headers, "trailer-") };
}
