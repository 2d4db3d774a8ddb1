import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import protobuf from "protobufjs/minimal.js";
import type { EnumType, StructType } from "../../../core/type/type.ts";
import { contains } from "../contains.ts";
import type { Contender } from "../contender.ts";
import { conversion, type Form, listOf, mapOf } from "../conversion.ts";
import { oneofOf, protoOf } from "../proto.ts";

/** What its command-line tool generates for a message. */
interface Generated {
  encode(value: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

/** Code of its static target, made by its own tool beside the compiled workers, where bare imports resolve. */
async function generate(type: StructType): Promise<Generated> {
  const { text, message } = protoOf(type);
  const base = fileURLToPath(new URL(`./protobufjs-${process.pid}`, import.meta.url));
  writeFileSync(`${base}.proto`, text);
  const cli = createRequire(import.meta.url).resolve("protobufjs-cli/bin/pbjs");
  const options = ["--target", "static-module", "--wrap", "esm", "--keep-case", "--out", `${base}.mjs`];
  execFileSync(process.execPath, [cli, ...options, `${base}.proto`], { stdio: "pipe" });
  const module: Record<string, unknown> = await import(pathToFileURL(`${base}.mjs`).href);
  return message.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], module) as Generated;
}

const { Long } = protobuf.util;

function numbersOf(type: EnumType): readonly number[] {
  return type.numbers ?? type.members.map((_, index) => index);
}

const to: Form = {
  scope: { Long },
  expression(type, x, place, inner) {
    switch (type.kind) {
      case "int64":
        return `Long.fromBigInt(${x})`;
      case "enum":
        return `${JSON.stringify(numbersOf(type))}[${JSON.stringify(type.members)}.indexOf(${x})]`;
      case "timestamp":
        return `{ seconds: Math.floor(${x}.getTime() / 1000), nanos: (((${x}.getTime() % 1000) + 1000) % 1000) * 1e6 }`;
      case "list":
        return place === "inner" ? `{ items: ${listOf(type, x, inner)} }` : undefined;
      case "map":
        return place === "inner" ? `{ entries: ${mapOf(type, x, inner)} }` : undefined;
      case "union": {
        const cases = type.fields.map(
          ({ name, type: one }) =>
            `${x}.kind === ${JSON.stringify(name)} ? { [${JSON.stringify(name)}]: ${inner(one, `${x}.value`, "inner")} }`,
        );
        return `(${cases.join(" : ")} : undefined)`;
      }
      default:
        return undefined;
    }
  },
};

/** `longs`: 64-bit integers come as `Long`; without the package they are numbers, which is all that int53 needs. */
function from(longs: boolean): Form {
  const number = (x: string) => (longs ? `${x}.toNumber()` : x);
  return {
    expression(type, x, place, inner) {
      switch (type.kind) {
        case "int53":
          return longs ? number(x) : undefined;
        case "int64":
          return `${x}.toBigInt()`;
        case "enum":
          return `${JSON.stringify(type.members)}[${JSON.stringify(numbersOf(type))}.indexOf(${x})]`;
        case "timestamp":
          return `new Date(${number(`${x}.seconds`)} * 1000 + ${x}.nanos / 1e6)`;
        case "list":
          return place === "inner" ? listOf(type, `${x}.items`, inner) : undefined;
        case "map":
          return place === "inner" ? mapOf(type, `${x}.entries`, inner) : undefined;
        case "union": {
          const set = `${x}[${JSON.stringify(oneofOf(type))}]`;
          const cases = type.fields.map(
            ({ name, type: one }) =>
              `${set} === ${JSON.stringify(name)} ? { kind: ${set}, value: ${inner(one, `${x}[${JSON.stringify(name)}]`, "inner")} }`,
          );
          return `(${cases.join(" : ")} : undefined)`;
        }
        default:
          return undefined;
      }
    },
  };
}

export const contender: Contender = {
  async prepare(type) {
    const longs = contains(type, "int64");
    protobuf.util.Long = (longs ? Long : undefined) as typeof Long;
    protobuf.configure();
    const message = await generate(type);
    const convert = conversion(type, to);
    const restore = conversion(type, from(longs));
    return {
      encode:
        convert === undefined
          ? (value) => message.encode(value).finish()
          : (value) => message.encode(convert(value)).finish(),
      decode: restore === undefined ? (bytes) => message.decode(bytes) : (bytes) => restore(message.decode(bytes)),
    };
  },
};
