import { RpcError } from "../error.ts";

/** What a listener fails with, whose server could not be bound: by Node's word for it, an address in use is told apart. */
export function cannotListen(url: string, error: Error & { readonly code?: unknown }): RpcError {
  const inUse = error.code === "EADDRINUSE";
  return new RpcError({
    code: inUse ? "ALREADY_EXISTS" : "UNAVAILABLE",
    message: inUse
      ? `${url}: the address is in use; stop what listens there, or choose another port (0 picks a free one)`
      : `${url}: ${error.message}`,
    cause: error,
  });
}
