import { RpcError } from "../error.ts";

/** One more contract than a server lets a connection bind. */
export function tooManyBindings(maxBindings: number): RpcError {
  return new RpcError({
    code: "RESOURCE_EXHAUSTED",
    message: `maxBindings (${maxBindings}) contracts are bound on this connection; release references that are not needed, use another client, or raise the limit of the server`,
  });
}
