import { fromBase64 } from "../../core/base64.ts";
import { messageBytes } from "../../core/bytes/output.ts";
import type { Reply } from "../../core/call/interceptor.ts";
import type { Place } from "../../core/call/place.ts";
import type { Codec, CompiledCodec } from "../../core/codec.ts";
import { RpcError } from "../../core/error.ts";
import type { Metadata } from "../../core/metadata.ts";
import { headersOf, metadataOf } from "./headers.ts";
import { codeOfHttpStatus, codeOfWord } from "./status.ts";

/** Connect's protocol over `fetch`, for pages: https://connectrpc.com/docs/protocol. Unary calls and streams of the server. */

/** As bounds a server's: what a message of an answer may be. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** What stands before each message of a stream. */
const HEAD_BYTES = 5;
const END_STREAM = 2;

/** What one call is made with. */
export interface FetchTerms {
  /** Of the server: `https://shop.example`. */
  readonly url: string;
  readonly metadata: Metadata;
  readonly credentials: Readonly<Record<string, string>>;
  readonly group: string;
  /** Told to the server; who aborts the signal counts it. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

interface ErrorJson {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
}

/** One method; what is decided once for all of its calls. */
export class FetchMethod {
  readonly place: Place;
  readonly #codec: Codec;
  readonly #request: CompiledCodec;
  readonly #response: CompiledCodec;

  constructor(place: Place, codec: Codec) {
    const { method } = place;
    this.place = place;
    this.#codec = codec;
    this.#request = codec.compile(method.request, method.request);
    this.#response = codec.compile(method.response, method.response);
  }

  /** The message of the arguments. Throws where they do not fit. */
  encode(args: readonly unknown[]): Uint8Array {
    const { service, method } = this.place;
    const { bareRequest, params, untyped } = method;
    const record = untyped ? { args } : Object.fromEntries(params.map(({ name }, i) => [name, args[i]]));
    try {
      const message = bareRequest ? args[0] : record;
      return messageBytes(MAX_MESSAGE_BYTES, (out) => this.#request.encodeInto(message, out));
    } catch (error) {
      const { code, message: what } = error as RpcError;
      const path = `${service}.${method.name}: ${bareRequest ? `${params[0]?.name}.` : ""}`;
      throw new RpcError({ code, message: path.concat(what), cause: error });
    }
  }

  async unary(body: Uint8Array, terms: FetchTerms): Promise<Reply> {
    const response = await this.#fetch(body, terms, `${this.#codec.mediaTypes[0]}`);
    const headers = Object.fromEntries(response.headers);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) throw await this.#refusal(response, bytes);
    return {
      value: this.place.method.kind === "oneway" ? undefined : this.#decode(bytes),
      metadata: metadataOf(withoutTrailers(headers)),
      trailers: metadataOf(headers, "trailer-"),
    };
  }

  /** The items; `ended` is told of the metadata behind them. */
  async *stream(
    body: Uint8Array,
    terms: FetchTerms,
    told: { head(metadata: Metadata): void; trailers(metadata: Metadata): void },
  ): AsyncGenerator<unknown> {
    const type = `application/connect+${this.#codec.mediaTypes[0]?.replace("application/", "")}`;
    const response = await this.#fetch(enveloped(body), terms, type);
    if (!response.ok) throw await this.#refusal(response, new Uint8Array(await response.arrayBuffer()));
    told.head(metadataOf(Object.fromEntries(response.headers)));
    for await (const [flags, payload] of envelopes(response)) {
      if ((flags & END_STREAM) === 0) {
        yield this.#decode(payload);
        continue;
      }
      const { error, metadata = {} } = (parsed(payload) ?? {}) as { error?: ErrorJson; metadata?: Metadata };
      const trailers = metadataOf(metadata);
      if (error) throw await this.#errorOf(error, { code: "UNKNOWN", metadata: trailers, message: "" });
      return told.trailers(trailers);
    }
    throw new RpcError({ code: "INTERNAL", message: `${this.place.method.name}: the stream broke off before its end` });
  }

