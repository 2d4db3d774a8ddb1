import { misfitCondition } from "../../core/compile/check.ts";
import type { EnumType, ScalarType } from "../../core/type/type.ts";
import { DECIMAL_CLASS, FALSE, TRUE } from "./format.ts";
import {
  MAX_INT_BYTES,
  MAX_LONG_BYTES,
  writeBytes,
  writeDate,
  writeFloat32,
  writeFloat64,
  writeInt,
  writeInt64,
  writeLong,
} from "./write.ts";
import type { WriteSource } from "./write-source.ts";

/** The code that checks and writes a scalar. */
export function writeScalar(source: WriteSource, type: ScalarType | EnumType, x: string): void {
  source.refuseIf(misfitCondition(source, type, x));
  switch (type.kind) {
    case "bool":
      source.need(1);
      return source.line(`b[p++] = ${x} ? ${TRUE} : ${FALSE};`);
    case "int32":
      return source.bounded("writeInt", writeInt, x, MAX_INT_BYTES);
    case "int53":
      return source.bounded("writeLong", writeLong, x, MAX_LONG_BYTES);
    case "int64":
      return source.bounded("writeInt64", writeInt64, x, MAX_LONG_BYTES);
    case "float32":
      return source.bounded("writeFloat32", writeFloat32, x, MAX_LONG_BYTES);
    case "float64":
      return source.bounded("writeFloat64", writeFloat64, x, MAX_LONG_BYTES);
    case "timestamp":
      return source.bounded("writeDate", writeDate, x, MAX_LONG_BYTES);
    case "bytes":
      return source.dynamic(
        (reserve) => `p = ${source.constant("writeBytes", writeBytes)}(o, p, ${x}, ${reserve()}); b = o.buffer;`,
      );
    case "decimal":
      source.object(DECIMAL_CLASS, ["value"]);
      return source.string(x);
    case "enum":
      source.object(type.name, ["name"]);
      return source.string(x);
    default:
      source.string(x);
  }
}
