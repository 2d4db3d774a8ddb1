import { readErrorHead } from "../../core/call/read-error.ts";
import { codes } from "../../core/code.ts";
import type { RpcError } from "../../core/error.ts";
import { curtailed, printErrorHead } from "../../core/error-head.ts";
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
  const known = declared?.get(error.name);
  const { json, lost } = printErrorHead(error, known?.type.name, MAX_HEAD_BYTES);
  if (lost !== undefined) onError(curtailed(error, lost));
  const code = Object.hasOwn(codes, error.code) ? error.code : "UNKNOWN";
  return readErrorHead(json, code, () => known && { type: known.type, fields: () => known.copy(error) });
}
