import { createRequire } from "node:module";
import type { Type } from "../../../core/type/type.ts";
import type { Contender } from "../contender.ts";
import { conversion, type Form } from "../conversion.ts";

/** It has no types. */
interface Hessian {
  encode(value: unknown, version: "2.0"): Buffer;
  decode(bytes: Buffer, version: "2.0"): unknown;
}
const hessian: Hessian = createRequire(import.meta.url)("hessian.js");

/** Objects carry their Java class, as our codec writes them. */
function toJava(type: Type, value: unknown): unknown {
  const at = (key: string) => (value as Record<string, unknown>)[key];
  switch (type.kind) {
    case "struct": {
      const present = type.fields.filter(({ name }) => at(name) !== undefined);
      return {
        $class: type.name,
        $: Object.fromEntries(present.map((field) => [field.name, toJava(field.type, at(field.name))])),
      };
    }
    case "list":
      return (value as unknown[]).map((item) => toJava(type.item, item));
    case "map":
      return Object.fromEntries(Object.entries(value as object).map(([key, one]) => [key, toJava(type.value, one)]));
    case "union": {
      const one = type.fields.find(({ name }) => name === at("kind"));
      return { kind: at("kind"), value: one === undefined ? undefined : toJava(one.type, at("value")) };
    }
    case "int64":
      return { $class: "long", $: String(value) };
    case "bytes":
      return Buffer.from(value as Uint8Array);
    default:
      return value;
  }
}

/** A long comes as a number, or as text where a number cannot hold it. */
const fromJava: Form = {
  expression: (type, x) => (type.kind === "int64" ? `BigInt(${x})` : undefined),
};

export const contender: Contender = {
  prepare(type) {
    const from = conversion(type, fromJava);
    const decode = (bytes: Uint8Array) =>
      hessian.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), "2.0");
    return {
      own: (value) => toJava(type, value),
      encode: (value) => hessian.encode(value, "2.0"),
      decode: from === undefined ? decode : (bytes) => from(decode(bytes)),
    };
  },
};
