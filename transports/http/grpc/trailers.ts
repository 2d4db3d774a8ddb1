import { decodeStatus, type ErrorDetail, errorOf } from "../../../codecs/protobuf/status.ts";
import { fromBase64 } from "../../../core/base64.ts";
import { codeFromNumber } from "../../../core/code.ts";
import type { MethodDescriptor } from "../../../core/contract/contract.ts";
import { RpcError } from "../../../core/error.ts";
import type { Metadata } from "../../../core/metadata.ts";
import type { HttpHeaders } from "../message.ts";
import { percentDecoded } from "./status.ts";

const STATUS = /^\d{1,3}$/;

/** Whether trailers, or the headers of an answer that has nothing else, say how the call ended. */
export function hasStatus(trailers: HttpHeaders): boolean {
  return trailers["grpc-status"] !== undefined;
}

/**
 * The error that trailers tell of; `undefined` where they say that all went well. Throws where what they say is no status.
 * https://grpc.github.io/grpc/core/md_doc__p_r_o_t_o_c_o_l-_h_t_t_p2.html, "Responses"
 */
export function readTrailers(
  trailers: HttpHeaders,
  { metadata, method }: { readonly metadata: Metadata; readonly method: MethodDescriptor },
): RpcError | undefined {
  const said = String(trailers["grpc-status"]);
  if (!STATUS.test(said)) {
    throw new RpcError({
      code: "INTERNAL",
      message: `grpc-status is ${JSON.stringify(said.slice(0, 40))}, which is no number`,
    });
  }
  const number = Number(said);
  if (number === 0) return undefined;
  const head = {
    code: codeFromNumber(number),
    message: percentDecoded(String(trailers["grpc-message"] ?? "")),
    metadata,
    retryable: trailers["trunkline-retryable"] !== undefined,
  };
  return errorOf(head, detailsIn(trailers["grpc-status-details-bin"]), method);
}

function detailsIn(header: HttpHeaders[string]): readonly ErrorDetail[] {
  const bytes = typeof header === "string" ? fromBase64(header) : undefined;
  if (bytes === undefined) return [];
  try {
    return decodeStatus(bytes).details;
  } catch {
    // Code and message have arrived, without them.
    return [];
  }
}
