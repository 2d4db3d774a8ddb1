import { RpcError } from "./error.ts";
import type { StructType, Type } from "./type.ts";

const DEPLOY = "deploy both sides with the same type, or give the new one a field of its own";

/** What a reader of one scalar may be given by a writer of another. */
const widenings: Readonly<Record<string, readonly string[]>> = {
  int32: ["int53", "int64", "float64"],
  int53: ["int64", "float64"],
  int64: ["int53"],
  float32: ["float64"],
};

/** Throws an error that names the first field by which values of `writer` cannot be read as `reader`. */
export function checkReadable(writer: Type, reader: Type, path: string, seen = new Map<Type, Set<Type>>()): void {
  if (writer === reader || seen.get(writer)?.has(reader)) return;
  seen.set(writer, (seen.get(writer) ?? new Set()).add(reader));
  if (writer.kind !== reader.kind) {
    if (widenings[writer.kind]?.includes(reader.kind)) return;
    throw incompatible(path, `one side has ${writer.kind}, the other ${reader.kind}`, DEPLOY);
  }
  switch (reader.kind) {
    case "list":
      return checkReadable((writer as typeof reader).item, reader.item, `${path}[]`, seen);
    case "map":
      return checkReadable((writer as typeof reader).value, reader.value, `${path}[]`, seen);
    case "struct":
      checkVersion((writer as typeof reader).version, reader, path);
      checkCommon(writer as typeof reader, reader, path);
      for (const field of reader.fields) {
        const written = (writer as typeof reader).fields.find((one) => one.name === field.name);
        if (written !== undefined) checkReadable(written.type, field.type, `${path}.${field.name}`, seen);
        else if (
          !field.optional &&
          field.defaultValue === undefined &&
          (field.type.kind === "struct" || field.type.kind === "union")
        ) {
          throw incompatible(
            `${path}.${field.name}`,
            "the other side has no such field, and it is neither optional nor has a default",
            "make the field optional, give it a default, or deploy both sides",
          );
        }
      }
      return;
    case "union":
      // A case that one side lacks fails only for the values that use it.
      for (const field of reader.fields) {
        const written = (writer as typeof reader).fields.find((one) => one.name === field.name);
        if (written !== undefined) checkReadable(written.type, field.type, `${path}.${field.name}`, seen);
      }
      return;
    default:
  }
}

function checkVersion(writer: string | undefined, { name, version }: StructType, path: string): void {
  if (writer === version) return;
  const [one, other] = [writer, version].map((id) => (id === undefined ? "without a version" : `of version ${id}`));
  throw incompatible(path, `one side has ${name} ${one}, the other ${other}`, DEPLOY);
}

/** Two structs without a field in common are not versions of one: read as zeros, nobody would notice. */
function checkCommon(writer: StructType, reader: StructType, path: string): void {
  const plain = reader.fields.find((field) => !field.optional && field.defaultValue === undefined);
  if (writer.fields.length === 0 || plain === undefined) return;
  if (reader.fields.some(({ name }) => writer.fields.some((one) => one.name === name))) return;
  const [theirs, ours] = [writer, reader].map(({ fields }) => {
    const names = fields.slice(0, 3).map(({ name }) => name.slice(0, 40));
    return `${names.join(", ")}${fields.length > 3 ? ", …" : ""}`;
  });
  throw incompatible(`${path}.${plain.name}`, `one side has ${theirs}, the other ${ours}, and none in common`, DEPLOY);
}

function incompatible(path: string, why: string, remedy: string): RpcError {
  return new RpcError({
    code: "FAILED_PRECONDITION",
    message: `the contracts of client and server do not fit: ${path}: ${why}; ${remedy}`,
  });
}
