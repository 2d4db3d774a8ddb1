import { Output } from "../core/bytes/output.ts";
import type { Codec } from "../core/codec.ts";
import { wireTypes } from "../core/contract/print-contract.ts";
import { TypeReader } from "../core/contract/type-reader.ts";
import { messageOf } from "../core/error.ts";
import { checkReadable } from "../core/type/compat.ts";
import type { StructType } from "../core/type/type.ts";
import { meaningOf, type Rename } from "./meaning.ts";
import { type Finding, OK, type Verdict, type Verdicts } from "./outcome.ts";
import { differs, isBlank } from "./same-value.ts";
import { type Sampling, samplesOf } from "./samples.ts";

/** Two versions of a message, and where they differ. */
export interface Trial extends Sampling {
  readonly old: StructType;
  readonly new: StructType;
  /** From the old name to the new one. */
  readonly rename?: Rename;
}

/**
 * Writes and reads sample values of both versions, in both directions, as peers would. So the rules of evolution stand
 * in one place, the codec itself, and one that is added later needs none of its own. `undefined` where the codec can
 * carry neither version.
 */
export function tryOut(codec: Codec, trial: Trial): Verdicts | undefined {
  const { old, new: next, rename } = trial;
  const [mayOld, mayNew] = [old, next].map((type) => carries(codec, type));
  if (!mayOld && !mayNew) return undefined;
  const back = rename && { from: rename.to, to: rename.from };
  const verdict = (read: ReaderOf): Verdict => ({
    toOld: mayNew ? oneWay(codec, { ...trial, writer: next, reader: old, rename: back }, read) : OK,
    toNew: mayOld ? oneWay(codec, { ...trial, writer: old, reader: next, rename }, read) : OK,
  });
  return { negotiated: verdict(negotiatedReader), stored: verdict(storedReader) };
}

function carries(codec: Codec, type: StructType): boolean {
  try {
    codec.compile(type, type);
    return true;
  } catch {
    return false;
  }
}

interface Direction extends Sampling {
  readonly writer: StructType;
  readonly reader: StructType;
  readonly rename: Rename | undefined;
}
type ReaderOf = (codec: Codec, writer: StructType, reader: StructType) => (bytes: Uint8Array) => unknown;

function oneWay(codec: Codec, { writer, reader, focus, about, rename }: Direction, readerOf: ReaderOf): Finding {
  let read: (bytes: Uint8Array) => unknown;
  try {
    read = readerOf(codec, writer, reader);
  } catch (error) {
    return { outcome: "refused", error: messageOf(error) };
  }
  const write = codec.compile(writer, writer);
  const out = new Output();
  let worked = false;
  let refused: string | undefined;
  let blank = false;
  let unwritten: string | undefined;
  let wrote = false;
  for (const sample of samplesOf(writer, { focus, about })) {
    out.position = 0;
    try {
      write.encodeInto(sample, out);
    } catch (error) {
      // A form may carry less than its type: uint32 no negative number.
      unwritten ??= messageOf(error);
      continue;
    }
    wrote = true;
    let value: unknown;
    try {
      value = read(out.toBytes());
    } catch (error) {
      refused ??= messageOf(error);
      continue;
    }
    const meaning = meaningOf(sample, writer, reader, rename);
    const difference = meaning === undefined ? "garbled" : differs(meaning.value, value);
    const onlyLost = rename !== undefined && isOnlyLost(sample, writer, reader, value);
    if (difference === "garbled" && !onlyLost) return { outcome: "garbled" };
    if (difference !== undefined || meaning?.blank) blank = true;
    else if (!meaning?.vague && isTelling(sample, about)) worked = true;
  }
  if (!wrote && unwritten !== undefined) return { outcome: "refused", error: unwritten };
  const error = refused === undefined ? {} : { error: refused };
  if (blank) return { outcome: "blank", ...error };
  if (refused !== undefined) return { outcome: worked ? "partly" : "refused", error: refused };
  return OK;
}

/** Whether one of the fields has a value, however deep. */
function isTelling(sample: unknown, about: readonly string[]): boolean {
  if (typeof sample !== "object" || sample === null) return false;
  return Object.entries(sample).some(
    ([name, member]) => (about.includes(name) && !isBlank(member)) || isTelling(member, about),
  );
}

/** Whether a renamed field was read as if it were another one that nobody wrote. */
function isOnlyLost(sample: unknown, writer: StructType, reader: StructType, value: unknown): boolean {
  const plain = meaningOf(sample, writer, reader);
  return plain !== undefined && differs(plain.value, value) === undefined;
}

/** As peers do it who were told the other's contract: `core/wire/operation.ts`. */
const negotiatedReader: ReaderOf = (codec, writer, reader) => {
  const told = asTold(writer);
  checkReadable(told, reader, reader.name);
  checkReadable(writer, asTold(reader), reader.name);
  const { decode } = codec.compile(told, reader, { foreign: true });
  return (bytes) => decode(bytes, 0, bytes.length);
};

const storedReader: ReaderOf = (codec, _, reader) => {
  const { decode } = codec.compile(reader, reader);
  return (bytes) => decode(bytes, 0, bytes.length);
};

/** A type as it is after it came over a wire. */
function asTold(type: StructType): StructType {
  const { word, types } = wireTypes(type);
  return new TypeReader(types).type(word) as StructType;
}
