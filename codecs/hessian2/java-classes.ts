import { DECIMAL } from "../../core/type/explain.ts";
import { double, long, Typed, typed } from "./java.ts";
import type { JavaClass } from "./java-class.ts";
import { timeClasses } from "./java-time.ts";
import { ListNode, ObjectNode } from "./node.ts";

/** The two Hessian implementations of Java, which write a few classes of the library differently. */
export type JavaLibrary = "dubbo" | "caucho";

/** What both put in the place of a class of the library. */
const DUBBO = "com.alibaba.com.caucho.hessian.io.";
const CAUCHO = "com.caucho.hessian.io.";
/** 32,768 bits: to write the digits of many more, in a message of an error for one, takes seconds. */
const MAX_WORDS = 1024;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A class with one field that holds the whole value. */
function single(
  name: string,
  field: string,
  wire: string,
  fits: (value: unknown) => boolean,
  put: (value: never) => unknown = (value) => value,
): JavaClass {
  return {
    name,
    wire,
    fields: [field],
    write: (value) => (fits(value) ? [put(value as never)] : undefined),
    read: (node) => {
      const value = node.get(field);
      return fits(value) ? value : undefined;
    },
  };
}

const isText = (value: unknown): boolean => typeof value === "string";
const isDate = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime());
const isNumber = (value: unknown): boolean => typeof value === "number" || value instanceof Typed;

const bigInteger: JavaClass = {
  name: "java.math.BigInteger",
  wire: "java.math.BigInteger",
  fields: ["signum", "mag"],
  write(value) {
    if (typeof value !== "bigint") return undefined;
    const words: number[] = [];
    for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 32n) words.push(Number(BigInt.asIntN(32, rest)));
    return [value === 0n ? 0 : value < 0n ? -1 : 1, typed("[int", words.reverse())];
  },
  read(node) {
    const sign = node.get("signum");
    const magnitude = node.get("mag");
    if (!(magnitude instanceof ListNode) || typeof sign !== "number") return undefined;
    if (magnitude.items.length > MAX_WORDS) return undefined;
    if (!magnitude.items.every((word) => typeof word === "number" && (word | 0) === word)) return undefined;
    const hex = magnitude.items.map((word) => ((word as number) >>> 0).toString(16).padStart(8, "0")).join("");
    // By text, since shifting word after word takes time with the square of the length.
    return BigInt(sign) * BigInt(`0x0${hex}`);
  },
};

/** As Caucho writes it: the two halves. */
const uuidHalves: JavaClass = {
  name: "java.util.UUID",
  wire: "java.util.UUID",
  fields: ["mostSigBits", "leastSigBits"],
  write(value) {
    if (typeof value !== "string" || !UUID.test(value)) return undefined;
    const hex = value.replaceAll("-", "");
    return [hex.slice(0, 16), hex.slice(16)].map((half) => long(BigInt.asIntN(64, BigInt(`0x${half}`))));
  },
  read(node) {
    if (isText(node.get("value"))) return node.get("value");
    const halves = [node.get("mostSigBits"), node.get("leastSigBits")];
    if (!halves.every((half) => typeof half === "bigint")) return undefined;
    const hex = halves
      .map((half) =>
        BigInt.asUintN(64, half as bigint)
          .toString(16)
          .padStart(16, "0"),
      )
      .join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  },
};

/** As hessian-lite writes it, which reads a single string whatever the fields are. */
const uuid: JavaClass = {
  ...uuidHalves,
  fields: ["value"],
  write: (value) => (typeof value === "string" && UUID.test(value) ? [value] : undefined),
};

const calendar = (library: string): JavaClass =>
  single("java.util.Calendar", "date", `${library}CalendarHandle`, isDate);
const locale = (library: string): JavaClass => single("java.util.Locale", "value", `${library}LocaleHandle`, isText);

const classes: readonly JavaClass[] = [
  single("java.math.BigDecimal", "value", "java.math.BigDecimal", (v) => typeof v === "string" && DECIMAL.test(v)),
  bigInteger,
  uuid,
  single("java.sql.Timestamp", "value", "java.sql.Timestamp", isDate),
  single("java.sql.Date", "value", "java.sql.Date", isDate),
  single("java.sql.Time", "value", "java.sql.Time", isDate),
  calendar(DUBBO),
  locale(DUBBO),
  single("java.net.URI", "string", "java.net.URI", isText),
  single("java.lang.Class", "name", "java.lang.Class", isText),
  single("java.io.File", "value", "java.io.File", isText),
  single("", "_value", `${CAUCHO}ShortHandle`, isNumber),
  single("", "_value", `${CAUCHO}ByteHandle`, isNumber),
  single("", "_value", `${CAUCHO}FloatHandle`, isNumber, double),
  ...timeClasses,
];

const named = (all: readonly JavaClass[]): ReadonlyMap<string, JavaClass> => new Map(all.map((one) => [one.name, one]));
const byName: Readonly<Record<JavaLibrary, ReadonlyMap<string, JavaClass>>> = {
  dubbo: named(classes),
  caucho: named([...classes, uuidHalves, calendar(CAUCHO), locale(CAUCHO)]),
};
const byWire = new Map(classes.map((one) => [one.wire, one]));

/** The class that users name; where the two libraries differ, as `library` has it on the wire. */
export function javaClassNamed(name: string, library: JavaLibrary): JavaClass | undefined {
  return name === "" ? undefined : byName[library].get(name);
}

export function javaClassOnWire(wire: string): JavaClass | undefined {
  return byWire.get(wire) ?? (wire.startsWith(CAUCHO) ? byWire.get(DUBBO + wire.slice(CAUCHO.length)) : undefined);
}

/** The plain value that an object of the Java library stands for; `undefined` for any other node. */
export function plainOf(node: unknown, depth = 4): unknown {
  if (!(node instanceof ObjectNode) || depth === 0) return undefined;
  return javaClassOnWire(node.shape.name)?.read(node, (nested) => plainOf(nested, depth - 1));
}
