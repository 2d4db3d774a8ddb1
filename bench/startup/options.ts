import { parseArgs } from "node:util";
import { contenders, type Entry } from "./contender.ts";

export interface Options {
  readonly entries: readonly Entry[];
  readonly rounds: number;
  readonly dist: string | undefined;
  readonly out: string | undefined;
}

export const usage = `npm run bench -- startup [options]

  --only NAME,NAME         these contenders: ${contenders.map(({ name }) => name).join(", ")}
  --rounds N               processes of each; default 21
  --dist FOLDER            a build of ours; default: the sources are built anew, elsewhere
  --out FILE               where the report goes; default bench/RESULTS.md, but only for a run with no other option`;

export function parseOptions(args: readonly string[], defaultOut: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      dist: { type: "string" },
      out: { type: "string" },
    },
  });
  const names = values.only?.split(",") ?? contenders.map(({ name }) => name);
  for (const name of names) {
    if (!contenders.some((entry) => entry.name === name))
      throw new Error(`--only: unknown contender "${name}"\n\n${usage}`);
  }
  const rounds = Number(values.rounds ?? "21");
  if (!(rounds > 0 && Number.isInteger(rounds)))
    throw new Error(`--rounds ${values.rounds}: expected a whole number above 0`);
  return {
    entries: contenders.filter(({ name }) => names.includes(name)),
    rounds,
    dist: values.dist,
    out: values.out ?? (args.length === 0 ? defaultOut : undefined),
  };
}
