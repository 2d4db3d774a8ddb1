import { fromBase64, toBase64 } from "./base64.ts";

/**
 * Names and values that travel with a call, as they are read: one text for each name. Several values of one name are joined by
 * `, `, and bytes, which stand under names that end in `-bin`, are base64; `valuesOf` and `bytesOf` give them as they were.
 * Names are of `a-z 0-9 . _ -` and begin with a letter or digit; capitals become small. Texts have no control characters, so
 * that every transport can carry them.
 */
export type Metadata = Readonly<Record<string, string>>;

export type MetadataValue = string | Uint8Array;

/** Metadata as one writes them: under a name one value, or a list of them. Bytes, or their base64, under names in `-bin`. */
export type MetadataInput = Readonly<Record<string, MetadataValue | readonly MetadataValue[]>>;

/**
 * Under this symbol metadata keep the texts of names that have several, which a join cannot be taken apart into. A spread copies
 * it; what it holds counts only where the joined text is still that of the name.
 */
const VALUES = Symbol.for("trunkline.metadata.values");
type Values = Readonly<Record<string, readonly string[]>>;
interface WithValues {
  readonly [VALUES]?: Values;
}

export const emptyMetadata: Metadata = Object.freeze({});

/** Names with this prefix are handed on by a handler to the calls that it makes. */
export const TRAVELLING_PREFIX = "x-";
const KEY = /^[a-z0-9][a-z0-9._-]*$/i;
/** Control characters, which would end a header of HTTP, and halves of surrogate pairs, which no encoding can carry. */
const NO_TEXT = /[\p{Cc}\p{Cs}]/u;
const BINARY = "-bin";
const JOINT = ", ";

/**
 * A checked, frozen copy; of several the last that has a name has it. Throws a `TypeError` that names the key; two spellings of
 * one key are refused.
 */
export function createMetadata(entries: MetadataInput, ...more: readonly MetadataInput[]): Metadata {
  const first = checkedCopy(entries);
  return Object.freeze(more.length === 0 ? first : mergedMetadata(first, ...more.map(checkedCopy)));
}

/** Of metadata that are checked: all of them, where the last that has a name has it. */
export function mergedMetadata(...all: readonly Metadata[]): Metadata {
  const merged: Metadata = Object.assign({}, ...all);
  let values: Record<string, readonly string[]> | undefined;
  for (const one of all) {
    const own = (one as WithValues)[VALUES];
    if (own !== undefined) values = Object.assign(values ?? {}, own);
  }
  return values === undefined ? merged : withValues(merged, values);
}

/** Every text of a name, in their order; bytes as base64. None where the name is not there. */
export function valuesOf(metadata: Metadata, name: string): readonly string[] {
  const key = name.toLowerCase();
  const text = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (text === undefined) return [];
  // The alphabet of base64 has no comma.
  if (key.endsWith(BINARY)) return text.split(JOINT);
  return severalOf(metadata, key) ?? [text];
}

/** The bytes of every value of a name that ends in `-bin`. Throws a `TypeError` for any other name. */
export function bytesOf(metadata: Metadata, name: string): readonly Uint8Array[] {
  if (!name.toLowerCase().endsWith(BINARY)) {
    throw new TypeError(`metadata ${shown(name)}: bytes stand under a name that ends in -bin; ask valuesOf`);
  }
  return valuesOf(metadata, name).map((text) => fromBase64(text) ?? new Uint8Array());
}

/** What JSON is made of: lists where a name has several texts. */
export function metadataJson(metadata: Metadata): Readonly<Record<string, string | readonly string[]>> {
  const values = (metadata as WithValues)[VALUES];
  if (values === undefined) return metadata;
  const json: Record<string, string | readonly string[]> = { ...metadata };
  for (const key of Object.keys(values)) {
    const several = severalOf(metadata, key);
    if (several !== undefined) json[key] = several;
  }
  return json;
}

function severalOf(metadata: Metadata, key: string): readonly string[] | undefined {
  const values = (metadata as WithValues)[VALUES];
  const several = values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
  return several?.join(JOINT) === metadata[key] ? several : undefined;
}

