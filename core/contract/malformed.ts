import { RpcError } from "../error.ts";
import type { ContractLimits } from "./limits.ts";

/** A description of a contract is none. */
export function malformed(what: string): RpcError {
  return new RpcError({ code: "INVALID_ARGUMENT", message: `the description of the contract is malformed: ${what}` });
}

/** The contract that somebody else described is beyond a limit of this side. */
export function tooLarge(limit: keyof ContractLimits, value: number, what: string): RpcError {
  return new RpcError({
    code: "RESOURCE_EXHAUSTED",
    message: `the peer's contract is too large: ${what}, over ${limit} (${value}); raise the limit on the side that refuses, or split the service`,
  });
}
