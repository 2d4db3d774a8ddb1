import { RpcError } from "../error.ts";

/** The connection ended under a call. `harmless`: it may be sent again, or the caller can see how far it came. */
export function lost(error: RpcError, method: string, harmless: boolean): RpcError {
  const outcome = harmless ? "" : "; outcome unknown: it may or may not have been done";
  return new RpcError({
    code: error.code === "INTERNAL" ? "UNAVAILABLE" : error.code,
    message: `${method}: the connection was lost while the call was in progress (${error.message})${outcome}`,
    cause: error,
    details: harmless ? undefined : { outcome: "unknown" },
  });
}
