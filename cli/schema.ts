import { InputError } from "../formats/input-error.ts";
import { namedType, typeNames } from "../formats/named-types.ts";
import { chooseContract, readSchema } from "../formats/read.ts";
import type { SchemaFile } from "../formats/schema-file.ts";
import { type SchemaFormat, schemaFormats, writeSchema } from "../formats/write.ts";
import { type Command, parse } from "./command.ts";
import { deliver } from "./output.ts";
import { parseSource } from "./source.ts";

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
    const format = schemaFormats.find((one) => one === values.format);
    if (format === undefined) {
      const given = values.format === undefined ? "--format is missing" : `--format ${values.format} is not known`;
      throw new InputError(`${given}; use one of ${schemaFormats.join(", ")}`);
    }
    const { file, name } = parseSource(source);
    const loaded = await readSchema(file, { cwd: io.cwd, includes: values.include ?? [] });
    await deliver(print(format, loaded, { file, name, type: values.type }), values.out, io);
    return 0;
  },
};

interface Wanted {
  readonly file: string;
  readonly name: string | undefined;
  readonly type: string | undefined;
}

function print(format: SchemaFormat, loaded: SchemaFile, { file, name, type }: Wanted): string {
  if (type === undefined && loaded.contracts.size > 0) return writeSchema(chooseContract(loaded, file, name), format);
  const wanted = type ?? name;
  const found = wanted === undefined ? undefined : namedType(loaded, wanted);
  if (found !== undefined) return writeSchema(found, format);
  const names = typeNames(loaded).join(", ");
  if (names === "") throw new InputError(`${file}: declares neither a contract nor a type`);
  throw new InputError(
    wanted === undefined
      ? `${file}: declares no contract, only types; say which: --type with one of ${names}`
      : `${file}: has no type ${wanted}; it has ${names}`,
  );
}
