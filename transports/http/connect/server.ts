import { messageBytes } from "../../../core/bytes/output.ts";
import type { CodedOperation } from "../../../core/call/addressed.ts";
import { RpcError } from "../../../core/error.ts";
import type { Metadata } from "../../../core/metadata.ts";
import type { Answer, HttpCall } from "../answer.ts";
import { headersOf, metadataOf } from "../headers.ts";
import type { Media } from "../media-types.ts";
import type { BodyReader, HttpRequest, HttpResponse } from "../message.ts";
import type { HttpSite } from "../site.ts";
import { httpStatusOf } from "../status.ts";
import { readConnectTimeout } from "../timeout.ts";
import { connectErrorOf } from "./frame.ts";

const encoder = new TextEncoder();

export function sendConnectError(response: HttpResponse, error: RpcError): void {
  const body = encoder.encode(JSON.stringify(connectErrorOf(error)));
  const headers = headersOf(error.metadata);
  headers["content-type"] = "application/json";
  headers["content-length"] = String(body.length);
  response.head(httpStatusOf(error.code), headers);
  response.end(body);
}

/** One unary call in Connect. */
export class ConnectUnary implements Answer, BodyReader {
  readonly #site: HttpSite;
  readonly #request: HttpRequest;
  readonly #response: HttpResponse;
  readonly #media: Media;
  readonly #operation: CodedOperation;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #call: HttpCall | undefined;
  #head: Metadata | undefined;

  constructor(
    site: HttpSite,
    request: HttpRequest,
    response: HttpResponse,
    { media, operation }: { media: Media; operation: CodedOperation },
  ) {
    this.#site = site;
    this.#request = request;
    this.#response = response;
    this.#media = media;
    this.#operation = operation;
  }

  onData(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#chunks.push(bytes);
  }

  onLost(error: RpcError): void {
    sendConnectError(this.#response, error);
  }

  onEnd(): void {
    const [first = new Uint8Array()] = this.#chunks;
    const body = this.#chunks.length <= 1 ? first : Buffer.concat(this.#chunks, this.#size);
    const { headers } = this.#request;
    try {
      const timeoutMs = readConnectTimeout(headers["connect-timeout-ms"]);
      this.#call = this.#site.calls.begin(this.#operation, { metadata: metadataOf(headers), timeoutMs, body }, this);
    } catch (error) {
      return sendConnectError(this.#response, RpcError.from(error));
    }
    const call = this.#call;
    if (!call.over) this.#response.onGone(() => this.#site.calls.cancel(call));
  }

  head(_call: HttpCall, metadata: Metadata): void {
    this.#head = metadata;
  }

  item(): undefined {
    return undefined;
  }

  reply({ operation }: HttpCall, value: unknown, trailers: Metadata | undefined): void {
    const { maxMessageBytes } = this.#site.limits;
    const body = messageBytes(maxMessageBytes, (out) => operation.codec.encodeResult(value, out));
    const headers = this.#head === undefined ? {} : headersOf(this.#head);
    if (trailers !== undefined) headersOf(trailers, "trailer-", headers);
    headers["content-type"] = this.#media.type;
    headers["content-length"] = String(body.length);
    this.#response.head(200, headers);
    this.#response.end(body);
  }

  end(): void {}

  fail(_call: HttpCall, error: RpcError): void {
    sendConnectError(this.#response, error);
  }
}
