import type { Address } from "../../core/call/addressed.ts";
import type { Posted } from "../../core/call/answers.ts";
import { RpcError } from "../../core/error.ts";
import type { ErrorListener } from "../../core/error-source.ts";
import type { Posting } from "../../core/link/addressed-session.ts";
import { emptyMetadata } from "../../core/metadata.ts";
import type { Compression } from "./compression.ts";
import { headersOf } from "./headers.ts";
import { suffixesOf } from "./media-types.ts";
import type { OutgoingHeaders, Requester } from "./requester.ts";

/** How a client compresses, and what it takes. */
export interface ClientCompression {
  /** By what requests are compressed, if at all. */
  readonly send: Compression | undefined;
  /** Messages of fewer bytes leave as they are. */
  readonly sendFromBytes: number;
  /** What answers may be compressed by, as a header says it; `undefined` for nothing. */
  readonly accept: string | undefined;
  readonly known: ReadonlyMap<string, Compression>;
}

/** What the protocols of a client stand on; one for each session. */
export interface ClientSite {
  readonly requester: Requester;
  readonly maxMessageBytes: number;
  readonly compression: ClientCompression;
  /** Of every request: the credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether methods without side effects are called by GET, where the protocol has that. */
  readonly get: boolean;
  /** Milliseconds, by the clock of deadlines. */
  now(): number;
  readonly onError: ErrorListener;
}

/** A protocol, as the session of a client uses it. */
export interface ClientProtocol {
  post(posting: Posting): Posted;
}

/** What is the same in all requests for one operation. */
export interface OperationRequest {
  readonly path: string;
  /** What the codec is called in content types: `json`, `proto`. */
  readonly codec: string;
  /** One message each way. */
  readonly unary: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** The headers of a protocol for operations of one kind, in a codec. */
export type ProtocolHeaders = (codec: string, unary: boolean) => Readonly<Record<string, string>>;

/** By the address, which is one object for each operation of a session. */
export class OperationRequests {
  readonly #site: ClientSite;
  readonly #fixedHeadersOf: ProtocolHeaders;
  readonly #known = new WeakMap<Address, OperationRequest>();

  constructor(site: ClientSite, fixedHeadersOf: ProtocolHeaders) {
    this.#site = site;
    this.#fixedHeadersOf = fixedHeadersOf;
  }

  of({ address, codec: { method }, encoding }: Posting): OperationRequest {
    let known = this.#known.get(address);
    if (known === undefined) {
      const [codec] = suffixesOf(encoding);
      const unary = method.kind !== "stream" && method.streamParam < 0;
      const headers: Record<string, string> = { ...this.#fixedHeadersOf(codec, unary), ...this.#site.headers };
      if (address.version !== undefined) headers["trunkline-version"] = address.version;
      if (address.group) headers["trunkline-group"] = address.group;
      known = { path: `/${address.service}/${address.method}`, codec, unary, headers };
      this.#known.set(address, known);
    }
    return known;
  }
}

/** Those of one request, its requester's own: of its operation, and its metadata. */
export function headersFor({ metadata }: Posting, { headers }: OperationRequest): OutgoingHeaders {
  const own: OutgoingHeaders = { ...headers };
  if (metadata !== emptyMetadata) headersOf(metadata, "", own);
  return own;
}

/** Whether a content type is the one expected, whatever its case and parameters. */
export function sameType(type: string, expected: string): boolean {
  if (type === expected) return true;
  const semicolon = type.indexOf(";");
  return (semicolon < 0 ? type : type.slice(0, semicolon)).trim().toLowerCase() === expected;
}

/** An answer of another content type: of another codec of the same protocol (`prefix`), or of something else altogether. */
export function unexpectedType(type: string, expected: string, prefix: string): RpcError {
  const code = type.startsWith(prefix) ? "INTERNAL" : "UNKNOWN";
  return new RpcError({
    code,
    message: `the answer has the content type ${type.slice(0, 100)} instead of ${expected}`,
  });
}

/** The encoding of an answer that says so; `undefined` where it is none. */
export function encodingOf({ known }: ClientCompression, header: unknown): Compression | undefined {
  if (header === undefined || header === "" || header === "identity") return undefined;
  const name = String(header);
  const encoding = known.get(name);
  if (encoding !== undefined) return encoding;
  const message = `the answer is compressed by ${name.slice(0, 40)}, which this side does not have`;
  throw new RpcError({ code: "INTERNAL", message });
}

/** The compressed message, where it is to be compressed. */
export function compressed({ send, sendFromBytes }: ClientCompression, bytes: Uint8Array): Uint8Array | undefined {
  return send === undefined || bytes.length < sendFromBytes ? undefined : send.compress(bytes);
}
