/**
 * Key → value pairs that travel with a call. Keys are of `a-z 0-9 . _ -` and begin with a letter or digit; capitals become
 * small. Values are text without control characters, so that every transport can carry them.
 */
export type Metadata = Readonly<Record<string, string>>;

export const emptyMetadata: Metadata = Object.freeze({});

/** Keys with this prefix are handed on by a handler to the calls that it makes. */
export const TRAVELLING_PREFIX = "x-";
const KEY = /^[a-z0-9][a-z0-9._-]*$/i;
/** Control characters, which would end a header of HTTP, and halves of surrogate pairs, which no encoding can carry. */
const NO_TEXT = /[\p{Cc}\p{Cs}]/u;

/** A checked, frozen copy. Throws a `TypeError` that names the key; two spellings of one key are refused. */
export function createMetadata(entries: Readonly<Record<string, string>>): Metadata {
  if (!isDictionary(entries)) throw new TypeError("metadata: expected an object whose members are strings");
  const copy: Record<string, string> = {};
  for (const [spelt, value] of Object.entries(entries)) {
    if (!KEY.test(spelt)) {
      throw new TypeError(
        `metadata ${shown(spelt)}: a key is of letters, digits, . _ - and begins with one of the former`,
      );
    }
    if (typeof value !== "string") {
      throw new TypeError(
        `metadata ${shown(spelt)}: a value is a string, got ${value === null ? "null" : typeof value}`,
      );
    }
    if (NO_TEXT.test(value)) {
      throw new TypeError(
        `metadata ${shown(spelt)}: a value is text without control characters; encode it, as in base64`,
      );
    }
    const key = spelt.toLowerCase();
    if (Object.hasOwn(copy, key)) {
      throw new TypeError(`metadata ${shown(spelt)}: the key stands twice, in another spelling; capitals become small`);
    }
    copy[key] = value;
  }
  return Object.freeze(copy);
}

/** What of `entries` may travel, whoever made them, and why the rest may not. */
export function soundMetadata(entries: unknown): { readonly metadata: Metadata; readonly refused: string | undefined } {
  if (!isDictionary(entries)) return { metadata: emptyMetadata, refused: undefined };
  const copy: Record<string, string> = {};
  let refused: string | undefined;
  for (const [key, value] of Object.entries(entries)) {
    try {
      Object.assign(copy, createMetadata({ [key]: value as string }));
    } catch (error) {
      refused ??= (error as TypeError).message;
    }
  }
  return { metadata: copy, refused };
}

/** No list, `Map` or `Headers`, whose members are not where they look as if they were. */
function isDictionary(entries: unknown): entries is object {
  return typeof entries === "object" && entries !== null && !(Symbol.iterator in entries);
}

function shown(key: string): string {
  return JSON.stringify(key.length > 100 ? `${key.slice(0, 100)}…` : key);
}

/** What of a call's metadata its handler's own calls inherit; `undefined` if nothing. */
export function travelling(metadata: Metadata): Metadata | undefined {
  let picked: Record<string, string> | undefined;
  for (const key in metadata) {
    if (key.startsWith(TRAVELLING_PREFIX) || key === "traceparent" || key === "tracestate" || key === "baggage") {
      picked ??= {};
      picked[key] = metadata[key] as string;
    }
  }
  return picked;
}
