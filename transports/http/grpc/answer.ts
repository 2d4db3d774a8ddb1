import { RpcError } from "../../../core/error.ts";
import { sameType, unexpectedType } from "../client-site.ts";
import { EnvelopedCall, truncated } from "../enveloped-call.ts";
import { metadataOf } from "../headers.ts";
import type { HttpHeaders } from "../message.ts";
import { codeOfHttpStatus } from "../status.ts";
import { hasStatus, readTrailers } from "./trailers.ts";

/** A call whose end is told by trailers, wherever these stand: gRPC and gRPC-Web. */
export abstract class GrpcAnswer extends EnvelopedCall {
  /** The content type without a codec, which then is Protobuf. */
  protected abstract readonly type: string;
  #onlyTrailers: HttpHeaders | undefined = undefined;

  /** The headers of an answer that is nothing but trailers, which are both then. */
  protected get onlyTrailers(): HttpHeaders | undefined {
    return this.bodied ? undefined : this.#onlyTrailers;
  }

  protected onAnswer(status: number, headers: HttpHeaders): void {
    const { type } = this;
    const said = String(headers["content-type"] ?? "");
    if (status !== 200) {
      const message = `the server answered with HTTP ${status}`;
      if (!hasStatus(headers) || !said.startsWith(type)) {
        throw new RpcError({ code: codeOfHttpStatus(status), message, metadata: metadataOf(headers) });
      }
      this.#onlyTrailers = headers;
      return this.answer(headers, undefined);
    }
    const { codec } = this.operation;
    const expected = `${type}+${codec}`;
    const bare = codec === "proto" && sameType(said, type);
    if (!bare && !sameType(said, expected)) throw unexpectedType(said, expected, type);
    if (hasStatus(headers)) this.#onlyTrailers = headers;
    this.answer(headers, headers["grpc-encoding"]);
  }

  /** The call ends as the trailers say; `undefined` where there are none. */
  protected conclude(trailers: HttpHeaders | undefined): void {
    if (this.partial) throw truncated();
    if (trailers === undefined) {
      throw new RpcError({ code: "INTERNAL", message: "the answer ended without a grpc-status" });
    }
    const metadata = metadataOf(trailers);
    const error = readTrailers(trailers, { metadata: this.heard(metadata), method: this.posting.codec.method });
    if (error === undefined) this.succeed(trailers);
    else this.fail(error);
  }
}
