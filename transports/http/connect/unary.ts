import { toBase64 } from "../../../core/base64.ts";
import { readText } from "../../../core/bytes/utf8.ts";
import type { Posted } from "../../../core/call/answers.ts";
import { RpcError } from "../../../core/error.ts";
import type { Posting } from "../../../core/link/addressed-session.ts";
import { createMetadata, emptyMetadata } from "../../../core/metadata.ts";
import {
  type ClientSite,
  compressed,
  encodingOf,
  type OperationRequest,
  sameType,
  unexpectedType,
} from "../client-site.ts";
import { joined, overLimit } from "../envelope.ts";
import { metadataOf } from "../headers.ts";
import { failed, tellLoss } from "../loss.ts";
import type { HttpHeaders } from "../message.ts";
import type { Loss, OutgoingHeaders, ResponseReader, Sending } from "../requester.ts";
import { codeOfHttpStatus } from "../status.ts";
import { readError, readJson } from "./status.ts";

const TRAILER = "trailer-";
const empty = new Uint8Array();

/** One unary call: its body is the message itself. https://connectrpc.com/docs/protocol#unary-rpcs */
export class ConnectUnaryCall implements ResponseReader, Posted {
  readonly #site: ClientSite;
  readonly #posting: Posting;
  readonly #operation: OperationRequest;
  #sending: Sending | undefined = undefined;
  #status = 0;
  #headers: HttpHeaders = {};
  #body: Uint8Array = empty;
  #parts: Uint8Array[] | undefined = undefined;
  #size = 0;
  #over = false;
  /** Of a oneway: it is done when it has left. */
  onSent: (() => void) | undefined = undefined;

  constructor(site: ClientSite, posting: Posting, operation: OperationRequest) {
    this.#site = site;
    this.#posting = posting;
    this.#operation = operation;
    if (posting.codec.method.kind === "oneway") this.onSent = () => posting.answers.left();
  }

  begin(headers: OutgoingHeaders): void {
    const { requester, compression, get } = this.#site;
    const { body = empty, codec } = this.#posting;
    const small = compressed(compression, body);
    if (get && codec.method.noSideEffects) {
      delete headers["content-type"];
      delete headers["connect-protocol-version"];
      const path = this.#query(small ?? body, small && compression.send?.name);
      this.#sending = requester.request({ method: "GET", path, headers, body: undefined, streamed: false }, this);
      return;
    }
    if (small !== undefined) headers["content-encoding"] = compression.send?.name as string;
    const { path } = this.#operation;
    this.#sending = requester.request({ method: "POST", path, headers, body: small ?? body, streamed: false }, this);
  }

  /** https://connectrpc.com/docs/protocol#unary-get-request */
  #query(message: Uint8Array, encoding: string | undefined): string {
    const { path, codec } = this.#operation;
    const plain = codec === "json" && encoding === undefined;
    const text = plain
      ? encodeURIComponent(readText(message, 0, message.length) as string)
      : toBase64(message).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
    const how = `${plain ? "" : "&base64=1"}${encoding === undefined ? "" : `&compression=${encoding}`}`;
    return `${path}?connect=v1${how}&encoding=${codec}&message=${text}`;
  }

  cancel(): void {
    this.#over = true;
    this.#sending?.abort();
  }

  onHead(status: number, headers: HttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onData(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#size += bytes.length;
    const { maxMessageBytes } = this.#site;
    if (this.#size > maxMessageBytes) {
      this.#fail(overLimit(maxMessageBytes));
      this.#sending?.abort();
    } else if (this.#size === bytes.length) this.#body = bytes;
    else {
      this.#parts ??= [this.#body];
      this.#parts.push(bytes);
    }
  }

  onEnd(): void {
    if (this.#over) return;
    try {
      const body = this.#parts === undefined ? this.#body : joined(this.#parts);
      if (this.#status === 200) this.#reply(body);
      else this.#fail(this.#error(body));
    } catch (error) {
      this.#fail(RpcError.from(error, "the answer could not be read"));
    }
  }

  #unpacked(body: Uint8Array): Uint8Array {
    const encoding = encodingOf(this.#site.compression, this.#headers["content-encoding"]);
    return encoding === undefined ? body : encoding.decompress(body, this.#site.maxMessageBytes);
  }

  #reply(body: Uint8Array): void {
    const headers = this.#headers;
    const type = String(headers["content-type"] ?? "");
    const expected = `application/${this.#operation.codec}`;
    if (!sameType(type, expected)) throw unexpectedType(type, expected, "application/");
    const message = this.#unpacked(body);
    const { answers } = this.#posting;
    this.#over = true;
    if (this.onSent !== undefined) return answers.left();
    const trailers = hasTrailers(headers) ? metadataOf(headers, TRAILER) : undefined;
    const head = metadataOf(trailers === undefined ? headers : withoutTrailers(headers));
    if (head !== emptyMetadata) answers.head(head);
    answers.reply(message, trailers);
  }

  /** An answer that is no error of Connect is one of whatever stands before the server. */
  #error(body: Uint8Array): RpcError {
    const status = this.#status;
    const headers = this.#headers;
    const code = codeOfHttpStatus(status);
    const message = `the server answered with HTTP ${status}`;
    const metadata = createMetadata(metadataOf(headers, TRAILER), metadataOf(withoutTrailers(headers)));
    const { method } = this.#posting.codec;
    const isJson = sameType(String(headers["content-type"] ?? ""), "application/json");
    const json = isJson ? readJson(this.#unpacked(body)) : undefined;
    const retryable =
      headers["trailer-trunkline-retryable"] !== undefined || headers["trunkline-retryable"] !== undefined;
    return readError(json, { code, message, metadata, retryable, method }) ?? new RpcError({ code, message, metadata });
  }

  onLost(loss: Loss): void {
    if (this.#over) return;
    this.#over = true;
    tellLoss(loss, this.#posting, this.#site.now());
  }

  #fail(error: RpcError): void {
    if (this.#over) return;
    this.#over = true;
    failed(error, this.#posting, this.#site);
  }
}

/** The headers that are none of the `Trailer-` ones, which stand for trailers. */
function withoutTrailers(headers: HttpHeaders): HttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(TRAILER)));
}

function hasTrailers(headers: HttpHeaders): boolean {
  for (const name in headers) if (name.startsWith(TRAILER)) return true;
  return false;
}
