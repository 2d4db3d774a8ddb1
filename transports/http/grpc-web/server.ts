import { answerHeaders } from "../answer-headers.ts";
import { supportedEncodings } from "../encodings.ts";
import { joined } from "../envelope.ts";
import { type Ending, EnvelopedAnswer } from "../enveloped-answer.ts";
import { endTrailers } from "../grpc/server.ts";
import { grpcTrailers } from "../grpc/status.ts";
import type { HttpHeaders } from "../message.ts";
import type { ServerProtocol } from "../server-protocol.ts";
import { readGrpcTimeout } from "../timeout.ts";
import { Base64Reader, base64Text } from "./base64.ts";
import { trailerFrame } from "./frame.ts";

const names = { encoding: "grpc-encoding", acceptEncoding: "grpc-accept-encoding" };

class GrpcWebAnswer extends EnvelopedAnswer {
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
    if (!this.headSent) this.sendHead();
    const trailers = endTrailers(ending, this.target.operation.served.method);
    const frame = trailerFrame(trailers);
    this.response.end(this.encoded(last === undefined ? frame : joined([last, frame])));
  }
}

/** The same in base64, for browsers that can only read text. */
class GrpcWebTextAnswer extends GrpcWebAnswer {
  readonly #base64 = new Base64Reader();

  protected override decoded(bytes: Uint8Array): Uint8Array {
    return this.#base64.read(bytes);
  }

  protected override get partial(): boolean {
    return this.#base64.partial;
  }

  protected override encoded(bytes: Uint8Array): Uint8Array {
    return base64Text(bytes);
  }
}

function refuse(encoded: (bytes: Uint8Array) => Uint8Array): ServerProtocol["refuse"] {
  return ({ response }, { type }, { error }) => {
    response.head(200, { "content-type": type, "grpc-accept-encoding": supportedEncodings });
    response.end(encoded(trailerFrame(grpcTrailers(error, undefined))));
  };
}

export const grpcWeb: ServerProtocol = {
  serve: (exchanged, target) => new GrpcWebAnswer(exchanged, target).begin(),
  refuse: refuse((bytes) => bytes),
};

export const grpcWebText: ServerProtocol = {
  serve: (exchanged, target) => new GrpcWebTextAnswer(exchanged, target).begin(),
  refuse: refuse(base64Text),
};
