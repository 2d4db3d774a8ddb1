import { MAX_TIMESTAMP_MS, MIN_TIMESTAMP_MS } from "./explain.ts";
import { readTimestamp } from "./rfc3339.ts";
import type { Field, StructType } from "./type.ts";

/*
 * The messages of Protobuf that have a form of their own in JSON (https://protobuf.dev/programming-guides/json/), but for
 * google.protobuf.Any: that is JSON of a type which only a codec can find. They are known by name and fields.
 */

export interface WellKnownJson {
  /** What JSON is expected, in errors. */
  readonly expected: string;
  /** What is asked of a value beside its type, in errors. */
  readonly range: string;
  /** The keywords of JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** True where null is a value. */
  readonly takesNull?: boolean;
  /** Of a value that fits the type; `undefined` where JSON has nothing for it. */
  print(value: never): unknown;
  /** `undefined` where it is not that JSON; how deep it nests was looked at. */
  read(json: unknown): unknown;
}

/** The form of a struct; `undefined` where it is an object of its fields, as most are. */
export function wellKnownJson(type: StructType): WellKnownJson | undefined {
  if (!type.name.startsWith(PACKAGE)) return undefined;
  const known = forms.get(type.name.slice(PACKAGE.length));
  return known?.fields === signature(type) ? known.form(type.fields) : undefined;
}

/** The one field of a message around a scalar, as google.protobuf.StringValue, which JSON writes as that scalar. */
export function wrappedField(type: StructType): Field | undefined {
  const [field] = type.fields;
  return type.name.startsWith(PACKAGE) && WRAPPER.test(type.name) && signature(type) === "value" ? field : undefined;
}

/** True for a message whose JSON is none of its fields, so that a google.protobuf.Any has it as the member `value`. */
export function isOwnJson(type: StructType): boolean {
  return wellKnownJson(type) !== undefined || wrappedField(type) !== undefined || type.packed !== undefined;
}

/** The type that a google.protobuf.Any names, whoever is the authority before it. */
export function typeNameIn(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}
/** What is expected of that name, in errors. */
export const NAMED = "a type that the contract names for JSON of google.protobuf.Any";

const PACKAGE = "google.protobuf.";
const WRAPPER = /\.(Bool|Bytes|Double|Float|String|U?Int(32|64))Value$/;

function signature({ fields }: StructType): string {
  return fields.map(({ name }) => name).join();
}

interface Moment {
  readonly seconds: bigint | number;
  readonly nanos: number;
}
const NANOS = 1_000_000_000;
const MAX_DURATION_SECONDS = 315_576_000_000;
const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;
const FRACTION = /\.(\d{1,9})/;

/** None, three, six or nine digits behind a point. */
function fraction(nanos: number): string {
  if (nanos === 0) return "";
  const digits = String(nanos).padStart(9, "0");
  return `.${digits.endsWith("000000") ? digits.slice(0, 3) : digits.endsWith("000") ? digits.slice(0, 6) : digits}`;
}

function nanosOf(digits = ""): number {
  return Number(digits.padEnd(9, "0"));
}

/** What `seconds` are made of: a bigint, as .proto files have it, or a number. */
function secondsOf(fields: readonly Field[]): (seconds: number) => bigint | number {
  return fields[0]?.type.kind === "int64" ? BigInt : (seconds) => seconds;
}

const duration = (fields: readonly Field[]): WellKnownJson => {
  const asSeconds = secondsOf(fields);
  return {
    expected: 'google.protobuf.Duration, like "1.5s"',
    range: "a duration of up to 10,000 years whose seconds and nanos have one sign",
    schema: { type: "string", pattern: "^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$" },
    print({ seconds, nanos }: Moment) {
      const whole = Number(seconds);
      const fits = Math.abs(whole) <= MAX_DURATION_SECONDS && Math.abs(nanos) < NANOS && whole * nanos >= 0;
      if (!fits) return undefined;
      return `${whole < 0 || nanos < 0 ? "-" : ""}${Math.abs(whole)}${fraction(Math.abs(nanos))}s`;
    },
    read(json) {
      const [, sign, seconds, digits] = (typeof json === "string" && DURATION.exec(json)) || [];
      if (seconds === undefined || Number(seconds) > MAX_DURATION_SECONDS) return undefined;
      const factor = sign === "-" ? -1 : 1;
      // Without the sign of a zero.
      return { seconds: asSeconds(Number(seconds) * factor + 0), nanos: nanosOf(digits) * factor + 0 };
    },
  };
};

