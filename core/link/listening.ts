import { RpcError } from "../error.ts";

/** What Node's servers have. */
interface Binding {
  once(event: "error", listener: (error: Error) => void): unknown;
  removeAllListeners(event: "error"): unknown;
  listen(where: object, bound: () => void): unknown;
}

/** Connections that the kernel keeps for a server which is busy. */
const BACKLOG = 1024;

/** Binds a server, to `{ host, port }` or `{ path }`; rejects where it cannot be. What errs later is its owner's to hear. */
export function listening(server: Binding, url: string, where: object): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(url, error)));
    server.listen({ ...where, backlog: BACKLOG }, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

/** By Node's word for it an address in use is told apart. */
function cannotListen(url: string, error: Error & { readonly code?: unknown }): RpcError {
  const inUse = error.code === "EADDRINUSE";
  return new RpcError({
    code: inUse ? "ALREADY_EXISTS" : "UNAVAILABLE",
    message: inUse
      ? `${url}: the address is in use; stop what listens there, or choose another port (0 picks a free one)`
      : `${url}: ${error.message}`,
    cause: error,
  });
}
