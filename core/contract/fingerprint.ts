import { digest } from "./digest.ts";
import { type Described, wirePart } from "./print-contract.ts";

/** Not a defence: a peer that lies about its fingerprint only garbles its own calls. */
export function fingerprint(contract: Described): string {
  return digest(JSON.stringify(wirePart(contract)));
}
