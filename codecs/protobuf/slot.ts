import { zero } from "../../core/compile/check.ts";
import { charge } from "../../core/compile/cursor.ts";
import { roomFor } from "../../core/compile/entry.ts";
import { ENTRY, GROWING, GROWING_SLOT, itemCost, LIST, MAP, scalarCost } from "../../core/compile/memory.ts";
import { keyStep } from "../../core/compile/misfit.ts";
import { setOwn } from "../../core/compile/plain.ts";
import type { ListType, MapType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { zeroOf } from "./absent.ts";
import { truncated } from "./cursor.ts";
import { type IntegerForm, keyForm, unwrapped, zeroKey } from "./form.ts";
import { isMessage, LENGTH, packs, wireTypeOf, wireTypeOfForm } from "./format.ts";
import { at, expectWireType, gather, type Named, type ReadSpans, type Slot, type Spans, takeSpan } from "./pieces.ts";
import { readLength } from "./read.ts";
import { readInteger, readMoment, readScalar, type Scalar } from "./scalar.ts";

/** Gives the reader of a nested record; made on its first use, so that a record may contain itself. */
export type ReaderOf = (writer: StructType | UnionType, reader: StructType | UnionType) => ReadSpans;

const STRING = Object.freeze({ kind: "string" }) as Scalar;
const BOOL = Object.freeze({ kind: "bool" }) as Scalar;

export function valueSlot(writer: Type, reader: Type, readerOf: ReaderOf): Slot {
  const pieces = (finish: ReadSpans): Slot => ({
    take: (cursor, wireType, state) => {
      expectWireType(LENGTH, wireType, reader);
      return takeSpan(cursor, state as Spans | undefined);
    },
    finish: (cursor, state, depth) => finish(cursor, state as Spans, depth),
  });
  /** A message with the field 1 alone. */
  const wrapper = (slot: Slot, absent: () => unknown): Slot => {
    const named = { name: "", slot };
    return pieces((cursor, spans, depth) => {
      let state: unknown;
      gather(
        cursor,
        spans,
        depth,
        (number) => (number === 1 ? named : undefined),
        (_, one, wireType) => {
          state = one.slot.take(cursor, wireType, state);
        },
      );
      return state === undefined ? absent() : slot.finish(cursor, state, depth);
    });
  };
  const wrapped = unwrapped(writer);
  if (wrapped !== undefined) return wrapper(valueSlot(wrapped, reader, readerOf), zeroOf(wrapped, reader));
  switch (reader.kind) {
    case "struct":
    case "union": {
      let read: ReadSpans | undefined;
      return pieces((cursor, spans, depth) => {
        read ??= readerOf(writer as typeof reader, reader);
        return read(cursor, spans, depth);
      });
    }
    case "list":
    case "map":
      return wrapper(repeatedSlot(writer as typeof reader, reader, readerOf), () => zero(reader));
    case "timestamp":
      return pieces(readMoment);
    default: {
      const read = readScalar(writer as Scalar, reader as Scalar);
      const expected = wireTypeOf(writer);
      return {
        take: (cursor, wireType) => {
          expectWireType(expected, wireType, reader);
          return read(cursor);
        },
        finish: (_, state) => state,
      };
    }
  }
}

export function repeatedSlot(writer: ListType | MapType, reader: ListType | MapType, readerOf: ReaderOf): Slot {
  return reader.kind === "list"
    ? listSlot(writer as ListType, reader, readerOf)
    : mapSlot(writer as MapType, reader, readerOf);
}

function listSlot(writer: ListType, reader: ListType, readerOf: ReaderOf): Slot {
  const item = valueSlot(writer.item, reader.item, readerOf);
  const wireType = wireTypeOf(writer.item);
  const packable = packs(writer.item);
  const cost = itemCost(reader.item, GROWING_SLOT);
  return {
    take: (cursor, actual, state) => {
      const items = (state ?? []) as unknown[];
      if (state === undefined) charge(cursor, LIST + GROWING);
      const one = (): void => {
        charge(cursor, cost);
        items.push(
          at(
            () => `[${items.length}]`,
            () => item.take(cursor, packable ? wireType : actual, undefined),
          ),
        );
      };
      if (!packable || actual !== LENGTH) {
        if (packable) expectWireType(wireType, actual, reader.item);
        one();
        return items;
      }
      const { e } = cursor;
      const length = readLength(cursor);
      cursor.e = cursor.p + length;
      while (cursor.p < cursor.e) one();
      if (cursor.p > cursor.e) throw truncated(cursor);
      cursor.e = e;
      return items;
    },
    finish: (cursor, state, depth) => {
      const items = state as unknown[];
      for (let i = 0; i < items.length; i++) {
        items[i] = at(
          () => `[${i}]`,
          () => item.finish(cursor, items[i], depth - 1),
        );
      }
      return items;
    },
  };
}

function keySlot(form: IntegerForm | "bool" | undefined): Slot {
  const type = form === "bool" ? BOOL : STRING;
  const read = form === undefined || form === "bool" ? readScalar(type, type) : readInteger(form, "decimal");
  return {
    take: (cursor, wireType) => {
      expectWireType(wireTypeOfForm(form), wireType, type);
      return String(read(cursor));
    },
    finish: (_, state) => state,
  };
}

function mapSlot(writer: MapType, reader: MapType, readerOf: ReaderOf): Slot {
  const form = keyForm(writer);
  const key: Named = { name: "key", slot: keySlot(form) };
  const value: Named = { name: "value", slot: valueSlot(writer.value, reader.value, readerOf) };
  const absent = zeroOf(writer.value, reader.value);
  const embedded = isMessage(writer.value);
  const cost = ENTRY + scalarCost(reader.value);
  return {
    take: (cursor, wireType, state) => {
      expectWireType(LENGTH, wireType, reader);
      if (state === undefined) charge(cursor, MAP);
      charge(cursor, cost);
      return takeSpan(cursor, state as Spans | undefined);
    },
    finish: (cursor, state, depth) => {
      const spans = state as Spans;
      const map: Record<string, unknown> = {};
      let indexes = 0;
      for (let i = 0; i < spans.length; i += 2) {
        const states: unknown[] = [undefined, zeroKey(form), undefined];
        gather(
          cursor,
          spans.slice(i, i + 2),
          depth,
          (number) => (number === 1 ? key : number === 2 ? value : undefined),
          (number, named, actual) => {
            states[number] = named.slot.take(cursor, actual, states[number]);
          },
        );
        const name = states[1] as string;
        const one = at(
          () => keyStep(name),
          () => {
            if (states[2] !== undefined) return value.slot.finish(cursor, states[2], depth - 1);
            // An entry without a value has the message without fields.
            return embedded ? value.slot.finish(cursor, [], depth - 1) : absent();
          },
        );
        indexes = roomFor(map, name, indexes);
        setOwn(map, name, one);
      }
      return map;
    },
  };
}