const timestamp = (fields: readonly Field[]): WellKnownJson => {
  const asSeconds = secondsOf(fields);
  return {
    expected: "google.protobuf.Timestamp, as RFC 3339",
    range: "a moment of the years 1 to 9999 whose nanos are 0 to 999,999,999",
    schema: { type: "string", format: "date-time" },
    print({ seconds, nanos }: Moment) {
      const ms = Number(seconds) * 1000;
      if (!(ms >= MIN_TIMESTAMP_MS && ms <= MAX_TIMESTAMP_MS && nanos >= 0 && nanos < NANOS)) return undefined;
      return new Date(ms).toISOString().replace(/\.\d+/, fraction(nanos));
    },
    read(json) {
      const date = typeof json === "string" ? readTimestamp(json) : undefined;
      if (date === undefined) return undefined;
      const nanos = nanosOf(FRACTION.exec(json as string)?.[1]);
      return { seconds: asSeconds(Math.floor(date.getTime() / 1000)), nanos };
    },
  };
};

const PATH = /^[a-z0-9.]*(_[a-z][a-z0-9.]*)*$/;

const fieldMask: WellKnownJson = {
  expected: 'google.protobuf.FieldMask, like "user.displayName,photo"',
  range: "paths like user.display_name",
  schema: { type: "string" },
  print({ paths }: { readonly paths: readonly string[] }) {
    if (!paths.every((path) => path !== "" && PATH.test(path))) return undefined;
    return paths.map((path) => path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())).join();
  },
  read(json) {
    if (typeof json !== "string" || !/^[A-Za-z0-9.,]*$/.test(json)) return undefined;
    if (json === "") return { paths: [] };
    return { paths: json.split(",").map((path) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)) };
  },
};

interface Members {
  readonly fields: Readonly<Record<string, Dynamic>>;
}
interface Dynamic {
  readonly nullValue?: string;
  readonly numberValue?: number;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly structValue?: Members;
  readonly listValue?: { readonly values: readonly Dynamic[] };
}

/** JSON as google.protobuf.Value has it; `textOf` makes of each text what UTF-8 can say. */
export function toDynamic(json: unknown, textOf = (text: string): string => text): Dynamic {
  switch (typeof json) {
    case "number":
      return { numberValue: json };
    case "string":
      return { stringValue: textOf(json) };
    case "boolean":
      return { boolValue: json };
    case "object":
      if (json === null) break;
      if (Array.isArray(json)) return { listValue: { values: json.map((one) => toDynamic(one, textOf)) } };
      return {
        structValue: {
          fields: Object.fromEntries(Object.entries(json).map(([name, one]) => [textOf(name), toDynamic(one, textOf)])),
        },
      };
  }
  return { nullValue: "NULL_VALUE" };
}

/** The JSON that a google.protobuf.Value stands for; `undefined`, or one in it, where it stands for none. */
export function fromDynamic({
  nullValue,
  numberValue,
  stringValue,
  boolValue,
  structValue,
  listValue,
}: Dynamic): unknown {
  // JSON has no word for NaN and what is infinite.
  if (numberValue !== undefined) return Number.isFinite(numberValue) ? numberValue : undefined;
  if (structValue !== undefined) return members(structValue);
  if (listValue !== undefined) return listValue.values.map(fromDynamic);
  return stringValue ?? boolValue ?? (nullValue === undefined ? undefined : null);
}

/** Also of a member that is called `__proto__`. */
function members({ fields }: Members): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fromDynamic(value)]));
}

/** The JSON, if all of it is there. */
function whole(json: unknown): unknown {
  const holed = (one: unknown): boolean =>
    one === undefined || (typeof one === "object" && one !== null && Object.values(one).some(holed));
  return holed(json) ? undefined : json;
}

const RANGE = "values of which each is one thing, and no number is NaN or infinite";
const VALUE_FIELDS = "nullValue,numberValue,stringValue,boolValue,structValue,listValue";

const value: WellKnownJson = {
  expected: "google.protobuf.Value, any JSON",
  range: RANGE,
  schema: {},
  takesNull: true,
  print: (one: Dynamic) => whole(fromDynamic(one)),
  read: (json) => toDynamic(json),
};

const struct: WellKnownJson = {
  expected: "google.protobuf.Struct, an object",
  range: RANGE,
  schema: { type: "object" },
  print: (one: Members) => whole(members(one)),
  read: (json) => (typeof json === "object" && json !== null ? toDynamic(json).structValue : undefined),
};

const listValue: WellKnownJson = {
  expected: "google.protobuf.ListValue, a list",
  range: RANGE,
  schema: { type: "array" },
  print: ({ values }: { readonly values: readonly Dynamic[] }) => whole(values.map(fromDynamic)),
  read: (json) => (Array.isArray(json) ? toDynamic(json).listValue : undefined),
};

const forms: ReadonlyMap<
  string,
  { readonly fields: string; readonly form: (fields: readonly Field[]) => WellKnownJson }
> = new Map([
  ["Duration", { fields: "seconds,nanos", form: duration }],
  ["Timestamp", { fields: "seconds,nanos", form: timestamp }],
  ["FieldMask", { fields: "paths", form: () => fieldMask }],
  ["Value", { fields: VALUE_FIELDS, form: () => value }],
  ["Struct", { fields: "fields", form: () => struct }],
  ["ListValue", { fields: "values", form: () => listValue }],
]);
