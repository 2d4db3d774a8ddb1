import type { FieldType, Type, UnionType } from "../type/type.ts";
import { defaultOf } from "./avro-default.ts";
import {
  type AvroFixed,
  decimalWord,
  fixedWord,
  isDecimal,
  isLogical,
  isLogicalFixed,
  scalarForm,
} from "./avro-form.ts";
import { t } from "./t.ts";

type Json = Readonly<Record<string, unknown>>;

/** Where a schema stands: for messages, and for names that have no namespace of their own. */
export interface AvroScope {
  readonly path: string;
  readonly namespace: string;
}

const primitives: Readonly<Record<string, Type>> = Object.freeze({
  null: t.encoded(t.struct("avro.Null", {}), { avro: "null" }),
  boolean: t.bool,
  int: t.int32,
  long: t.int64,
  float: t.float32,
  double: t.float64,
  bytes: t.bytes,
  string: t.string,
});
/** A document may nest deeper than the stack. */
const MAX_DEPTH = 200;

/** Makes types of the schemas of one document, in its order: what one of them names, those after it know. */
export class AvroTranslator {
  readonly #named = new Map<string, Type>();
  /** By their branches. */
  readonly #unions = new Map<string, UnionType>();
  #depth = 0;

  /** What the document declares, and its unions, by name. */
  get named(): ReadonlyMap<string, Type> {
    return this.#named;
  }

  type(schema: unknown, scope: AvroScope): Type {
    if (++this.#depth > MAX_DEPTH) throw refuse(scope.path, `nests deeper than ${MAX_DEPTH}`);
    try {
      return this.#type(bare(schema), scope);
    } finally {
      this.#depth--;
    }
  }

  /**
   * A field or parameter, of which null is the absence. Its type is made now; its default by the function that comes
   * back, because that may need the fields of a record that are not known yet.
   */
  field({ type: given, default: json }: Json, scope: AvroScope): () => FieldType {
    const schema = bare(given);
    const place = Array.isArray(schema) && (json ?? null) === null ? schema.findIndex(isNullSchema) : -1;
    const branches = place < 0 ? [] : (schema as unknown[]).toSpliced(place, 1);
    if (branches.length === 0) return this.#required(this.type(schema, scope), json, scope);
    const inner = branches.length === 1 ? this.type(branches[0], scope) : this.#union(branches, scope);
    const optional = t.optional(inner);
    const made = place === 0 ? optional : t.encoded(optional, { avro: `null:${place}` });
    return () => made;
  }

  #required(type: Type, json: unknown, { path }: AvroScope): () => FieldType {
    if (json === undefined) return () => type;
    let busy = false;
    return () => {
      if (busy) throw refuse(path, "has a default with a value of its own record in it; leave that out");
      busy = true;
      const value = defaultOf(type, json);
      busy = false;
      if (value === undefined)
        throw refuse(path, `cannot take the default ${JSON.stringify(json)}; correct or remove it`);
      return t.default(type, value as never);
    };
  }

  /** What is wrong with fields shows when they are looked at: now, before anybody uses the types. */
  finish(): void {
    for (const type of this.#named.values()) if (type.kind === "struct") void type.fields;
  }

  #type(schema: unknown, scope: AvroScope): Type {
    if (Array.isArray(schema)) return this.#union(schema, scope);
    if (typeof schema === "string") return this.#reference(schema, scope);
    const json = (schema ?? {}) as Json;
    switch (json["type"]) {
      case "record":
      case "error":
        return this.#record(json, scope);
      case "enum":
        return this.#enum(json, scope);
      case "fixed":
        return this.#fixed(json, scope);
      case "array":
        return t.list(this.type(json["items"], { ...scope, path: `${scope.path}[]` }));
      case "map":
        return t.map(this.type(json["values"], { ...scope, path: `${scope.path}[]` }));
      default:
        return withLogicalType(this.#reference(json["type"], scope), json);
    }
  }

  #reference(name: unknown, { path, namespace }: AvroScope): Type {
    if (Object.hasOwn(primitives, String(name))) return primitives[String(name)] as Type;
    const found = this.#named.get(`${namespace}.${name}`) ?? this.#named.get(String(name));
    if (found !== undefined) return found;
    const known = [...this.#named.keys()].join(", ") || "nothing";
    throw refuse(path, `${JSON.stringify(name)} is no type of Avro, nor declared before this; declared is ${known}`);
  }

  /** The full name of a definition, and the scope of what stands inside it. */
  #name({ name: own, namespace: declared }: Json, { path, namespace }: AvroScope): { name: string; inside: AvroScope } {
    const outer = declared ?? namespace;
    if (typeof own !== "string" || typeof outer !== "string") {
      throw refuse(path, "lacks a name; give it name, and namespace if it has one, as text");
    }
    const name = own.includes(".") || outer === "" ? own : `${outer}.${own}`;
    if (this.#named.has(name)) throw refuse(path, `declares ${name}, which stands before it already; rename one`);
    return { name, inside: { path: name, namespace: namespaceOf(name) } };
  }

  #record(json: Json, scope: AvroScope): Type {
    const { name, inside } = this.#name(json, scope);
    const fields = {};
    const struct: Type = t.struct(name, fields);
    this.#named.set(name, struct);
    if (!Array.isArray(json["fields"])) throw refuse(name, "lacks fields; give it a list of them");
    for (const field of json["fields"] as Json[]) {
      const key = field?.["name"];
      if (typeof key !== "string" || Object.hasOwn(fields, key)) {
        throw refuse(name, `a field is called ${JSON.stringify(key)}, which is no name or that of another`);
      }
      const make = this.field(field, { ...inside, path: `${name}.${key}` });
      Object.defineProperty(fields, key, { get: make, enumerable: true });
    }
    return struct;
  }

