import type { RpcError } from "../../core/error.ts";
import { curtailed, parseErrorHead, printErrorHead } from "../../core/error-head.ts";
import { sourceOf } from "../../core/error-source.ts";
import type { ServerHost } from "../../core/transport.ts";
import type { HttpCall } from "./answer.ts";

/** As much as other transports carry of an error beside its fields. */
const MAX_ERROR_BYTES = 65_535;

/**
 * An error as it may travel: a copy whose metadata and details are sound and not too large, since it may be of another copy of this
 * package, or changed. What stays behind the server is told.
 */
export function travelling(error: RpcError, call: HttpCall, { onError }: Pick<ServerHost, "onError">): RpcError {
  const declared = call.operation.codec.errors.get(error.name);
  const { json, lost } = printErrorHead(error, declared?.type.name, MAX_ERROR_BYTES);
  if (lost !== undefined) onError(curtailed(error, lost), sourceOf(call));
  const { message = "", retryable, metadata, details } = parseErrorHead(json);
  const sound = Object.entries({ message, retryable, metadata, details, code: error.code, name: error.name });
  const own = Object.fromEntries(sound.map(([name, value]) => [name, { value, enumerable: true }]));
  const members = { ...Object.getOwnPropertyDescriptors(error), ...own };
  return Object.create(Object.getPrototypeOf(error), members) as RpcError;
}
