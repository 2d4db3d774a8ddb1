import { RpcError } from "../../../core/error.ts";
import { createMetadata, emptyMetadata, type Metadata, valuesOf } from "../../../core/metadata.ts";
import { checkMetadataSize } from "../../../core/wire/metadata.ts";
import type { Answer, HttpCall } from "../answer.ts";
import { answerHeaders, isTrunkline, type OutgoingHeaders } from "../answer-headers.ts";
import type { Compression } from "../compression.ts";
import { overLimit } from "../envelope.ts";
import { Gathered } from "../gathered.ts";
import { headersOf, metadataOf } from "../headers.ts";
import type { BodyReader } from "../message.ts";
import type { Exchanged } from "../server-protocol.ts";
import { httpStatusOf } from "../status.ts";
import type { Target } from "../target.ts";
import { readConnectTimeout } from "../timeout.ts";
import { travelling } from "../travelling-error.ts";
import { checkVersion, connectErrorOf } from "./frame.ts";
import type { ConnectQuery } from "./query.ts";

const encoder = new TextEncoder();

/** One unary call in Connect: its body is the request, and that of the answer the reply or the JSON of an error. */
export class UnaryAnswer implements Answer, BodyReader {
  readonly #exchanged: Exchanged;
  readonly #target: Target;
  #call: HttpCall | undefined;
  #body: Uint8Array | undefined;
  #more: Gathered | undefined;
  #metadata: Metadata | undefined;
  #over = false;

  constructor(exchanged: Exchanged, target: Target) {
    this.#exchanged = exchanged;
    this.#target = target;
  }

  /** Serves the request whose body follows. */
  begin(): void {
    this.#exchanged.request.read(this);
  }

  /** Serves a GET. */
  beginQuery({ message, compression }: ConnectQuery): void {
    this.#serve(message, compression);
  }

  onData(bytes: Uint8Array): void {
    if (this.#over) return;
    const { maxMessageBytes } = this.#exchanged.site.limits;
    if (this.#body === undefined) this.#body = bytes;
    else {
      if (this.#more === undefined) {
        this.#more = new Gathered();
        this.#more.push(this.#body);
      }
      this.#more.push(bytes);
    }
    if ((this.#more ?? this.#body).length > maxMessageBytes) this.#refuse(overLimit(maxMessageBytes));
  }

  onEnd(): void {
    if (this.#over) return;
    const { headers } = this.#exchanged.request;
    const body = this.#more?.take() ?? this.#body ?? new Uint8Array();
    this.#body = undefined;
    this.#serve(body, headers["content-encoding"]);
  }

  onLost(): void {
    this.#over = true;
  }

  #serve(body: Uint8Array, encoding: unknown): void {
    const { site, request, response } = this.#exchanged;
    const { operation } = this.#target;
    const { headers } = request;
    try {
      checkVersion(headers["connect-protocol-version"]);
      const timeoutMs = readConnectTimeout(headers["connect-timeout-ms"]);
      const message = encoding === undefined ? body : this.#unpacked(body, encoding);
      const call = site.calls.begin(operation, { metadata: metadataOf(headers), timeoutMs, body: message }, this);
      this.#call = call;
      if (operation.oneway) this.reply(call, undefined, undefined);
      if (!call.over) response.onGone((reason) => this.#gone(reason));
    } catch (error) {
      this.#refuse(RpcError.from(error));
    }
  }

  #unpacked(body: Uint8Array, encoding: unknown): Uint8Array {
    const { site } = this.#exchanged;
    const compression = site.encodings.named(encoding);
    return compression === undefined ? body : compression.decompress(body, site.limits.maxMessageBytes);
  }

  #gone(reason: RpcError): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#call !== undefined) this.#exchanged.site.calls.leave(this.#call, reason);
  }

  head(_call: HttpCall, metadata: Metadata): void {
    checkMetadataSize(metadata);
    this.#metadata = metadata;
  }

  item(): undefined {
    return undefined;
  }

  end(): void {
    // Of streams.
  }

  done(): void {
    // A oneway's caller was answered when its arguments were read.
  }

  reply({ operation }: HttpCall, value: unknown, trailers: Metadata | undefined): void {
    const { site, request } = this.#exchanged;
    if (trailers !== undefined) checkMetadataSize(trailers);
    const body = site.results.message(operation, value);
    if (this.#over) return;
    const headers = answerHeaders(site, request, this.#metadata);
    if (trailers !== undefined) headersOf(trailers, "trailer-", headers);
    headers["content-type"] = this.#target.media.type;
    this.#send(200, headers, body);
  }

  fail(call: HttpCall, thrown: RpcError): void {
    const { site, request } = this.#exchanged;
    const error = travelling(thrown, call, site.host);
    // Trunkline has no head of what fails; others have it.
    const headers = answerHeaders(site, request, isTrunkline(request) ? undefined : call.replyMetadata);
    const { replyTrailers: trailers = emptyMetadata } = call;
    // Of one name the error's own wins.
    const [own, behind] = [false, true].map((set) =>
      createMetadata(only(error.metadata, (name) => (error.metadata[name] === trailers[name]) === set)),
    ) as [Metadata, Metadata];
    headersOf(behind, "trailer-", headers);
    this.#sendError(headersOf(own, "", headers), error);
  }

  #refuse(error: RpcError): void {
    const { site, request } = this.#exchanged;
    this.#sendError(answerHeaders(site, request, error.metadata), error);
  }

  #sendError(headers: OutgoingHeaders, error: RpcError): void {
    if (this.#over) return;
    const json = JSON.stringify(connectErrorOf(error, this.#target.operation.served.method));
    headers["content-type"] = "application/json";
    if (error.retryable === true) headers["trunkline-retryable"] = "1";
    this.#send(httpStatusOf(error.code), headers, encoder.encode(json));
  }

  #send(status: number, headers: OutgoingHeaders, body: Uint8Array): void {
    const { response } = this.#exchanged;
    this.#over = true;
    this.#more = undefined;
    const compression = this.#compression(body);
    const bytes = compression === undefined ? body : compression.compress(body);
    if (compression !== undefined) headers["content-encoding"] = compression.name;
    headers["content-length"] = String(bytes.length);
    response.head(status, headers);
    response.end(bytes);
  }

  #compression({ length }: Uint8Array): Compression | undefined {
    const { site, request } = this.#exchanged;
    if (length < site.options.minCompressBytes) return undefined;
    return site.encodings.accepted(request.headers["accept-encoding"]);
  }
}

function only(metadata: Metadata, wanted: (name: string) => boolean): Record<string, readonly string[]> {
  const names = Object.keys(metadata).filter(wanted);
  return Object.fromEntries(names.map((name) => [name, valuesOf(metadata, name)]));
}
