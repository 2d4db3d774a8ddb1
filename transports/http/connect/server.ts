import { answerHeaders } from "../answer-headers.ts";
import { supportedEncodings } from "../encodings.ts";
import { envelope, flag, joined } from "../envelope.ts";
import { type Ending, EnvelopedAnswer } from "../enveloped-answer.ts";
import { endOf, headersOf } from "../headers.ts";
import type { HttpHeaders } from "../message.ts";
import type { Exchanged, Refusal, ServerProtocol } from "../server-protocol.ts";
import { httpStatusOf } from "../status.ts";
import { readConnectTimeout } from "../timeout.ts";
import { checkVersion, connectErrorOf, type EndStream } from "./frame.ts";
import { UnaryAnswer } from "./unary-answer.ts";

const names = { encoding: "connect-content-encoding", acceptEncoding: "connect-accept-encoding" };
const encoder = new TextEncoder();

class StreamAnswer extends EnvelopedAnswer {
  protected readonly names = names;

  protected timeoutMs(headers: HttpHeaders): number | undefined {
    checkVersion(headers["connect-protocol-version"]);
    return readConnectTimeout(headers["connect-timeout-ms"]);
  }

  protected sendHead(): void {
    const headers = answerHeaders(this.site, this.request, this.metadata);
    headers["content-type"] = this.target.media.type;
    if (this.sending !== undefined) headers["connect-content-encoding"] = this.sending.name;
    this.response.head(200, headers);
  }

  protected sendEnd({ error, trailers, lateHead }: Ending, last: Uint8Array | undefined): void {
    if (!this.headSent) this.sendHead();
    const metadata = lists(error === undefined ? endOf(lateHead, trailers) : headersOf(error.metadata));
    if (error?.retryable === true) metadata["trunkline-retryable"] = ["1"];
    const end: EndStream = {
      error: error && connectErrorOf(error, this.target.operation.served.method),
      metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
    };
    const frame = envelope(flag.END_STREAM, encoder.encode(JSON.stringify(end)));
    this.response.end(last === undefined ? frame : joined([last, frame]));
  }
}

function lists(headers: Readonly<Record<string, string | string[]>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? [value] : value]),
  );
}

export const connectStream: ServerProtocol = {
  serve: (exchanged, target) => new StreamAnswer(exchanged, target).begin(),
  refuse({ response }, { type }, { error, status }) {
    if (status !== undefined) return refuseUnary({ response }, { error, status });
    response.head(200, { "content-type": type, "connect-accept-encoding": supportedEncodings });
    const json = JSON.stringify({ error: connectErrorOf(error, undefined) } satisfies EndStream);
    response.end(envelope(flag.END_STREAM, encoder.encode(json)));
  },
};

export function refuseUnary({ response }: Pick<Exchanged, "response">, { error, status }: Refusal): void {
  const body = encoder.encode(JSON.stringify(connectErrorOf(error, undefined)));
  const headers = headersOf(error.metadata);
  headers["content-type"] = "application/json";
  headers["content-length"] = String(body.length);
  if (error.retryable) headers["trunkline-retryable"] = "1";
  response.head(status ?? httpStatusOf(error.code), headers);
  response.end(body);
}

export const connectUnary: ServerProtocol = {
  serve: (exchanged, target) => new UnaryAnswer(exchanged, target).begin(),
  refuse: (exchanged, _media, refusal) => refuseUnary(exchanged, refusal),
};
