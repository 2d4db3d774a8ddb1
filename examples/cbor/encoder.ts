import { type CodecLimits, type CompiledCodec, compileCopy, type Output, plain, type Type } from "../../core/index.ts";
import { FLOAT32, FLOAT64, major, simple, TAG_EPOCH } from "./format.ts";

/** Writes values of `type`; `compileCopy` refuses what does not fit, and fills the defaults in. */
export function encoder(type: Type, { maxDepth }: CodecLimits): CompiledCodec["encodeInto"] {
  const copy = compileCopy(type, maxDepth);
  return (value, out) => {
    writeValue(type, copy(value), out, maxDepth);
    out.commit();
  };
}

/** `value` fits the type. */
function writeValue(type: Type, value: unknown, out: Output, depth: number): void {
  switch (type.kind) {
    case "any":
      writeAny(plain(value, depth), out);
      return;
    case "list":
      writeHead(major.list, (value as unknown[]).length, out);
      for (const item of value as unknown[]) writeValue(type.item, item, out, depth - 1);
      return;
    case "map":
      writeEntries(Object.entries(value as object), out, (one) => writeValue(type.value, one, out, depth - 1));
      return;
    case "struct": {
      const struct = value as Record<string, unknown>;
      const present = type.fields.filter(({ name }) => Object.hasOwn(struct, name));
      writeHead(major.map, present.length, out);
      for (const field of present) {
        writeText(field.name, out);
        writeValue(field.type, struct[field.name], out, depth - 1);
      }
      return;
    }
    case "union": {
      const { kind, value: inner } = value as { readonly kind: string; readonly value: unknown };
      const chosen = type.fields.find(({ name }) => name === kind);
      writeHead(major.map, 1, out);
      writeText(kind, out);
      if (chosen !== undefined) writeValue(chosen.type, inner, out, depth - 1);
      return;
    }
    case "float32":
    case "float64":
      writeFloat(type.kind === "float32" ? FLOAT32 : FLOAT64, value as number, out);
      return;
    case "int53":
      writeInteger(BigInt(value as number), out);
      return;
    default:
      writeAny(value, out);
  }
}

/** A value that says itself what it is: of `plain`, or a scalar. */
function writeAny(value: unknown, out: Output): void {
  if (typeof value === "string") writeText(value, out);
  else if (typeof value === "bigint") writeInteger(value, out, true);
  else if (typeof value === "number") {
    const small = (value | 0) === value && !Object.is(value, -0);
    if (small) writeInteger(BigInt(value), out);
    else writeFloat(FLOAT64, value, out);
  } else if (Array.isArray(value)) {
    writeHead(major.list, value.length, out);
    for (const item of value) writeAny(item, out);
  } else if (value instanceof Uint8Array) {
    writeHead(major.bytes, value.length, out);
    out.ensure(value.length);
    out.buffer.set(value, out.position);
    out.position += value.length;
  } else if (value instanceof Date) {
    writeHead(major.tag, TAG_EPOCH, out);
    writeFloat(FLOAT64, value.getTime() / 1000, out);
  } else if (typeof value === "object" && value !== null) {
    writeEntries(Object.entries(value), out, (one) => writeAny(one, out));
  } else writeHead(major.simple, value === true ? simple.true : value === false ? simple.false : simple.null, out);
}

function writeEntries(entries: [string, unknown][], out: Output, write: (value: unknown) => void): void {
  writeHead(major.map, entries.length, out);
  for (const [key, value] of entries) {
    writeText(key, out);
    write(value);
  }
}

/** `long`: in eight bytes, by which a reader of untyped values knows a bigint from a number. */
function writeInteger(value: bigint, out: Output, long = false): void {
  const negative = value < 0n;
  writeHead(negative ? major.negative : major.unsigned, negative ? -1n - value : value, out, long);
}

/** RFC 8949, section 3: the major type in three bits, the argument in the other five or in the bytes that follow. */
function writeHead(type: number, argument: number | bigint, out: Output, long = false): void {
  out.ensure(9);
  const { buffer, position } = out;
  const view = new DataView(buffer.buffer, buffer.byteOffset + position);
  const head = (info: number, size: number): void => {
    buffer[position] = (type << 5) | info;
    out.position = position + 1 + size;
  };
  if (long || argument > 0xffff_ffff) {
    head(27, 8);
    view.setBigUint64(1, BigInt(argument));
  } else if (argument > 0xffff) {
    head(26, 4);
    view.setUint32(1, Number(argument));
  } else if (argument > 0xff) {
    head(25, 2);
    view.setUint16(1, Number(argument));
  } else if (argument > 23) {
    head(24, 1);
    view.setUint8(1, Number(argument));
  } else head(Number(argument), 0);
}

function writeText(text: string, out: Output): void {
  // The length comes first, and is known when the bytes are there: so they are written behind the longest head.
  const bytes = new TextEncoder().encode(text);
  writeHead(major.text, bytes.length, out);
  out.ensure(bytes.length);
  out.buffer.set(bytes, out.position);
  out.position += bytes.length;
}

function writeFloat(form: number, value: number, out: Output): void {
  out.ensure(9);
  const { buffer, position } = out;
  const view = new DataView(buffer.buffer, buffer.byteOffset + position);
  buffer[position] = (major.simple << 5) | form;
  if (form === FLOAT32) view.setFloat32(1, value);
  else view.setFloat64(1, value);
  out.position = position + (form === FLOAT32 ? 5 : 9);
}
