import type { RpcError } from "../error.ts";
import type { ContractLimits } from "./limits.ts";
import { tooLarge } from "./malformed.ts";

/** Lists and objects for each type and field that a contract may have. */
const CONTAINERS = 4;
/** Members and items, likewise. */
const MEMBERS = 10;

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'"\\,[]{}'].map((one) =>
  one.charCodeAt(0),
);

/** How much there is in a JSON text. */
export interface JsonShape {
  readonly bytes: number;
  /** Lists and objects. */
  readonly containers: number;
  /** At the least. */
  readonly members: number;
  readonly nesting: number;
}

/** One look at the bytes, before they are parsed: a megabyte of empty lists takes the parser a tenth of a second. */
export function jsonShape(b: Uint8Array, start: number, end: number): JsonShape {
  let [containers, members, depth, nesting] = [0, 0, 0, 0];
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
        if (++depth > nesting) nesting = depth;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--;
        break;
      default:
    }
  }
  return { bytes: end - start, containers, members, nesting };
}

/** Why JSON of this shape is no contract within the limits; `undefined` where it may be one. */
export function contractMisfit(
  { bytes, containers, members }: JsonShape,
  limits: ContractLimits,
): RpcError | undefined {
  const { maxContractBytes, maxContractTypes, maxContractFields } = limits;
  if (bytes > maxContractBytes) return tooLarge("maxContractBytes", maxContractBytes, `it has ${bytes} bytes`);
  const most = maxContractTypes + maxContractFields;
  if (containers <= CONTAINERS * most && members <= MEMBERS * most) return undefined;
  const what = `its JSON has ${containers} lists and objects, ${members} members`;
  return tooLarge("maxContractFields", maxContractFields, what);
}
