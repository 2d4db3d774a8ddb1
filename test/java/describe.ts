import { javaClassOf, Typed } from "../../codecs/hessian2/index.ts";

/** A value, read exactly, in the words of `Describe.java`. */
export function describeValue(value: unknown): string {
  return new Description().of(value);
}

const PLAIN = /^java\.(time|math|net)\.|^java\.util\.(UUID|Locale)$|^java\.lang\.Class$/;
const AS_DATE = /^java\.sql\.|^java\.util\.Calendar$/;

class Description {
  readonly #seen = new Map<object, number>();

  of(value: unknown): string {
    switch (typeof value) {
      case "boolean":
        return String(value);
      case "number":
        return (value | 0) === value && !Object.is(value, -0) ? `int ${value}` : `double ${bits(value)}`;
      case "bigint":
        return `${BigInt.asIntN(64, value) === value ? "long" : "java.math.BigInteger"} ${value}`;
      case "string":
        return text(value);
      default:
        return value === null || value === undefined ? "null" : this.#object(value);
    }
  }

  #object(value: object): string {
    if (value instanceof Uint8Array)
      return `bytes ${value.length} ${value.reduce((h, b) => (31 * h + ((b << 24) >> 24)) | 0, 1)}`;
    if (value instanceof Date) return `date ${value.getTime()}`;
    if (value instanceof Typed) return this.#typed(value);
    const name = javaClassOf(value);
    if (name === undefined)
      return this.#collection(value, value, Array.isArray(value) ? "java.util.ArrayList" : "java.util.HashMap");
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    if (fields.length === 1 && fields[0]?.[0] === "name") return `${name} ${fields[0][1]}`;
    return this.#shared(value, () => `${name}{${fields.map(([key, one]) => `${key}=${this.of(one)}; `).join("")}}`);
  }

  #typed(one: Typed): string {
    const { type, value } = one;
    if (type === "double") return `double ${bits(value as number)}`;
    if (AS_DATE.test(type)) return `${type} ${(value as Date).getTime()}`;
    if (type === "java.time.Instant") return `${type} ${(value as Date).toISOString()}`;
    if (PLAIN.test(type)) return `${type} ${String(value).replace(/^-PT/, "PT-")}`;
    return this.#collection(one, value as object, type);
  }

  #collection(identity: object, value: object, type: string): string {
    return this.#shared(identity, () => {
      if (Array.isArray(value)) return `${type}[${value.map((item) => `${this.of(item)}; `).join("")}]`;
      const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
      return `${type}{${entries.map(([key, item]) => `${this.of(key)}=${this.of(item)}; `).join("")}}`;
    });
  }

  #shared(identity: object, describe: () => string): string {
    const before = this.#seen.get(identity);
    if (before !== undefined) return `@${before}`;
    this.#seen.set(identity, this.#seen.size);
    return describe();
  }
}

function bits(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

function text(value: string): string {
  if (value.length > 100) {
    let hash = 0;
    for (let i = 0; i < value.length; i++) hash = (31 * hash + value.charCodeAt(i)) | 0;
    return `string ${value.length} ${hash}`;
  }
  const escaped = Array.from({ length: value.length }, (_, i) => value.charCodeAt(i))
    .map((c) => (c >= 32 && c < 127 ? String.fromCharCode(c) : `\\u${c.toString(16).padStart(4, "0")}`))
    .join("");
  return `"${escaped}"`;
}
