import { codes } from "../../core/code.ts";
import { RpcError } from "../../core/error.ts";
import { curtailed, parseErrorHead, printErrorHead } from "../../core/error-head.ts";
import type { ErrorType } from "../../core/type/type.ts";

/** A declared error: the class at the caller, and how its fields get there. */
export interface ErrorCrossing {
  readonly type: ErrorType;
  readonly copy: (value: unknown) => unknown;
}

/** As in a frame, whose head has a length of 16 bits. */
const MAX_HEAD_BYTES = 65_535;

/**
 * The error as the other side sees it: what would cross a wire, as text, so neither cause nor stack. `onError` is that of
 * the side that threw it, told of what had to stay behind.
 */
export function crossError(
  error: RpcError,
  declared: ReadonlyMap<string, ErrorCrossing> | undefined,
  onError: (error: RpcError) => void,
): RpcError {
  const { json, lost } = printErrorHead(error, undefined, MAX_HEAD_BYTES);
  if (lost !== undefined) onError(curtailed(error, lost));
  const { message = "", retryable, metadata, details } = parseErrorHead(json);
  const options = { message, retryable, metadata, details };
  const known = declared?.get(error.name);
  if (known) {
    try {
      return known.type.create(known.copy(error) as Record<string, unknown>, options);
    } catch {
      // A declared error whose fields do not fit its type arrives without them.
    }
  }
  return new RpcError({ ...options, code: Object.hasOwn(codes, error.code) ? error.code : "UNKNOWN" });
}
