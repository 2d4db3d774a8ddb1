import type { RpcError } from "../../../core/error.ts";
import { emptyMetadata, type Metadata } from "../../../core/metadata.ts";
import type { Answer, HttpCall } from "../answer.ts";
import { headersOf } from "../headers.ts";
import type { HttpRequest, HttpResponse } from "../message.ts";
import type { HttpSite } from "../site.ts";
import { httpStatusOf } from "../status.ts";
import { readTree } from "./json-text.ts";
import { statusJson } from "./status.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface ReplyOptions {
  readonly site: HttpSite;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  /** The field of the response that is told; `undefined` for all of it. */
  readonly responseBody: string | undefined;
}

/** Answers a request of REST with an error, before or after its method was called. */
export function sendStatus(request: HttpRequest, response: HttpResponse, { error, call }: Failed): void {
  const body = encoder.encode(statusJson(error, call?.operation.codec));
  const headers = headersOf(error.metadata, "", headersOf(call?.replyMetadata ?? emptyMetadata));
  if (error.retryable) headers["trunkline-retryable"] = "1";
  if (error.code === "UNAUTHENTICATED") headers["www-authenticate"] = "Bearer";
  headers["content-type"] = "application/json";
  headers["content-length"] = String(body.length);
  response.head(httpStatusOf(error.code), headers);
  response.end(request.method === "HEAD" ? undefined : body);
}
interface Failed {
  readonly error: RpcError;
  readonly call?: HttpCall | undefined;
}

/** A result, or an item of a stream, as JSON. */
export function resultJson({ operation }: HttpCall, value: unknown, { site, responseBody }: ReplyOptions): Uint8Array {
  const bytes = site.results.message(operation, value);
  if (responseBody === undefined) return bytes;
  const member = readTree(decoder.decode(bytes)).get(responseBody);
  return encoder.encode(typeof member === "string" ? member : "null");
}

/** The answer of a unary method. */
export class RestReply implements Answer {
  readonly #options: ReplyOptions;
  #head: Metadata | undefined;

  constructor(options: ReplyOptions) {
    this.#options = options;
  }

  head(_call: HttpCall, metadata: Metadata): void {
    this.#head = metadata;
  }

  item(): undefined {
    return undefined;
  }

  reply(call: HttpCall, value: unknown, trailers: Metadata | undefined): void {
    const { site, request, response } = this.#options;
    const json = resultJson(call, value, this.#options);
    const headers = this.#head === undefined ? {} : headersOf(this.#head);
    if (trailers !== undefined) headersOf(trailers, "trailer-", headers);
    const compression =
      json.length < site.options.minCompressBytes
        ? undefined
        : site.encodings.accepted(request.headers["accept-encoding"]);
    const body = compression === undefined ? json : compression.compress(json);
    if (compression !== undefined) {
      headers["content-encoding"] = compression.name;
      headers["vary"] = "accept-encoding";
    }
    headers["content-type"] = "application/json";
    headers["content-length"] = String(body.length);
    response.head(200, headers);
    response.end(request.method === "HEAD" ? undefined : body);
  }

  end(): void {
    // Of streams.
  }

  fail(call: HttpCall, error: RpcError): void {
    const { request, response } = this.#options;
    sendStatus(request, response, { error, call });
  }
}
