import type { Posted } from "../../../core/call/answers.ts";
import { RpcError } from "../../../core/error.ts";
import { isRecord } from "../../../core/is-record.ts";
import type { Posting } from "../../../core/link/addressed-session.ts";
import {
  type ClientProtocol,
  type ClientSite,
  headersFor,
  OperationRequests,
  sameType,
  unexpectedType,
} from "../client-site.ts";
import { flag } from "../envelope.ts";
import { EnvelopedCall, truncated } from "../enveloped-call.ts";
import { metadataOf } from "../headers.ts";
import type { HttpHeaders } from "../message.ts";
import { codeOfHttpStatus } from "../status.ts";
import { writeConnectTimeout } from "../timeout.ts";
import { readError, readJson } from "./status.ts";
import { ConnectUnaryCall } from "./unary.ts";

const STREAM = "application/connect+";

/** https://connectrpc.com/docs/protocol */
export class ConnectClient implements ClientProtocol {
  readonly #site: ClientSite;
  readonly #requests: OperationRequests;

  constructor(site: ClientSite) {
    this.#site = site;
    const { accept, send } = site.compression;
    this.#requests = new OperationRequests(site, (codec, unary) => ({
      "content-type": unary ? `application/${codec}` : `${STREAM}${codec}`,
      "connect-protocol-version": "1",
      ...(accept !== undefined && { [unary ? "accept-encoding" : "connect-accept-encoding"]: accept }),
      ...(!unary && send !== undefined && { "connect-content-encoding": send.name }),
    }));
  }

  post(posting: Posting): Posted {
    const operation = this.#requests.of(posting);
    const headers = headersFor(posting, operation);
    if (posting.timeoutMs !== undefined) headers["connect-timeout-ms"] = writeConnectTimeout(posting.timeoutMs);
    if (operation.unary) {
      const call = new ConnectUnaryCall(this.#site, posting, operation);
      call.begin(headers);
      return call;
    }
    const call = new ConnectStreamCall(this.#site, posting, operation);
    call.begin(headers);
    return call;
  }
}

/** https://connectrpc.com/docs/protocol#streaming-rpcs */
class ConnectStreamCall extends EnvelopedCall {
  protected onAnswer(status: number, headers: HttpHeaders): void {
    const type = String(headers["content-type"] ?? "");
    if (status !== 200) {
      const message = `the server answered with HTTP ${status}`;
      throw new RpcError({ code: codeOfHttpStatus(status), message, metadata: metadataOf(headers) });
    }
    const expected = STREAM + this.operation.codec;
    if (!sameType(type, expected)) throw unexpectedType(type, expected, STREAM);
    this.answer(headers, headers["connect-content-encoding"]);
  }

  protected onSpecial(flags: number, payload: Uint8Array): void {
    const json = readJson(payload);
    if ((flags & flag.END_STREAM) === 0 || !isRecord(json)) {
      throw new RpcError({ code: "INTERNAL", message: "the end of the answer is no JSON as Connect has it" });
    }
    const { error, metadata } = json as { readonly error?: unknown; readonly metadata?: unknown };
    const trailers = isRecord(metadata) ? lowered(metadata as HttpHeaders) : {};
    if (error === undefined || error === null) return this.succeed(trailers);
    const head = this.heard(metadataOf(trailers));
    const retryable = (metadata as HttpHeaders | undefined)?.["trunkline-retryable"] !== undefined;
    const { method } = this.posting.codec;
    const failed = { code: "UNKNOWN", message: "", metadata: head, retryable, method } as const;
    this.fail(
      readError(error, failed) ?? new RpcError({ code: "UNKNOWN", message: "the error is no JSON as Connect has it" }),
    );
  }

  protected onBody(): void {
    if (this.partial) throw truncated();
    throw new RpcError({ code: "INTERNAL", message: "the answer ended without its end-stream message" });
  }
}

/** The metadata of an end, whose names may be spelt as they like. */
function lowered(metadata: HttpHeaders): HttpHeaders {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}
