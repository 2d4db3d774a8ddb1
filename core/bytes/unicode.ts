import { isWellFormed } from "../well-formed.ts";
import { hasReplacement } from "./text.ts";

/** From here on a native search of the bytes costs less than a look at every unit (measured on Node 20). */
const LONG = 400;

/** `isWellFormed`, of text whose UTF-8 stands at `start` to `end`, where half a pair became U+FFFD. */
export function isWellFormedAs(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  return (text.length >= LONG && !hasReplacement(bytes, start, end)) || isWellFormed(text);
}