  #decode(bytes: Uint8Array): unknown {
    const { bareResponse, name } = this.place.method;
    try {
      const record = this.#response.decode(bytes, 0, bytes.length);
      return bareResponse ? record : (record as { readonly result?: unknown }).result;
    } catch (cause) {
      const message = `${name}: the reply could not be read: ${(cause as Error).message}`;
      throw new RpcError({ code: "DATA_LOSS", message, cause });
    }
  }

  async #fetch(body: Uint8Array, terms: FetchTerms, type: string): Promise<Response> {
    const { service, method } = this.place;
    const { timeoutMs, group } = terms;
    const headers = new Headers({
      ...terms.credentials,
      "content-type": type,
      "connect-protocol-version": "1",
      ...(timeoutMs !== undefined && { "connect-timeout-ms": `${Math.max(0, Math.floor(timeoutMs))}` }),
      ...(group !== "" && { "trunkline-group": group }),
    });
    for (const [name, values] of Object.entries(headersOf(terms.metadata)))
      for (const value of [values].flat()) headers.append(name, value);
    return fetch(`${terms.url.replace(/\/$/, "")}/${service}/${method.name}`, {
      method: "POST",
      headers,
      body: body as Uint8Array<ArrayBuffer>,
      signal: terms.signal,
    });
  }

  /** What an answer says that is none. */
  async #refusal(response: Response, bytes: Uint8Array): Promise<RpcError> {
    const { status } = response;
    const headers = Object.fromEntries(response.headers);
    const json = parsed(bytes);
    return this.#errorOf(json ?? {}, {
      code: codeOfHttpStatus(status),
      message: `the server answered with HTTP ${status}`,
      metadata: metadataOf({ ...withoutTrailers(headers), ...trailersOf(headers) }),
      retryable: "trunkline-retryable" in headers || "trailer-trunkline-retryable" in headers,
    });
  }

  async #errorOf(
    { code, message, details }: ErrorJson,
    head: Pick<RpcError, "code" | "message" | "metadata"> & { readonly retryable?: boolean },
  ): Promise<RpcError> {
    const known = {
      ...head,
      code: codeOfWord(code) ?? head.code,
      message: typeof message === "string" ? message : head.message,
    };
    if (!Array.isArray(details) || details.length === 0) return new RpcError(known);
    // Here and not above: it needs Protobuf, in which details travel.
    const { errorOf } = await import("../../codecs/protobuf/status.ts");
    const read = details.flatMap((detail: { type?: unknown; value?: unknown } | null) => {
      const value = fromBase64(String(detail?.value));
      return value === undefined ? [] : [{ type: String(detail?.type).replace(/^.*\//, ""), value }];
    });
    return errorOf(known, read, this.place.method);
  }
}

function enveloped(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, HEAD_BYTES);
  return bytes;
}

function parsed(bytes: Uint8Array): object | undefined {
  try {
    return Object(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

const TRAILER = "trailer-";

function withoutTrailers(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(TRAILER)));
}

function trailersOf(headers: Record<string, string>): Record<string, string> {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(TRAILER));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(TRAILER.length), value]));
}

/** The messages of a stream: flags:u8 length:u32 payload. What is cut at the end is left out. */
async function* envelopes({ body }: Response): AsyncGenerator<[flags: number, payload: Uint8Array]> {
  let bytes: Uint8Array = new Uint8Array();
  // Browsers do not iterate it.
  const reader = body?.getReader();
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done || value === undefined) return;
    const joined = new Uint8Array(bytes.length + value.length);
    joined.set(bytes);
    joined.set(value, bytes.length);
    bytes = joined;
    while (bytes.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
      if (end > MAX_MESSAGE_BYTES) {
        const message = `a message of the answer is larger than ${MAX_MESSAGE_BYTES} bytes`;
        throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
      }
      if (bytes.length < end) break;
      yield [bytes[0] as number, bytes.subarray(HEAD_BYTES, end)];
      bytes = bytes.subarray(end);
    }
  }
}
