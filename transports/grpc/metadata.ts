import type { Metadata as GrpcMetadata } from "@grpc/grpc-js";
import { RpcError } from "../../core/error.ts";
import {
  bytesOf,
  createMetadata,
  emptyMetadata,
  type Metadata,
  type MetadataInput,
  valuesOf,
} from "../../core/metadata.ts";
import { checkMetadataSize } from "../../core/wire/metadata.ts";
import { isReserved, own } from "./headers.ts";

/** What Node takes of headers by default is 65,535 bytes, by the count of HPACK: 32 for each beside its name and value. */
const MAX_HEADER_BYTES = 62_000;
const HEADER_OVERHEAD_BYTES = 32;
/** What may stand in a header, and comes out of it as it was. */
const HEADER_TEXT = /^(?:[!-~](?:[ -~]*[!-~])?)?$/;
const BINARY = "-bin";

/**
 * Adds metadata to headers. Throws `RESOURCE_EXHAUSTED`, having added nothing, where that is more than `maxBytes`, as HTTP/2
 * counts them.
 */
export function writeMetadata(to: GrpcMetadata, metadata: Metadata, maxBytes = MAX_HEADER_BYTES): void {
  if (metadata === emptyMetadata) return;
  checkMetadataSize(metadata);
  const headers: [name: string, value: string | Buffer][] = [];
  let beyond: Record<string, string | readonly string[]> | undefined;
  for (const name in metadata) {
    if (isReserved(name)) continue;
    if (name.endsWith(BINARY)) {
      for (const value of bytesOf(metadata, name)) headers.push([name, Buffer.from(value)]);
      continue;
    }
    const values = valuesOf(metadata, name);
    const [only] = values;
    if (values.length > 1 || !HEADER_TEXT.test(only as string)) {
      beyond ??= {};
      beyond[name] = values.length === 1 ? (only as string) : values;
    }
    for (const value of values) headers.push([name, HEADER_TEXT.test(value) ? value : encodeURIComponent(value)]);
  }
  if (beyond !== undefined) headers.push([own.values, Buffer.from(JSON.stringify(beyond))]);
  const bytes = headers.reduce((sum, [name, value]) => sum + headerBytes(name, value), 0);
  if (bytes > maxBytes) {
    const message = `metadata: ${bytes} bytes as headers of HTTP/2; ${maxBytes} is the most`;
    throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
  }
  for (const [name, value] of headers) to.add(name, value);
}

function headerBytes(name: string, value: string | Buffer): number {
  const length = typeof value === "string" ? value.length : Math.ceil(value.length / 3) * 4;
  return HEADER_OVERHEAD_BYTES + name.length + length;
}

/** The metadata among headers. What of them is not sound is left out. */
export function readMetadata(from: GrpcMetadata): Metadata {
  const headers = from.toJSON() as Readonly<Record<string, readonly (string | Buffer)[]>>;
  let entries: Record<string, readonly (string | Buffer)[]> | undefined;
  for (const name in headers) {
    if (isReserved(name)) continue;
    entries ??= {};
    entries[name] = headers[name] as readonly (string | Buffer)[];
  }
  if (entries === undefined) return emptyMetadata;
  if (headers[own.values] === undefined) return sound(entries);
  const known = entries;
  const beyond = Object.entries(readJson(headers[own.values])).filter(([name]) => Object.hasOwn(known, name));
  return sound({ ...entries, ...Object.fromEntries(beyond) });
}

export interface ReplyEnd {
  /** What the handler set for the head of its reply when that had left. */
  readonly lateHead: Metadata | undefined;
  readonly trailers: Metadata | undefined;
}

/** Other peers see both as trailers, and where a name is in both, that of the trailers. Throws as `writeMetadata` does. */
export function writeEnd(to: GrpcMetadata, { lateHead, trailers = emptyMetadata }: ReplyEnd): void {
  if (lateHead === undefined) return writeMetadata(to, trailers);
  checkMetadataSize(lateHead);
  const json = Buffer.from(jsonOf(lateHead));
  writeMetadata(to, createMetadata(lateHead, trailers), MAX_HEADER_BYTES - headerBytes(own.head, json));
  to.set(own.head, json);
}

/** What `writeEnd` was given. */
export function readEnd(from: GrpcMetadata): ReplyEnd {
  const all = readMetadata(from);
  const json = from.get(own.head);
  if (json.length === 0) return { lateHead: undefined, trailers: all === emptyMetadata ? undefined : all };
  const lateHead = sound(Object.fromEntries(Object.entries(readJson(json)).filter(([name]) => !isReserved(name))));
  const rest = Object.keys(all).filter((name) => all[name] !== lateHead[name]);
  const trailers = sound(Object.fromEntries(rest.map((name) => [name, valuesOf(all, name)])));
  return { lateHead, trailers: rest.length === 0 ? undefined : trailers };
}

function jsonOf(metadata: Metadata): string {
  const entries = Object.keys(metadata).map((name) => {
    const values = valuesOf(metadata, name);
    return [name, values.length === 1 ? values[0] : values] as const;
  });
  return JSON.stringify(Object.fromEntries(entries));
}

function readJson(values: readonly (string | Buffer)[] | undefined): MetadataInput {
  try {
    const json: unknown = JSON.parse(String(values?.[0] ?? "{}"));
    return typeof json === "object" && json !== null ? (json as MetadataInput) : {};
  } catch {
    return {};
  }
}

function sound(entries: MetadataInput): Metadata {
  try {
    return createMetadata(entries);
  } catch {
    const parts: Metadata[] = [];
    for (const [name, value] of Object.entries(entries)) {
      try {
        parts.push(createMetadata({ [name]: value }));
      } catch {
        // A name or a value that metadata cannot have.
      }
    }
    return createMetadata({}, ...parts);
  }
}
