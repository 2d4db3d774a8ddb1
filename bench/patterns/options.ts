import { parseArgs } from "node:util";
import { contenders, type Entry } from "./contender.ts";
import { type Pattern, patterns } from "./pattern.ts";

export interface Options {
  readonly entries: readonly Entry[];
  readonly patterns: readonly Pattern[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly subscribers: number;
  readonly out: string | undefined;
  readonly profileFolder: string | undefined;
}

const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name).join(", ");

export const usage = `npm run bench -- patterns [options]

  --only NAME,NAME         these contenders: ${names(contenders)}
  --pattern NAME,NAME      these patterns: ${names(patterns)}
  --rounds N               per contender and pattern; default 5
  --seconds S              of a round; default 1
  --subscribers N          of a fan-out, a multiple of 10; default 1000
  --profile FOLDER         write a CPU profile of every process there (it slows them by some percent)
  --out FILE               where the report goes; default bench/RESULTS.md, but only for a run with no other option

The whole run takes about eight minutes. It wants two idle CPUs, \`ulimit -n\` above 1,100, and \`nats-server\` installed
(apt-get install nats-server): without it the rows of nats are left out.`;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`--${name} ${text}: expected a number above 0`);
  return value;
}

/** Those whose names are given, in the order of `all`. */
function chosen<T extends { readonly name: string }>(option: string, all: readonly T[], given: string | undefined) {
  const wanted = given?.split(",") ?? all.map(({ name }) => name);
  for (const name of wanted) {
    if (!all.some((one) => one.name === name)) throw new Error(`--${option}: unknown name "${name}"\n\n${usage}`);
  }
  return all.filter(({ name }) => wanted.includes(name));
}

export function parseOptions(args: readonly string[], defaultOut: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      pattern: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      subscribers: { type: "string" },
      profile: { type: "string" },
      out: { type: "string" },
    },
  });
  const seconds = positive("seconds", values.seconds ?? "1");
  const subscribers = positive("subscribers", values.subscribers ?? "1000");
  if (subscribers % 10 !== 0) throw new Error(`--subscribers ${subscribers}: expected a multiple of 10`);
  return {
    entries: chosen("only", contenders, values.only),
    patterns: chosen("pattern", patterns, values.pattern),
    rounds: Math.ceil(positive("rounds", values.rounds ?? "5")),
    seconds,
    warmUpSeconds: Math.min(1, seconds),
    subscribers,
    out: values.out ?? (args.length === 0 ? defaultOut : undefined),
    profileFolder: values.profile,
  };
}
