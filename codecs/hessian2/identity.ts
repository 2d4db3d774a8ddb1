import type { Output } from "../../core/output.ts";
import type { Shape } from "../../core/source.ts";
import type { Type } from "../../core/type.ts";
import { REF } from "./format.ts";
import type { Sheet } from "./sheet.ts";
import { MAX_HEAD_BYTES, writeInt } from "./write.ts";

/** Writes a reference where `value` was written whole, as the same type; else returns -1. */
export function again(out: Output, position: number, sheet: Sheet, type: Type, value: unknown): number {
  const before = sheet.typed?.get(type)?.get(value);
  if (before === undefined) return -1;
  out.position = position;
  out.ensure(MAX_HEAD_BYTES);
  out.buffer[out.position] = REF;
  return writeInt(out.buffer, out.position + 1, before);
}

/** Remembers which node of the message `value` is. */
export function written(sheet: Sheet, type: Type, value: unknown, node: number): void {
  sheet.typed ??= new Map();
  let known = sheet.typed.get(type);
  if (known === undefined) {
    known = new Map();
    sheet.typed.set(type, known);
  }
  known.set(value, node);
}

/** Whether a message of a type may have references: to untyped values, or to objects of recursive types. */
export function mayRefer(type: Type, shape: Shape, seen = new Set<Type>()): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  switch (type.kind) {
    case "any":
      return true;
    case "list":
      return mayRefer(type.item, shape, seen);
    case "map":
      return mayRefer(type.value, shape, seen);
    case "struct":
    case "union":
      return shape.recursive(type) || type.fields.some((field) => mayRefer(field.type, shape, seen));
    default:
      return false;
  }
}