  #enum(json: Json, scope: AvroScope): Type {
    const { name } = this.#name(json, scope);
    const { symbols, default: other } = json;
    if (!Array.isArray(symbols)) throw refuse(name, "lacks symbols; give it a list of them");
    if (other !== undefined && !symbols.includes(other)) {
      throw refuse(name, `has the default ${JSON.stringify(other)}, which is none of its symbols`);
    }
    const plain = t.enums(name, symbols as string[]);
    const type: Type = other === undefined ? plain : t.encoded(plain, { avro: `default:${other}` });
    this.#named.set(name, type);
    return type;
  }

  #fixed(json: Json, scope: AvroScope): Type {
    const { name } = this.#name(json, scope);
    const { size } = json;
    if (!Number.isInteger(size) || (size as number) < 0 || (size as number) > MAX_FIXED) {
      throw refuse(name, `size is ${JSON.stringify(size)}; give a whole number of bytes up to ${MAX_FIXED}`);
    }
    const type = fixedType({ name, size: size as number }, json);
    this.#named.set(name, type);
    return type;
  }

  /** One of several branches, each a case by the name of its type. */
  #union(branches: readonly unknown[], scope: AvroScope): UnionType {
    const types = branches.map((branch) => this.type(branch, scope));
    const full = branches.map((branch, i) => branchName(bare(branch), types[i] as Type));
    const key = types.map(typeKey).join();
    const known = this.#unions.get(key);
    if (known !== undefined) return known;
    const simple = full.map((name) => name.slice(name.lastIndexOf(".") + 1));
    const names = full.map((name, i) =>
      simple.indexOf(simple[i] as string) === simple.lastIndexOf(simple[i] as string)
        ? (simple[i] as string)
        : name.replaceAll(".", "_"),
    );
    if (types.some((type) => type.kind === "union") || new Set(names).size < names.length || names.length === 0) {
      throw refuse(
        scope.path,
        `[${full.join(", ")}] is no union; its branches are different types, none of them a union`,
      );
    }
    const prefix = scope.namespace === "" ? "" : `${scope.namespace}.`;
    const wanted = prefix + names.map((name) => `${name[0]?.toUpperCase()}${name.slice(1)}`).join("Or");
    let name = wanted;
    for (let i = 2; this.#named.has(name); i++) name = `${wanted}${i}`;
    const cases = Object.fromEntries(names.map((one, i) => [one, types[i] as Type]));
    const union: UnionType = t.encoded(t.union(name, cases), { avro: "union" });
    this.#unions.set(key, union);
    this.#named.set(name, union);
    return union;
  }
}

const MAX_FIXED = 999_999_999;

/** A schema may stand in an object that has nothing but it and properties of the user's own. */
function bare(schema: unknown): unknown {
  let inner = schema;
  while (typeof inner === "object" && inner !== null && !Array.isArray(inner)) {
    const { type } = inner as Json;
    if (typeof type !== "object" || type === null) break;
    inner = type;
  }
  return inner;
}

function isNullSchema(schema: unknown): boolean {
  const inner = bare(schema);
  return inner === "null" || (inner as Json | null)?.["type"] === "null";
}

function namespaceOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf("."), 0));
}

/** The name that Avro itself gives to a branch: that of its type, without a logical one. */
function branchName(schema: unknown, type: Type): string {
  if ("name" in type && !isNullSchema(schema)) return type.name;
  const word = typeof schema === "string" ? schema : ((schema as Json)["type"] as string);
  const fixed = type.kind === "bytes" || type.kind === "decimal" ? scalarForm(type)?.fixed : undefined;
  return fixed?.name ?? word;
}

/** The same for equal types, without a look at the fields of a record, which may not be known yet. */
function typeKey(type: Type): string {
  if (type.kind === "list") return `array<${typeKey(type.item)}>`;
  if (type.kind === "map") return `map<${typeKey(type.value)}>`;
  return "name" in type ? type.name : `${type.kind} ${type.encoding?.["avro"]}`;
}

/** Properties that do not make a logical type are ignored, as Avro says. */
function withLogicalType(type: Type, { logicalType, precision, scale = 0 }: Json): Type {
  if (type.kind === "int64" && logicalType === "timestamp-millis") return t.timestamp;
  if (type.kind === "bytes" && logicalType === "decimal") {
    const decimal = { precision: Number(precision), scale: Number(scale) };
    return isDecimal(decimal, undefined) ? t.encoded(t.decimal, { avro: decimalWord(decimal) }) : type;
  }
  if (!("encoding" in type) && isLogical(type.kind, logicalType))
    return t.encoded(type as never, { avro: logicalType });
  return type;
}

function fixedType(fixed: AvroFixed, { logicalType, precision, scale = 0 }: Json): Type {
  const decimal = { precision: Number(precision), scale: Number(scale) };
  if (logicalType === "decimal" && isDecimal(decimal, fixed)) {
    return t.encoded(t.decimal, { avro: fixedWord(fixed, decimalWord(decimal)) });
  }
  return t.encoded(t.bytes, {
    avro: fixedWord(fixed, isLogicalFixed(logicalType, fixed.size) ? logicalType : undefined),
  });
}

function refuse(path: string, why: string): TypeError {
  return new TypeError(`Avro schema: ${path}: ${why}`);
}
