import { avroProtocol, avroSchema } from "../codecs/avro/index.ts";
import { jsonSchema } from "../codecs/json/index.ts";
import { protoText, typeProtoText } from "../codecs/protobuf/index.ts";
import type { ContractDescriptor } from "../core/contract/contract.ts";
import { printContract, printTypes } from "../core/contract/print-contract.ts";
import { InputError } from "./input-error.ts";
import type { NamedType, SchemaFile } from "./schema-file.ts";
import { typescriptModule } from "./typescript/write.ts";

/** How one format prints a contract, and one type. */
interface Format {
  contract(contract: ContractDescriptor): string;
  type(type: NamedType): string;
}

const formats = {
  proto: { contract: protoText, type: (type) => typeProtoText(asRecord(type)) },
  avro: {
    contract: (contract) => json({ ...avroProtocol(contract), "x-trunkline": printContract(contract) }),
    type: (type) => json(avroSchema(asValue(type))),
  },
  "json-schema": {
    contract: (contract) => json({ ...jsonSchema(contract), "x-trunkline": printContract(contract) }),
    type: (type) => json({ ...jsonSchema(asValue(type)), "x-trunkline": printTypes([type]) }),
  },
  typescript: {
    contract: (contract) => typescript({ contracts: new Map([[contract.name, contract]]), types: [] }, contract.name),
    type: (type) => typescript({ contracts: new Map(), types: [type] }, type.name),
  },
  contract: {
    contract: (contract) => json(printContract(contract)),
    type: (type) => json(printTypes([type])),
  },
} satisfies Readonly<Record<string, Format>>;

/** What a contract can be written as: a `.proto` file, an Avro protocol, JSON Schema, a module, or all of it as JSON. */
export type SchemaFormat = keyof typeof formats;
export const schemaFormats = Object.keys(formats) as readonly SchemaFormat[];

/** The text of a contract, or of one type, in a format. Throws an `InputError` for what the format cannot say. */
export function writeSchema(of: ContractDescriptor | NamedType, format: SchemaFormat): string {
  const chosen: Format = formats[format];
  return "operations" in of ? chosen.contract(of) : chosen.type(of);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function typescript(file: SchemaFile, of: string): string {
  return typescriptModule(file, `Printed by trunkline schema from ${of}.`);
}

/** A declared error is for schemas the struct of its fields. */
function asValue(type: NamedType): Exclude<NamedType, { readonly kind: "error" }> {
  return type.kind === "error" ? { kind: "struct", name: type.name, fields: type.fields } : type;
}

function asRecord(type: NamedType): Exclude<NamedType, { readonly kind: "error" | "enum" }> {
  const value = asValue(type);
  if (value.kind !== "enum") return value;
  throw new InputError(`${type.name} is an enum, which a .proto file has beside a message; print the message`);
}
