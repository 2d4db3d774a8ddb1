import { Output } from "../../core/bytes/output.ts";
import { CLASS_DEF } from "./format.ts";
import { roomForText, writeText } from "./text.ts";
import { MAX_INT_BYTES, writeInt } from "./write.ts";

/** Writes the definition of a class. */
export function writeDefinition(out: Output, position: number, name: string, fields: readonly string[]): number {
  out.position = position;
  out.ensure(
    1 + MAX_INT_BYTES + fields.reduce((room, field) => room + roomForText(field.length), roomForText(name.length)),
  );
  const b = out.buffer;
  let p = out.position;
  b[p++] = CLASS_DEF;
  p = writeInt(b, writeText(b, p, name), fields.length);
  for (const field of fields) p = writeText(b, p, field);
  return p;
}

/** The bytes of a definition. */
export function definition(name: string, fields: readonly string[]): Uint8Array {
  const out = new Output(256);
  out.position = writeDefinition(out, 0, name, fields);
  return out.toBytes();
}

/** Copies a definition, and makes room for `reserve` bytes after it. */
export function copyDefinition(out: Output, position: number, bytes: Uint8Array, reserve: number): number {
  out.position = position;
  out.ensure(bytes.length + reserve);
  out.buffer.set(bytes, out.position);
  return out.position + bytes.length;
}

/** Whether the bytes at `p` are this definition. */
export function isDefinition(b: Uint8Array, p: number, bytes: Uint8Array): boolean {
  const length = bytes.length;
  for (let i = 0; i < length; i++) if (b[p + i] !== bytes[i]) return false;
  return true;
}
