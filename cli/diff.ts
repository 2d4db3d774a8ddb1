import { Adapters } from "../adapters.ts";
import type { Codec } from "../core/codec.ts";
import { compareContracts, compareTypes } from "../evolution/compare.ts";
import type { Named } from "../evolution/linked.ts";
import { type Change, OK, type Verdict } from "../evolution/outcome.ts";
import { InputError } from "../formats/input-error.ts";
import { chooseContract, readSchema } from "../formats/read.ts";
import type { NamedType, SchemaFile } from "../formats/schema-file.ts";
import { type Command, parse } from "./command.ts";
import { breaks, type Peers, report } from "./diff-report.ts";
import { parseSource } from "./source.ts";

const usage = `trunkline diff <old> <new> [--codec json,protobuf] [--peers negotiated|any]
                             [--compat full|backward|forward] [--all] [--json]

Lists what a new version of a contract breaks, for each codec: what old readers make of what the new version writes, and
new readers of what the old one wrote.

  <old> <new>        modules, orders.ts#Orders (the name may be left out where there is one contract), or schema files:
                     .proto .binpb .avsc .avpr, and the .json of trunkline schema. Take both of one kind: only modules
                     and the files of --format contract say everything. Where a file has no contract, the types that
                     both have are compared
  --codec <names>    only these; else every codec
  --peers negotiated only Trunkline peers, who tell one another their contracts when they connect
  --peers any        stored bytes, and peers of other makes, too (the default)
  --compat full      both versions read what the other wrote (the default)
  --compat backward  the new version reads what the old one wrote, and no more is asked: readers are deployed first
  --compat forward   the old version reads what the new one writes, and no more is asked: writers are deployed first
  --all              list what fits, too
  --json             for programs
  --include <folder> where to look for what a .proto file imports; may stand several times

Exit codes: 0 nothing breaks, 1 something breaks, 2 wrong use, or a file that cannot be read.
`;

export const command: Command = {
  summary: "tell whether two versions of a contract fit together",
  usage,
  async run(args, io) {
    const { values, positionals } = parse(args, {
      codec: { type: "string" },
      peers: { type: "string" },
      compat: { type: "string" },
      all: { type: "boolean" },
      json: { type: "boolean" },
      include: { type: "string", multiple: true },
    });
    const [old, next, extra] = positionals;
    if (old === undefined || next === undefined || extra !== undefined)
      throw new InputError("give two versions: trunkline diff old.json orders.ts#Orders");
    const peers = values.peers ?? "any";
    if (peers !== "any" && peers !== "negotiated")
      throw new InputError(`--peers ${peers} is not known; use negotiated or any`);
    const compat = values.compat ?? "full";
    if (!Object.hasOwn(ignored, compat))
      throw new InputError(`--compat ${compat} is not known; use full, backward or forward`);
    const codecs = await chosenCodecs(values.codec);
    const options = { includes: values.include ?? [] };
    const load = async (source: string): Promise<Loaded> => {
      const { file, name } = parseSource(source);
      return { file, name, schema: await readSchema(file, { cwd: io.cwd, ...options }) };
    };
    const { title, changes: all } = compare(await load(old), await load(next), codecs);
    const changes = all.map((change) => without(change, ignored[compat as Compat]));
    const names = codecs.map(({ name }) => name);
    io.out(
      values.json
        ? `${JSON.stringify({ ...title, peers, compat, codecs: names, changes: changes.map((one) => withVerdict(one, peers)) }, null, 2)}\n`
        : report({ title, changes, codecs: names, peers: peers as Peers, all: values.all ?? false }),
    );
    return changes.some((change) => breaks(change, peers)) ? 1 : 0;
  },
};

/** Which readers do not matter. */
const ignored = { full: {}, backward: { toOld: OK }, forward: { toNew: OK } } as const;
type Compat = keyof typeof ignored;

function without(change: Change, fine: Partial<Verdict>): Change {
  const verdicts = Object.entries(change.verdicts).map(([codec, { negotiated, stored }]) => [
    codec,
    { negotiated: { ...negotiated, ...fine }, stored: { ...stored, ...fine } },
  ]);
  return { ...change, verdicts: Object.fromEntries(verdicts) };
}

function withVerdict(change: Change, peers: Peers): object {
  return { ...change, breaks: breaks(change, peers) };
}

async function chosenCodecs(given: string | undefined): Promise<Codec[]> {
  const all = await new Adapters([]).allCodecs();
  if (given === undefined) return all;
  return given.split(",").map((word) => {
    const found = all.find(({ name }) => name === word.trim());
    if (found !== undefined) return found;
    throw new InputError(`--codec ${word} is not known; known are ${all.map(({ name }) => name).join(", ")}`);
  });
}

interface Loaded {
  readonly file: string;
  readonly name: string | undefined;
  readonly schema: SchemaFile;
}
export interface Title {
  readonly old: string;
  readonly new: string;
}

function compare(old: Loaded, next: Loaded, codecs: readonly Codec[]): { title: Title; changes: readonly Change[] } {
  const [before, after] = [old, next].map(({ schema }) => schema.contracts.size > 0);
  if (before !== after) {
    const without = before ? next : old;
    throw new InputError(`${without.file}: declares no contract, but the other version does; compare like with like`);
  }
  if (!before) {
    const [mine, theirs] = [old, next].map(({ schema }) => schema.types.map(asNamed)) as [Named[], Named[]];
    return { title: { old: old.file, new: next.file }, changes: compareTypes(mine, theirs, codecs) };
  }
  const [a, b] = [old, next].map(({ schema, file, name }) => chooseContract(schema, file, name));
  if (a === undefined || b === undefined) throw new InputError("no contract was found");
  const title = { old: `${a.name} ${a.version}`, new: `${b.name} ${b.version}` };
  return { title, changes: compareContracts(a, b, codecs) };
}

/** A declared error is the struct of its fields. */
function asNamed(type: NamedType): Named {
  if (type.kind !== "error") return type;
  return { kind: "struct", name: type.name, fields: type.fields } as unknown as Named;
}
