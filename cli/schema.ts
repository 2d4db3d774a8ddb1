import { avroProtocol, avroSchema } from "../codecs/avro/index.ts";
import { jsonSchema } from "../codecs/json/index.ts";
import { protoText, typeProtoText } from "../codecs/protobuf/index.ts";
import type { ContractDescriptor } from "../core/contract/contract.ts";
import { printContract, printTypes } from "../core/contract/print-contract.ts";
import { InputError } from "../formats/input-error.ts";
import { chooseContract, loadSchemaFile, parseSource } from "../formats/load.ts";
import { namedType, typeNames } from "../formats/named-types.ts";
import type { NamedType, SchemaFile } from "../formats/schema-file.ts";
import { typescriptModule } from "../formats/typescript/module.ts";
import { type Command, parse } from "./command.ts";
import { deliver } from "./output.ts";

/** How one format prints a contract, and one type. */
interface Format {
  contract(contract: ContractDescriptor): string;
  type(type: NamedType): string;
}

const formats: Readonly<Record<string, Format>> = {
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
};

const usage = `trunkline schema <source> --format <format> [--type <name>] [--out <file>]

Prints a contract as a schema of another kind.

  <source>           a module, orders.ts#Orders or dist/orders.js (the name may be left out where there is one contract),
                     or a schema file: .proto .binpb .avsc .avpr .avdl, and the .json that this command prints
  --format <format>  proto        a .proto file (proto3), with a service
                     avro         an Avro protocol, as in an .avpr file
                     json-schema  JSON Schema of draft 2020-12, for what the JSON codec writes
                     typescript   a module with a decorated class
                     contract     everything that is declared, as JSON, from which all others can be printed
  --type <name>      print that type alone
  --include <folder> where to look for what a .proto file imports; may stand several times
  --out <file>       write there instead of to the standard output
`;

export const command: Command = {
  summary: "print a contract as a schema of another kind",
  usage,
  async run(args, io) {
    const { values, positionals } = parse(args, {
      format: { type: "string" },
      type: { type: "string" },
      include: { type: "string", multiple: true },
      out: { type: "string" },
    });
    const [source, extra] = positionals;
    if (source === undefined) throw new InputError("say of what: trunkline schema orders.ts#Orders --format proto");
    if (extra !== undefined) throw new InputError(`${extra} is one source too many; take them one by one`);
    const format = Object.hasOwn(formats, values.format ?? "") ? formats[values.format ?? ""] : undefined;
    if (format === undefined) {
      const given = values.format === undefined ? "--format is missing" : `--format ${values.format} is not known`;
      throw new InputError(`${given}; use one of ${Object.keys(formats).join(", ")}`);
    }
    const { file, name } = parseSource(source);
    const loaded = await loadSchemaFile(file, io, { includes: values.include ?? [] });
    await deliver(print(format, loaded, { file, name, type: values.type }), values.out, io);
    return 0;
  },
};

interface Wanted {
  readonly file: string;
  readonly name: string | undefined;
  readonly type: string | undefined;
}

function print(format: Format, loaded: SchemaFile, { file, name, type }: Wanted): string {
  if (type === undefined && loaded.contracts.size > 0) return format.contract(chooseContract(loaded, file, name));
  const wanted = type ?? name;
  const found = wanted === undefined ? undefined : namedType(loaded, wanted);
  if (found !== undefined) return format.type(found);
  const names = typeNames(loaded).join(", ");
  if (names === "") throw new InputError(`${file}: declares neither a contract nor a type`);
  throw new InputError(
    wanted === undefined
      ? `${file}: declares no contract, only types; say which: --type with one of ${names}`
      : `${file}: has no type ${wanted}; it has ${names}`,
  );
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
