import type { MethodDescriptor } from "../../../core/contract/contract.ts";
import { answerHeaders, type OutgoingHeaders } from "../answer-headers.ts";
import { supportedEncodings } from "../encodings.ts";
import { type Ending, EnvelopedAnswer } from "../enveloped-answer.ts";
import { endOf } from "../headers.ts";
import type { HttpHeaders } from "../message.ts";
import type { ServerProtocol } from "../server-protocol.ts";
import { readGrpcTimeout } from "../timeout.ts";
import { grpcTrailers } from "./status.ts";

const names = { encoding: "grpc-encoding", acceptEncoding: "grpc-accept-encoding" };

class GrpcAnswer extends EnvelopedAnswer {
  protected readonly names = names;

  protected timeoutMs(headers: HttpHeaders): number | undefined {
    return readGrpcTimeout(headers["grpc-timeout"]);
  }

  protected sendHead(): void {
    const headers = answerHeaders(this.site, this.request, this.metadata);
    headers["content-type"] = this.target.media.type;
    if (this.sending !== undefined) headers["grpc-encoding"] = this.sending.name;
    this.response.head(200, headers);
  }

  protected sendEnd(ending: Ending, last: Uint8Array | undefined): void {
    const { method } = this.target.operation.served;
    const { error } = ending;
    if (error !== undefined && !this.headSent && this.metadata === undefined) {
      // Trailers alone.
      const headers = answerHeaders(this.site, this.request, undefined);
      headers["content-type"] = this.target.media.type;
      headers["grpc-accept-encoding"] = supportedEncodings;
      this.response.head(200, grpcTrailers(error, method, headers));
      return this.response.end();
    }
    if (!this.headSent) this.sendHead();
    this.response.end(last, endTrailers(ending, method));
  }
}

/** What stands at the end of a call, in trailers or in an envelope. */
export function endTrailers(ending: Ending, method: MethodDescriptor | undefined): OutgoingHeaders {
  const { error, trailers, lateHead } = ending;
  if (error !== undefined) return grpcTrailers(error, method);
  const headers = trailers === undefined && lateHead === undefined ? {} : endOf(lateHead, trailers);
  return Object.assign(headers, { "grpc-status": "0" });
}

export const grpc: ServerProtocol = {
  serve: (exchanged, target) => new GrpcAnswer(exchanged, target).begin(),
  refuse({ response }, { type }, { error }) {
    const headers: OutgoingHeaders = { "content-type": type, "grpc-accept-encoding": supportedEncodings };
    response.head(200, grpcTrailers(error, undefined, headers));
    response.end();
  },
};
