import { long, typed } from "./java.ts";
import type { JavaClass } from "./java-class.ts";
import type { ObjectNode } from "./node.ts";

/*
 * java.time as Dubbo's hessian-lite writes it (Caucho cannot on Java 17): ISO 8601 text here, so that nothing of the
 * nanoseconds is lost.
 */

const DATE = /^([+-]?\d{4,9})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;
const OFFSET = /^(.+?)(Z|[+-]\d\d:\d\d(?::\d\d)?)(?:\[([^\]]+)\])?$/;
const DURATION = /^(-)?PT?(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?$/;
const PERIOD = /^P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)D)?$/;

type Write = (...groups: string[]) => readonly unknown[] | undefined;
type Read = (get: (field: string) => unknown) => string | undefined;

/** A class whose value is text: `write` gets the groups of `pattern`, `read` the fields, nested ones as their text. */
function text(name: string, fields: readonly string[], pattern: RegExp, write: Write, read: Read): JavaClass {
  return {
    name: `java.time.${name}`,
    wire: `com.alibaba.com.caucho.hessian.io.java8.${name}Handle`,
    fields,
    write(value) {
      const match = typeof value === "string" ? pattern.exec(value) : null;
      return match === null ? undefined : write(...(match.slice(1) as string[]));
    },
    read(node: ObjectNode, nested) {
      return read((field) => {
        const value = node.get(field);
        return typeof value === "object" ? nested(value) : value;
      });
    },
  };
}

const int = (value: unknown): value is number => typeof value === "number" && (value | 0) === value;
const pad = (value: number, width = 2): string => String(Math.abs(value)).padStart(width, "0");
const year = (value: number): string => `${value < 0 ? "-" : value > 9999 ? "+" : ""}${pad(value, 4)}`;
const nanos = (digits: string | undefined): number => Number((digits ?? "").padEnd(9, "0"));
const fraction = (value: number): string => (value === 0 ? "" : `.${pad(value, 9).replace(/(000)+$/, "")}`);

