import type { Output } from "../../core/bytes/output.ts";
import { MISFIT, Misfit } from "../../core/compile/misfit.ts";
import { FALSE, TRUE } from "./format.ts";
import { roomForText, writeText } from "./text.ts";
import { MAX_LONG_BYTES, writeFloat32, writeFloat64, writeInt, writeInt64 } from "./write.ts";

const INT_BITS: Readonly<Record<string, number>> = { int: 32, Integer: 32, short: 16, Short: 16, byte: 8, Byte: 8 };

/** Writes what is no list, map or object. */
export class PrimitiveWriter {
  readonly out: Output;

  constructor(out: Output) {
    this.out = out;
  }

  byte(byte: number): void {
    this.out.ensure(1);
    this.out.buffer[this.out.position++] = byte;
  }

  number<T>(write: (b: Uint8Array, p: number, v: T) => number, value: T): void {
    this.out.ensure(MAX_LONG_BYTES);
    this.out.position = write(this.out.buffer, this.out.position, value);
  }

  text(text: string): void {
    this.out.ensure(roomForText(text.length));
    try {
      this.out.position = writeText(this.out.buffer, this.out.position, text);
    } catch (thrown) {
      throw thrown === MISFIT ? new Misfit("", "well-formed Unicode", text) : thrown;
    }
  }

  /** Writes a value of one of Java's primitive types, boxed or not, or a String; false where `type` is another. */
  primitive(type: string, value: unknown): boolean {
    const simple = type.startsWith("java.lang.") ? type.slice(10) : type;
    const bits = INT_BITS[simple];
    if (bits !== undefined) {
      const fits =
        typeof value === "number" && (value | 0) === value && (value << (32 - bits)) >> (32 - bits) === value;
      if (!fits) throw new Misfit("", type, value);
      this.number(writeInt, value);
      return true;
    }
    switch (simple) {
      case "long":
      case "Long": {
        const integer = Number.isSafeInteger(value) ? BigInt(value as number) : value;
        if (typeof integer !== "bigint" || BigInt.asIntN(64, integer) !== integer) throw new Misfit("", type, value);
        this.number(writeInt64, integer);
        return true;
      }
      case "double":
      case "Double":
      case "float":
      case "Float":
        if (typeof value !== "number") throw new Misfit("", type, value);
        this.number(simple[0] === "f" || simple[0] === "F" ? writeFloat32 : writeFloat64, value);
        return true;
      case "boolean":
      case "Boolean":
        if (typeof value !== "boolean") throw new Misfit("", type, value);
        this.byte(value ? TRUE : FALSE);
        return true;
      case "char":
      case "Character":
      case "String":
        if (typeof value !== "string") throw new Misfit("", type, value);
        this.text(value);
        return true;
      default:
        return false;
    }
  }
}
