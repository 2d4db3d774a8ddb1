import { charge } from "../../core/compile/cursor.ts";
import { GROWING, GROWING_SLOT, LIST, SLOT } from "../../core/compile/memory.ts";
import { Misfit, within } from "../../core/compile/misfit.ts";
import type { Type } from "../../core/type/type.ts";
import { type Cursor, tooDeep, truncated } from "./cursor.ts";
import { readLength, readTag, skip } from "./read.ts";

/**
 * A message in the pieces in which it came, beginnings and ends: Protobuf reads an embedded message that comes twice
 * as if the two stood one after the other.
 */
export type Spans = number[];
/** What the pieces of a message take that came in one, until it is read. */
const SPAN = LIST + 2 * SLOT;
export type ReadSpans = (cursor: Cursor, spans: Spans, depth: number) => unknown;

/** How a field is read: each time it is found, and once when the message was gone through. */
export interface Slot {
  readonly take: (cursor: Cursor, wireType: number, state: unknown) => unknown;
  readonly finish: (cursor: Cursor, state: unknown, depth: number) => unknown;
}
export interface Named {
  readonly name: string;
  readonly slot: Slot;
}

export function at<T>(step: () => string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw within(step(), thrown);
  }
}

/** Goes through all pieces of a message. */
export function gather(
  cursor: Cursor,
  spans: Spans,
  depth: number,
  find: (number: number) => Named | undefined,
  found: (number: number, named: Named, wireType: number) => void,
): void {
  if (depth < 0) throw tooDeep();
  for (let i = 0; i < spans.length; i += 2) {
    cursor.p = spans[i] as number;
    cursor.e = spans[i + 1] as number;
    while (cursor.p < cursor.e) {
      const number = readTag(cursor);
      const wireType = cursor.lo;
      if (cursor.p > cursor.e) throw truncated(cursor);
      const named = find(number);
      if (named === undefined) skip(cursor, number, wireType, depth);
      else
        at(
          () => named.name,
          () => found(number, named, wireType),
        );
      if (cursor.p > cursor.e) throw truncated(cursor);
    }
  }
}

export function expectWireType(expected: number, actual: number, type: Type): void {
  if (expected === actual) return;
  const name = "name" in type ? type.name : type.kind;
  throw new Misfit("", `${name} with wire type ${expected}`, actual);
}

/** Moves over the length and adds where it begins and ends to the pieces, if there are any yet. */
export function takeSpan(cursor: Cursor, spans: Spans | undefined): Spans {
  const length = readLength(cursor);
  const start = cursor.p;
  cursor.p += length;
  if (spans === undefined) {
    charge(cursor, SPAN);
    return [start, cursor.p];
  }
  charge(cursor, 2 * GROWING_SLOT + (spans.length === 2 ? GROWING : 0));
  spans.push(start, cursor.p);
  return spans;
}
