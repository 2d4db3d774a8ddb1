import { contractMisfit, jsonShape } from "../contract/json-shape.ts";
import type { ContractLimits } from "../contract/limits.ts";
import type { RpcError } from "../error.ts";
import { protocolError } from "./protocol-error.ts";

/** The JSON of BIND and BOUND nests nine deep; what later versions add may nest deeper. */
const MAX_NESTING = 16;

/**
 * Why the JSON of a BIND or BOUND is not to be parsed; `undefined` where it may be. Throws a protocol error where no contract
 * can be meant.
 */
export function bindMisfit(b: Uint8Array, start: number, end: number, limits: ContractLimits): RpcError | undefined {
  const shape = jsonShape(b, start, end);
  if (shape.nesting > MAX_NESTING) throw protocolError(`the JSON of a BIND or BOUND nests deeper than ${MAX_NESTING}`);
  return contractMisfit(shape, limits);
}
