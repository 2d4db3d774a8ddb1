import { charge } from "../../core/compile/cursor.ts";
import { structMaker } from "../../core/compile/literal.ts";
import { absentCost, optionalCosts, scalarCost, structCost, UNION } from "../../core/compile/memory.ts";
import { Misfit } from "../../core/compile/misfit.ts";
import { fieldsByName } from "../../core/type/fields-by-name.ts";
import type { ListType, MapType, StructType, UnionType } from "../../core/type/type.ts";
import { absentField } from "./absent.ts";
import { repeats } from "./format.ts";
import { at, gather, type Named, type ReadSpans, type Slot } from "./pieces.ts";
import { type ReaderOf, repeatedSlot, valueSlot } from "./slot.ts";

/**
 * The exact reader: it resolves a writer's record with a reader's, by name, into closures (nothing of the writer's type
 * becomes code), takes every form that Protobuf allows, and says what does not fit.
 */
export function resolveRecord(
  writer: StructType | UnionType,
  reader: StructType | UnionType,
  readerOf: ReaderOf,
): ReadSpans {
  return reader.kind === "union"
    ? resolveUnion(writer as UnionType, reader, readerOf)
    : resolveStruct(writer as StructType, reader, readerOf);
}

function resolveStruct(writer: StructType, reader: StructType, readerOf: ReaderOf): ReadSpans {
  const byNumber = new Map<number, Named & { readonly index: number }>();
  const writtenBy = fieldsByName(writer.fields);
  const optional = optionalCosts(reader);
  const fields = reader.fields.map((field, index) => {
    const written = writtenBy.get(field.name);
    const absent = absentField(field, written);
    const costs = { present: optional.get(field) ?? 0, absent: absentCost(field) };
    if (written === undefined) return { field, absent, costs, slot: undefined };
    const slot = repeats(written)
      ? repeatedSlot(written.type as ListType | MapType, field.type as ListType | MapType, readerOf)
      : valueSlot(written.type, field.type, readerOf);
    byNumber.set(written.number, { index, name: field.name, slot });
    return { field, absent, costs, slot };
  });
  const make = structMaker(reader);
  const cost = structCost(reader);
  return (cursor, spans, depth) => {
    charge(cursor, cost);
    const states: unknown[] = new Array(fields.length);
    gather(
      cursor,
      spans,
      depth,
      (number) => byNumber.get(number),
      (_, named, wireType) => {
        const { index } = named as Named & { readonly index: number };
        states[index] = named.slot.take(cursor, wireType, states[index]);
      },
    );
    const values = fields.map(({ field, absent, costs, slot }, i) => {
      const state = states[i];
      return at(
        () => field.name,
        () => {
          if (state === undefined || slot === undefined) {
            charge(cursor, costs.absent);
            return absent();
          }
          charge(cursor, costs.present);
          return slot.finish(cursor, state, depth - 1);
        },
      );
    });
    return make(values);
  };
}

function resolveUnion(writer: UnionType, reader: UnionType, readerOf: ReaderOf): ReadSpans {
  const expected = `one of ${reader.fields.map((field) => field.name).join(", ")}`;
  const cases = new Map<number, Named>();
  const costs = new Map<number, number>();
  const mine = fieldsByName(reader.fields);
  for (const written of writer.fields) {
    const field = mine.get(written.name);
    const slot = field === undefined ? refused(expected, written.name) : valueSlot(written.type, field.type, readerOf);
    if (field !== undefined) costs.set(written.number, UNION + scalarCost(field.type));
    cases.set(written.number, { name: field === undefined ? "" : written.name, slot });
  }
  return (cursor, spans, depth) => {
    let last = 0;
    let state: unknown;
    gather(
      cursor,
      spans,
      depth,
      (number) => cases.get(number),
      (number, named, wireType) => {
        // The last case wins; the same message again is merged.
        state = named.slot.take(cursor, wireType, last === number ? state : undefined);
        last = number;
      },
    );
    const named = cases.get(last);
    if (named === undefined) throw new Misfit("", expected, undefined);
    const kind = named.name;
    charge(cursor, costs.get(last) as number);
    const value = at(
      () => kind,
      () => named.slot.finish(cursor, state, depth - 1),
    );
    return { kind, value };
  };
}

/** A case that the reader does not have. */
function refused(expected: string, name: string): Slot {
  const refuse = (): never => {
    throw new Misfit("", expected, name);
  };
  return { take: refuse, finish: refuse };
}
