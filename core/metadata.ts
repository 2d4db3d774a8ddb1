import { RpcError } from "./error.ts";

/** Key → value pairs that travel with a call. Keys are lower case; the values are text. */
export type Metadata = Readonly<Record<string, string>>;

export const emptyMetadata: Metadata = Object.freeze({});

/** Keys with this prefix are handed on by a handler to the calls that it makes. */
export const TRAVELLING_PREFIX = "x-";
const KEY = /^[a-z0-9][a-z0-9._-]*$/;

/** A checked, frozen copy. */
export function createMetadata(entries: Readonly<Record<string, string>>): Metadata {
  const copy: Record<string, string> = {};
  for (const [key, value] of Object.entries(entries)) {
    if (!KEY.test(key) || typeof value !== "string") {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `metadata ${JSON.stringify(key)}: a key is of a-z 0-9 . _ - and a value is a string`,
      });
    }
    copy[key] = value;
  }
  return Object.freeze(copy);
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