function withValues(metadata: Metadata, values: Values): Metadata {
  const kept = Object.fromEntries(Object.entries(values).filter(([key, own]) => own.join(JOINT) === metadata[key]));
  const entries: Record<string, string> = { ...metadata };
  delete (entries as { [VALUES]?: Values })[VALUES];
  return Object.keys(kept).length === 0 ? entries : Object.assign(entries, { [VALUES]: Object.freeze(kept) });
}

function checkedCopy(entries: MetadataInput): Metadata {
  if (!isDictionary(entries)) throw new TypeError("metadata: expected an object whose members are strings");
  const copy: Record<string, string> = {};
  const known = (entries as WithValues)[VALUES];
  let values: Record<string, readonly string[]> | undefined;
  for (const [spelt, given] of Object.entries(entries)) {
    if (!KEY.test(spelt)) {
      throw new TypeError(
        `metadata ${shown(spelt)}: a key is of letters, digits, . _ - and begins with one of the former`,
      );
    }
    const key = spelt.toLowerCase();
    if (Object.hasOwn(copy, key)) {
      throw new TypeError(`metadata ${shown(spelt)}: the key stands twice, in another spelling; capitals become small`);
    }
    const several = Array.isArray(given)
      ? (given as readonly MetadataValue[])
      : known === undefined
        ? undefined
        : severalOf(entries as Metadata, spelt);
    if (several === undefined) {
      copy[key] = checkedText(spelt, key, given as MetadataValue);
      continue;
    }
    if (several.length === 0) continue;
    const texts = several.map((one) => checkedText(spelt, key, one));
    copy[key] = texts.join(JOINT);
    if (texts.length === 1 || key.endsWith(BINARY)) continue;
    values ??= {};
    values[key] = Object.freeze(texts);
  }
  return values === undefined ? copy : Object.assign(copy, { [VALUES]: Object.freeze(values) });
}

function checkedText(spelt: string, key: string, value: MetadataValue): string {
  if (key.endsWith(BINARY)) return base64Of(spelt, value);
  if (typeof value !== "string") {
    const got = value === null ? "null" : value instanceof Uint8Array ? "bytes" : typeof value;
    if (got === "bytes") {
      throw new TypeError(`metadata ${shown(spelt)}: bytes stand under a name that ends in -bin; call it so`);
    }
    throw new TypeError(`metadata ${shown(spelt)}: a value is a string, got ${got}`);
  }
  if (NO_TEXT.test(value)) {
    throw new TypeError(
      `metadata ${shown(spelt)}: a value is text without control characters; encode it, as in base64`,
    );
  }
  return value;
}

/** Whatever alphabet and padding they came in, and also several that some transport has joined. */
function base64Of(spelt: string, value: MetadataValue): string {
  if (value instanceof Uint8Array) return toBase64(value);
  const texts = typeof value === "string" ? value.split(",") : [undefined];
  return texts
    .map((text) => {
      const bytes = text === undefined ? undefined : fromBase64(text.trim());
      if (bytes !== undefined) return toBase64(bytes);
      throw new TypeError(
        `metadata ${shown(spelt)}: a name that ends in -bin has bytes; give a Uint8Array, or its base64`,
      );
    })
    .join(JOINT);
}

/** What of `entries` may travel, whoever made them, and why the rest may not. */
export function soundMetadata(entries: unknown): { readonly metadata: Metadata; readonly refused: string | undefined } {
  if (!isDictionary(entries)) return { metadata: emptyMetadata, refused: undefined };
  const sound: Metadata[] = [];
  let refused: string | undefined;
  const json = metadataJson(entries as Metadata);
  for (const [key, value] of Object.entries(json)) {
    try {
      sound.push(checkedCopy({ [key]: value }));
    } catch (error) {
      refused ??= (error as TypeError).message;
    }
  }
  return { metadata: mergedMetadata(...sound), refused };
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
  const values = (metadata as WithValues)[VALUES];
  return picked === undefined || values === undefined ? picked : withValues(picked, values);
}
