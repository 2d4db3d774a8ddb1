import { RpcError } from "../../core/error.ts";
import { plain } from "../../core/plain.ts";
import type { ErrorType } from "../../core/type.ts";

/** A declared error: the class at the caller, and how its fields get there. */
export interface ErrorCrossing {
  readonly type: ErrorType;
  readonly copy: (value: unknown) => unknown;
}

const MAX_DEPTH = 64;

/** The error as the other side sees it: what would cross a wire, so neither cause nor stack. */
export function crossError(error: RpcError, declared: ReadonlyMap<string, ErrorCrossing> | undefined): RpcError {
  const { code, message, metadata, retryable } = error;
  const options = { message, metadata: { ...metadata }, details: copyDetails(error.details), retryable };
  const known = declared?.get(error.name);
  if (known) {
    try {
      return known.type.create(known.copy(error) as Record<string, unknown>, options);
    } catch {
      // A declared error whose fields do not fit its type arrives without them.
    }
  }
  return new RpcError({ ...options, code });
}

function copyDetails(details: unknown): unknown {
  if (details === undefined) return undefined;
  try {
    return plain(details, MAX_DEPTH);
  } catch {
    return undefined;
  }
}
