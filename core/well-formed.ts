const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** False for text with half a surrogate pair, which UTF-8 cannot say. */
export const isWellFormed: (text: string) => boolean =
  "isWellFormed" in String.prototype
    ? (text) => (text as unknown as { isWellFormed(): boolean }).isWellFormed()
    : (text) => !LONE_SURROGATE.test(text);

/** The text with U+FFFD for each half of a pair. */
export function wellFormed(text: string): string {
  return isWellFormed(text) ? text : text.replaceAll(new RegExp(LONE_SURROGATE, "g"), "\ufffd");
}