function offsetSeconds(offset: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = offset.slice(1).split(":").map(Number);
  return (offset[0] === "-" ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

function offsetText(seconds: number): string {
  if (seconds === 0) return "Z";
  const all = Math.abs(seconds);
  const rest = all % 60 === 0 ? "" : `:${pad(all % 60)}`;
  return `${seconds < 0 ? "-" : "+"}${pad(Math.floor(all / 3600))}:${pad(Math.floor(all / 60) % 60)}${rest}`;
}

const time = (value: string | undefined): unknown => typed("java.time.LocalTime", value);
const dateTime = (value: string | undefined): unknown => typed("java.time.LocalDateTime", value);
const zoneOffset = (value: string | undefined): unknown => typed("java.time.ZoneOffset", value);

const moments: JavaClass[] = [
  {
    name: "java.time.Instant",
    wire: "com.alibaba.com.caucho.hessian.io.java8.InstantHandle",
    fields: ["seconds", "nanos"],
    write(value) {
      if (!(value instanceof Date) || Number.isNaN(value.getTime())) return undefined;
      const seconds = Math.floor(value.getTime() / 1000);
      return [long(seconds), (value.getTime() - seconds * 1000) * 1_000_000];
    },
    read(node) {
      const [seconds, nano] = [node.get("seconds"), node.get("nanos")];
      if (typeof seconds !== "bigint" || !int(nano)) return undefined;
      const date = new Date(Number(seconds) * 1000 + Math.floor(nano / 1_000_000));
      return Number.isNaN(date.getTime()) ? undefined : date;
    },
  },
];

export const timeClasses: readonly JavaClass[] = [
  ...moments,
  text(
    "LocalDate",
    ["year", "month", "day"],
    DATE,
    (y, m, d) => [Number(y), Number(m), Number(d)],
    (get) => {
      const [y, m, d] = [get("year"), get("month"), get("day")];
      return int(y) && int(m) && int(d) ? `${year(y)}-${pad(m)}-${pad(d)}` : undefined;
    },
  ),
  text(
    "LocalTime",
    ["hour", "minute", "second", "nano"],
    TIME,
    (h, m, s, n) => [Number(h), Number(m), Number(s ?? 0), nanos(n)],
    (get) => {
      const [h, m, s, n] = [get("hour"), get("minute"), get("second"), get("nano")];
      if (!int(h) || !int(m) || !int(s) || !int(n)) return undefined;
      return `${pad(h)}:${pad(m)}:${pad(s)}${fraction(n)}`;
    },
  ),
  text(
    "LocalDateTime",
    ["date", "time"],
    /^([^T]+)T(.+)$/,
    (d, t) => [typed("java.time.LocalDate", d), time(t)],
    (get) => joined(get("date"), "T", get("time")),
  ),
  text(
    "ZoneOffset",
    ["seconds"],
    /^(Z|[+-]\d\d:\d\d(?::\d\d)?)$/,
    (offset) => [offset === "Z" ? 0 : offsetSeconds(offset as string)],
    (get) => {
      const seconds = get("seconds");
      return int(seconds) ? offsetText(seconds) : undefined;
    },
  ),
  text(
    "OffsetDateTime",
    ["dateTime", "offset"],
    OFFSET,
    (d, offset) => [dateTime(d), zoneOffset(offset)],
    (get) => joined(get("dateTime"), "", get("offset")),
  ),
  text(
    "OffsetTime",
    ["localTime", "zoneOffset"],
    OFFSET,
    (t, offset) => [time(t), zoneOffset(offset)],
    (get) => joined(get("localTime"), "", get("zoneOffset")),
  ),
  text(
    "ZonedDateTime",
    ["dateTime", "offset", "zoneId"],
    OFFSET,
    (d, offset, zone) => [dateTime(d), zoneOffset(offset), zone ?? offset],
    (get) => {
      const moment = joined(get("dateTime"), "", get("offset"));
      const zone = get("zoneId");
      if (moment === undefined || typeof zone !== "string") return undefined;
      return zone === get("offset") ? moment : `${moment}[${zone}]`;
    },
  ),
  text(
    "ZoneId",
    ["zoneId"],
    /^(.+)$/,
    (zone) => [zone],
    (get) => joined(get("zoneId"), "", ""),
  ),
  text(
    "Year",
    ["year"],
    /^([+-]?\d{1,9})$/,
    (y) => [Number(y)],
    (get) => {
      const y = get("year");
      return int(y) ? String(y) : undefined;
    },
  ),
  text(
    "YearMonth",
    ["year", "month"],
    /^([+-]?\d{4,9})-(\d\d)$/,
    (y, m) => [Number(y), Number(m)],
    (get) => {
      const [y, m] = [get("year"), get("month")];
      return int(y) && int(m) ? `${year(y)}-${pad(m)}` : undefined;
    },
  ),
  text(
    "MonthDay",
    ["month", "day"],
    /^--(\d\d)-(\d\d)$/,
    (m, d) => [Number(m), Number(d)],
    (get) => {
      const [m, d] = [get("month"), get("day")];
      return int(m) && int(d) ? `--${pad(m)}-${pad(d)}` : undefined;
    },
  ),
  text(
    "Duration",
    ["seconds", "nanos"],
    DURATION,
    (minus, d, h, m, s, n) => {
      const whole = Number(d ?? 0) * 86400 + Number(h ?? 0) * 3600 + Number(m ?? 0) * 60 + Number(s ?? 0);
      const part = nanos(n);
      if (minus === undefined) return [long(whole), part];
      return part === 0 ? [long(-whole), 0] : [long(-whole - 1), 1_000_000_000 - part];
    },
    (get) => {
      const [s, n] = [get("seconds"), get("nanos")];
      if (typeof s !== "bigint" || !int(n)) return undefined;
      const nano = s * 1_000_000_000n + BigInt(n);
      const all = nano < 0n ? -nano : nano;
      const part = fraction(Number(all % 1_000_000_000n)).replace(/0+$/, "");
      return `${nano < 0n ? "-" : ""}PT${all / 1_000_000_000n}${part}S`;
    },
  ),
  text(
    "Period",
    ["years", "months", "days"],
    PERIOD,
    (y, m, d) => [Number(y ?? 0), Number(m ?? 0), Number(d ?? 0)],
    (get) => {
      const [y, m, d] = [get("years"), get("months"), get("days")];
      return int(y) && int(m) && int(d) ? `P${y}Y${m}M${d}D` : undefined;
    },
  ),
];

function joined(a: unknown, between: string, b: unknown): string | undefined {
  return typeof a === "string" && typeof b === "string" ? a + between + b : undefined;
}
