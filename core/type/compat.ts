import { RpcError } from "../error.ts";
import { fieldsByName } from "./fields-by-name.ts";
import type { Field, StructType, Type, UnionType } from "./type.ts";

const DEPLOY = "deploy both sides with the same type, or give the new one a field of its own";

/** What a reader of one scalar may be given by a writer of another. */
const widenings: Readonly<Record<string, readonly string[]>> = {
  int32: ["int53", "int64", "float64"],
  int53: ["int64", "float64"],
  int64: ["int53"],
  float32: ["float64"],
};

type RecordType = StructType | UnionType;

interface Meeting {
  readonly writer: Type;
  readonly reader: Type;
  readonly path: string;
}

/** Throws an error that names a field by which values of `writer` cannot be read as `reader`. */
export function checkReadable(writer: Type, reader: Type, path: string): void {
  new Comparison().check(writer, reader, path);
}

/**
 * Compares the types of two sides. Each pair is compared once, however many operations lead to it, and one after the
 * other, since a peer may nest types deeper than a stack goes.
 */
export class Comparison {
  readonly #met = new Map<Type, Set<Type>>();
  readonly #byName = new Map<RecordType, ReadonlyMap<string, Field>>();
  readonly #onWork: (fields: number, path: string) => void;

  /** `onWork` is told of the fields that are about to be compared, and throws where they are too many. */
  constructor(onWork: (fields: number, path: string) => void = () => {}) {
    this.#onWork = onWork;
  }

  check(writer: Type, reader: Type, path: string): void {
    const open: Meeting[] = [{ writer, reader, path }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      // The first field is compared first.
      const within = this.#compare(next);
      for (let i = within.length - 1; i >= 0; i--) open.push(within[i] as Meeting);
    }
  }

  /** What stands in two types that meet. */
  #compare({ writer, reader, path }: Meeting): readonly Meeting[] {
    if (writer === reader) return [];
    if (writer.kind !== reader.kind) {
      if (widenings[writer.kind]?.includes(reader.kind)) return [];
      throw incompatible(path, `one side has ${writer.kind}, the other ${reader.kind}`, DEPLOY);
    }
    switch (reader.kind) {
      case "list":
        return this.#firstTime(writer, reader)
          ? [{ writer: (writer as typeof reader).item, reader: reader.item, path: `${path}[]` }]
          : [];
      case "map":
        return this.#firstTime(writer, reader)
          ? [{ writer: (writer as typeof reader).value, reader: reader.value, path: `${path}[]` }]
          : [];
      case "struct":
      case "union":
        if (!this.#firstTime(writer, reader)) return [];
        this.#onWork(1 + reader.fields.length + (writer as typeof reader).fields.length, path);
        return this.#compareFields(writer as typeof reader, reader, path);
      default:
        return [];
    }
  }

  #firstTime(writer: Type, reader: Type): boolean {
    const met = this.#met.get(writer);
    if (met === undefined) this.#met.set(writer, new Set([reader]));
    else if (met.has(reader)) return false;
    else met.add(reader);
    return true;
  }

  #compareFields(writer: RecordType, reader: RecordType, path: string): Meeting[] {
    const written = this.#fieldsOf(writer);
    if (reader.kind === "struct") {
      checkVersion((writer as StructType).version, reader, path);
      checkCommon(written, reader, path);
    }
    const within: Meeting[] = [];
    for (const field of reader.fields) {
      const other = written.get(field.name);
      if (other !== undefined) within.push({ writer: other.type, reader: field.type, path: `${path}.${field.name}` });
      // A case that one side lacks fails only for the values that use it.
      else if (
        reader.kind === "struct" &&
        !field.optional &&
        field.defaultValue === undefined &&
        isRecord(field.type)
      ) {
        throw incompatible(
          `${path}.${field.name}`,
          "the other side has no such field, and it is neither optional nor has a default",
          "make the field optional, give it a default, or deploy both sides",
        );
      }
    }
    return within;
  }

  #fieldsOf(type: RecordType): ReadonlyMap<string, Field> {
    let byName = this.#byName.get(type);
    if (byName === undefined) {
      byName = fieldsByName(type.fields);
      this.#byName.set(type, byName);
    }
    return byName;
  }
}

function isRecord({ kind }: Type): boolean {
  return kind === "struct" || kind === "union";
}

function checkVersion(writer: string | undefined, { name, version }: StructType, path: string): void {
  if (writer === version) return;
  const [one, other] = [writer, version].map((id) => (id === undefined ? "without a version" : `of version ${id}`));
  throw incompatible(path, `one side has ${name} ${one}, the other ${other}`, DEPLOY);
}

/** Two structs without a field in common are not versions of one: read as zeros, nobody would notice. */
function checkCommon(written: ReadonlyMap<string, Field>, reader: StructType, path: string): void {
  const plain = reader.fields.find((field) => !field.optional && field.defaultValue === undefined);
  if (written.size === 0 || plain === undefined) return;
  if (reader.fields.some(({ name }) => written.has(name))) return;
  const [theirs, ours] = [[...written.keys()], reader.fields.map(({ name }) => name)].map((all) => {
    const names = all.slice(0, 3).map((name) => name.slice(0, 40));
    return `${names.join(", ")}${all.length > 3 ? ", …" : ""}`;
  });
  throw incompatible(`${path}.${plain.name}`, `one side has ${theirs}, the other ${ours}, and none in common`, DEPLOY);
}

function incompatible(path: string, why: string, remedy: string): RpcError {
  return new RpcError({
    code: "FAILED_PRECONDITION",
    message: `the contracts of client and server do not fit: ${path}: ${why}; ${remedy}`,
  });
}
