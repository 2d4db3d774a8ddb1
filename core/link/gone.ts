import { RpcError } from "../error.ts";

/** What was closed, so that nothing goes through it any more. */
export type Gone = "client" | "reference";

export function refusedRefer(gone: Gone): RpcError {
  const message = gone === "client" ? "the client is closed; connect again" : "the reference was released; refer again";
  return new RpcError({ code: "FAILED_PRECONDITION", message });
}

export function refusedCall(gone: Gone, service: string): RpcError {
  const message =
    gone === "client"
      ? `the client is closed; connect again to call ${service}`
      : `the reference was released; refer again to call ${service}`;
  return new RpcError({ code: "UNAVAILABLE", message });
}
