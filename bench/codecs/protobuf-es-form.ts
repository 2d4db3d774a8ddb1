import { createFileRegistry, type DescMessage, fromJson, type JsonObject } from "@bufbuild/protobuf";
import { protoCamelCase, safeObjectProperty } from "@bufbuild/protobuf/reflect";
import {
  type DescriptorProto,
  FileDescriptorProtoSchema,
  file_google_protobuf_timestamp,
} from "@bufbuild/protobuf/wkt";
import protobufjs from "protobufjs";
import "protobufjs/ext/descriptor.js";
import type { EnumType, Field, StructType, UnionType } from "../../core/type/type.ts";
import { type Form, listOf, mapOf } from "./conversion.ts";
import { oneofOf, protoOf } from "./proto.ts";

const timestampFile = "google/protobuf/timestamp.proto";

/** The descriptor that its generated code embeds; protobufjs reads the .proto file here. */
export function messageOf(type: StructType): DescMessage {
  const { text, message } = protoOf(type);
  const scope = message.slice(0, message.lastIndexOf(".") + 1);
  const { root } = protobufjs.parse(text, new protobufjs.Root(), { keepCase: true });
  root.addJSON(protobufjs.common.get(timestampFile)?.nested ?? {});
  root.resolveAll();
  const { file: files } = root.toDescriptor("proto3").toJSON() as { file: (JsonObject & { package?: string })[] };
  const file = fromJson(
    FileDescriptorProtoSchema,
    files.find((one) => (one.package ?? "") === scope.slice(0, -1)) ?? {},
  );
  file.dependency = [timestampFile];
  for (const one of file.messageType) qualify(one, scope, root);
  const registry = createFileRegistry(file, (path) =>
    path === timestampFile ? file_google_protobuf_timestamp : undefined,
  );
  const found = registry.getMessage(message);
  if (found === undefined) throw new Error(`no message ${message} in:\n${text}`);
  return found;
}

/** protobufjs names types as short as it can, a descriptor by their full names. */
function qualify({ name, field, nestedType }: DescriptorProto, scope: string, root: protobufjs.Root): void {
  for (const one of [...field, ...nestedType.flatMap((nested) => nested.field)]) {
    const { typeName } = one;
    if (typeName === "" || typeName.startsWith(".")) continue;
    const inner = nestedType.some((nested) => nested.name === typeName);
    const full = inner ? `${scope}${name}.${typeName}` : `${scope}${typeName}`;
    one.typeName = `.${inner || root.lookup(full) !== null ? full : typeName}`;
  }
}

const nameOf = (name: string) => safeObjectProperty(protoCamelCase(name));
const fieldName = (field: Field) => nameOf(field.name);
const oneofName = (type: UnionType) => nameOf(oneofOf(type));

function numbersOf(type: EnumType): readonly number[] {
  return type.numbers ?? type.members.map((_, index) => index);
}

export const toEs: Form = {
  writeName: fieldName,
  expression(type, x, place, inner) {
    switch (type.kind) {
      case "int53":
        return `BigInt(${x})`;
      case "enum":
        return `${JSON.stringify(numbersOf(type))}[${JSON.stringify(type.members)}.indexOf(${x})]`;
      case "timestamp":
        return `{ seconds: BigInt(Math.floor(${x}.getTime() / 1000)), nanos: (((${x}.getTime() % 1000) + 1000) % 1000) * 1e6 }`;
      case "list":
        return place === "inner" ? `{ items: ${listOf(type, x, inner)} }` : undefined;
      case "map":
        return place === "inner" ? `{ entries: ${mapOf(type, x, inner)} }` : undefined;
      case "union": {
        const cases = type.fields.map(
          (field) =>
            `${x}.kind === ${JSON.stringify(field.name)} ? { ${oneofName(type)}: { case: ${JSON.stringify(fieldName(field))}, value: ${inner(field.type, `${x}.value`, "inner")} } }`,
        );
        return `(${cases.join(" : ")} : undefined)`;
      }
      default:
        return undefined;
    }
  },
};

export const fromEs: Form = {
  readName: fieldName,
  expression(type, x, place, inner) {
    switch (type.kind) {
      case "int53":
        return `Number(${x})`;
      case "enum":
        return `${JSON.stringify(type.members)}[${JSON.stringify(numbersOf(type))}.indexOf(${x})]`;
      case "timestamp":
        return `new Date(Number(${x}.seconds) * 1000 + ${x}.nanos / 1e6)`;
      case "list":
        return place === "inner" ? listOf(type, `${x}.items`, inner) : undefined;
      case "map":
        return place === "inner" ? mapOf(type, `${x}.entries`, inner) : undefined;
      case "union": {
        const set = `${x}.${oneofName(type)}`;
        const cases = type.fields.map(
          (field) =>
            `${set}.case === ${JSON.stringify(fieldName(field))} ? { kind: ${JSON.stringify(field.name)}, value: ${inner(field.type, `${set}.value`, "inner")} }`,
        );
        return `(${cases.join(" : ")} : undefined)`;
      }
      default:
        return undefined;
    }
  },
};
