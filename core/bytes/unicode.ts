import { hasReplacement } from "./text.ts";

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** False for text with half a surrogate pair, which UTF-8 cannot say. */
export const isWellFormed: (text: string) => boolean =
  "isWellFormed" in String.prototype
    ? (text) => (text as unknown as { isWellFormed(): boolean }).isWellFormed()
    : (text) => !LONE_SURROGATE.test(text);

/** From here on a native search of the bytes costs less than a look at every unit (measured on Node 20). */
const LONG = 400;

/** The same, of text whose UTF-8 stands at `start` to `end`, where half a pair became U+FFFD. */
export function isWellFormedAs(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  return (text.length >= LONG && !hasReplacement(bytes, start, end)) || isWellFormed(text);
}
