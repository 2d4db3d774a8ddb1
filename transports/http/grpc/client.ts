import type { Posted } from "../../../core/call/answers.ts";
import { RpcError } from "../../../core/error.ts";
import type { Posting } from "../../../core/link/addressed-session.ts";
import { type ClientProtocol, type ClientSite, headersFor, OperationRequests } from "../client-site.ts";
import type { HttpHeaders } from "../message.ts";
import { writeGrpcTimeout } from "../timeout.ts";
import { GrpcAnswer } from "./answer.ts";
import { hasStatus } from "./trailers.ts";

const TYPE = "application/grpc";

/** https://grpc.github.io/grpc/core/md_doc__p_r_o_t_o_c_o_l-_h_t_t_p2.html */
export class GrpcClient implements ClientProtocol {
  readonly #site: ClientSite;
  readonly #requests: OperationRequests;

  constructor(site: ClientSite) {
    this.#site = site;
    const { accept, send } = site.compression;
    this.#requests = new OperationRequests(site, (codec) => ({
      "content-type": `${TYPE}+${codec}`,
      te: "trailers",
      ...(accept !== undefined && { "grpc-accept-encoding": accept }),
      ...(send !== undefined && { "grpc-encoding": send.name }),
    }));
  }

  post(posting: Posting): Posted {
    const operation = this.#requests.of(posting);
    const headers = headersFor(posting, operation);
    if (posting.timeoutMs !== undefined) headers["grpc-timeout"] = writeGrpcTimeout(posting.timeoutMs);
    const call = new GrpcCall(this.#site, posting, operation);
    call.begin(headers);
    return call;
  }
}

class GrpcCall extends GrpcAnswer {
  protected readonly type = TYPE;

  protected onSpecial(flags: number): void {
    throw new RpcError({
      code: "INTERNAL",
      message: `the answer has a message with the flags ${flags}, which gRPC does not know`,
    });
  }

  protected onBody(trailers: HttpHeaders): void {
    this.conclude(hasStatus(trailers) ? trailers : this.onlyTrailers);
  }
}
