import type { RpcError } from "../error.ts";
import type { ContractLimits } from "./limits.ts";
import { tooLarge } from "./printed-check.ts";
import { protocolError } from "./protocol-error.ts";

/** The JSON of BIND and BOUND nests five deep; what later versions add may nest deeper. */
const MAX_NESTING = 16;
/** Lists and objects for each type and field that a contract may have. */
const CONTAINERS = 4;
/** Members and items, likewise. */
const MEMBERS = 10;

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'"\\,[]{}'].map((one) =>
  one.charCodeAt(0),
);

/**
 * Why the JSON of a BIND or BOUND is not to be parsed; `undefined` where it may be. One look at its bytes: a megabyte
 * of empty lists takes the parser a tenth of a second. Throws a protocol error where no contract can be meant.
 */
export function contractMisfit(
  b: Uint8Array,
  start: number,
  end: number,
  limits: ContractLimits,
): RpcError | undefined {
  const { maxContractBytes, maxContractTypes, maxContractFields } = limits;
  let [containers, members, nesting] = [0, 0, 0];
  for (let p = start; p < end; p++) {
    switch (b[p]) {
      case QUOTE:
        for (p++; p < end && b[p] !== QUOTE; p++) if (b[p] === BACKSLASH) p++;
        break;
      case COMMA:
        members++;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        containers++;
        if (++nesting > MAX_NESTING)
          throw protocolError(`the JSON of a BIND or BOUND nests deeper than ${MAX_NESTING}`);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        nesting--;
        break;
      default:
    }
  }
  if (end - start > maxContractBytes)
    return tooLarge("maxContractBytes", maxContractBytes, `it has ${end - start} bytes`);
  const most = maxContractTypes + maxContractFields;
  if (containers <= CONTAINERS * most && members <= MEMBERS * most) return undefined;
  return tooLarge(
    "maxContractFields",
    maxContractFields,
    `its JSON has ${containers} lists and objects, ${members} members`,
  );
}
