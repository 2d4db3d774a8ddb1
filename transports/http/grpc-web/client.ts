import type { Posted } from "../../../core/call/answers.ts";
import { RpcError } from "../../../core/error.ts";
import type { Posting } from "../../../core/link/addressed-session.ts";
import { type ClientProtocol, type ClientSite, headersFor, OperationRequests } from "../client-site.ts";
import { flag } from "../envelope.ts";
import { GrpcAnswer } from "../grpc/answer.ts";
import type { HttpHeaders } from "../message.ts";
import { writeGrpcTimeout } from "../timeout.ts";
import { readTrailersFrame } from "./frame.ts";

const TYPE = "application/grpc-web";

/** gRPC whose trailers are a part of the body. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md */
export class GrpcWebClient implements ClientProtocol {
  readonly #site: ClientSite;
  readonly #requests: OperationRequests;

  constructor(site: ClientSite) {
    this.#site = site;
    const { accept, send } = site.compression;
    this.#requests = new OperationRequests(site, (codec) => ({
      "content-type": `${TYPE}+${codec}`,
      "x-grpc-web": "1",
      ...(accept !== undefined && { "grpc-accept-encoding": accept }),
      ...(send !== undefined && { "grpc-encoding": send.name }),
    }));
  }

  post(posting: Posting): Posted {
    const operation = this.#requests.of(posting);
    const headers = headersFor(posting, operation);
    if (posting.timeoutMs !== undefined) headers["grpc-timeout"] = writeGrpcTimeout(posting.timeoutMs);
    const call = new GrpcWebCall(this.#site, posting, operation);
    call.begin(headers);
    return call;
  }
}

class GrpcWebCall extends GrpcAnswer {
  protected readonly type = TYPE;
  #trailers: HttpHeaders | undefined = undefined;

  protected onSpecial(flags: number, payload: Uint8Array): void {
    if (flags !== flag.TRAILERS && flags !== (flag.TRAILERS | flag.COMPRESSED)) {
      const message = `the answer has a message with the flags ${flags}, which gRPC-Web does not know`;
      throw new RpcError({ code: "INTERNAL", message });
    }
    this.#trailers = readTrailersFrame(payload);
  }

  protected onBody(): void {
    this.conclude(this.#trailers ?? this.onlyTrailers);
  }
}
