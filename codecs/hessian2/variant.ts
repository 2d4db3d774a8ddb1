import type { Output } from "../../core/bytes/output.ts";
import type { Field, StructType } from "../../core/type/type.ts";
import { writeDefinition } from "./class-def.ts";
import type { Sheet } from "./sheet.ts";
import { MAX_HEAD_BYTES, writeObjectHead } from "./write.ts";

/** A struct of which some fields may be missing from the class that a message defines. */
export interface Variants {
  readonly name: string;
  readonly fields: readonly string[];
  /** Tells it from any other. */
  readonly key: string;
  /** The places, among the fields, of those that may be missing. */
  readonly mayLack: readonly number[];
}

export function variants(type: StructType, mayLack: readonly Field[]): Variants {
  const fields = type.fields.map((field) => field.name);
  return {
    name: type.name,
    fields,
    key: JSON.stringify([type.name, fields]),
    mayLack: mayLack.map((field) => type.fields.indexOf(field)),
  };
}

/** Begins an object of the class without the fields whose bits are set in `absent`; makes room for `reserve` bytes. */
export function openVariant(
  out: Output,
  position: number,
  sheet: Sheet,
  table: Variants,
  absent: number,
  reserve: number,
): number {
  const key = `${absent} ${table.key}`;
  sheet.shapes ??= new Map();
  let index = sheet.shapes.get(key);
  out.position = position;
  if (index === undefined) {
    index = sheet.classes++;
    sheet.shapes.set(key, index);
    const missing = new Set(table.mayLack.filter((_, i) => Math.floor(absent / 2 ** i) % 2 === 1));
    const fields = table.fields.filter((_, i) => !missing.has(i));
    out.position = writeDefinition(out, position, table.name, fields);
  }
  out.ensure(MAX_HEAD_BYTES + reserve);
  return writeObjectHead(out.buffer, out.position, index);
}
