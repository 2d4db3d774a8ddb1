import { messageBytes } from "../../../core/bytes/output.ts";
import type { RpcError } from "../../../core/error.ts";
import type { Metadata } from "../../../core/metadata.ts";
import type { Answer, HttpCall } from "../answer.ts";
import { headersOf } from "../headers.ts";
import type { HttpResponse } from "../message.ts";
import { httpStatusOf } from "../status.ts";
import { readTree } from "./json-text.ts";
import { statusJson } from "./status.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface ReplyOptions {
  readonly response: HttpResponse;
  readonly maxMessageBytes: number;
  /** The field of the response that is told; `undefined` for all of it. */
  readonly responseBody: string | undefined;
  /** Of a HEAD: all but the body. */
  readonly headOnly: boolean;
}

/** Answers a request of REST with an error, before or after its method was called. */
export function sendStatus(response: HttpResponse, error: RpcError, { headOnly = false, call }: Sent = {}): void {
  const body = encoder.encode(statusJson(error, call?.operation.codec));
  const headers = headersOf(error.metadata);
  if (error.retryable) headers["trunkline-retryable"] = "1";
  if (error.code === "UNAUTHENTICATED") headers["www-authenticate"] = "Bearer";
  headers["content-type"] = "application/json";
  headers["content-length"] = String(body.length);
  response.head(httpStatusOf(error.code), headers);
  response.end(headOnly ? undefined : body);
}
interface Sent {
  readonly headOnly?: boolean | undefined;
  readonly call?: HttpCall | undefined;
}

/** A result, or an item of a stream, as JSON. */
export function resultJson(
  { operation }: HttpCall,
  value: unknown,
  options: Omit<ReplyOptions, "response">,
): Uint8Array {
  const { maxMessageBytes, responseBody } = options;
  const bytes = messageBytes(maxMessageBytes, (out) => operation.codec.encodeResult(value, out));
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
    const { response, headOnly } = this.#options;
    const body = resultJson(call, value, this.#options);
    const headers = this.#head === undefined ? {} : headersOf(this.#head);
    if (trailers !== undefined) headersOf(trailers, "trailer-", headers);
    headers["content-type"] = "application/json";
    headers["content-length"] = String(body.length);
    response.head(200, headers);
    response.end(headOnly ? undefined : body);
  }

  end(): void {}

  fail(call: HttpCall, error: RpcError): void {
    sendStatus(this.#options.response, error, { headOnly: this.#options.headOnly, call });
  }
}
