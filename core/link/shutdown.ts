import { RpcError } from "../error.ts";

/** What cuts a server's connections where nobody gave another reason. */
export function shutdown(): RpcError {
  return new RpcError({ code: "UNAVAILABLE", message: "the server is shutting down" });
}
