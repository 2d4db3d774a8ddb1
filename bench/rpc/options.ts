import { parseArgs } from "node:util";
import { contenders, type Entry } from "./contender.ts";

export interface Options {
  readonly entries: readonly Entry[];
  readonly concurrencies: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Undefined: memory is not measured. */
  readonly footprint: { readonly connections: number; readonly pendingCalls: number } | undefined;
  readonly out: string | undefined;
  readonly profileFolder: string | undefined;
}

export const usage = `npm run bench -- rpc [options]

  --only NAME,NAME         these contenders: ${contenders.map(({ name }) => name).join(", ")}
  --concurrency N,N        default 1,16,128
  --rounds N               per contender and concurrency; default 7
  --seconds S              of a round; default 1.5
  --no-footprint           leave out memory per idle connection and per pending call
  --quick                  3 rounds of 0.4 s, 1,000 connections, 10,000 pending calls: does it work?
  --profile FOLDER         write a CPU profile of every process there (it slows them by some percent)
  --out FILE               where the report goes; default bench/RESULTS.md, but only for a run with no other option

The whole run takes about fifteen minutes. It wants two idle CPUs, and ${"`ulimit -n`"} above 10,100.`;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`--${name} ${text}: expected a number above 0`);
  return value;
}

export function parseOptions(args: readonly string[], defaultOut: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      concurrency: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      "no-footprint": { type: "boolean" },
      quick: { type: "boolean", default: false },
      profile: { type: "string" },
      out: { type: "string" },
    },
  });
  const { quick } = values;
  const names = values.only?.split(",") ?? contenders.map(({ name }) => name);
  for (const name of names) {
    if (!contenders.some((entry) => entry.name === name))
      throw new Error(`--only: unknown contender "${name}"\n\n${usage}`);
  }
  const seconds = positive("seconds", values.seconds ?? (quick ? "0.4" : "1.5"));
  return {
    entries: contenders.filter(({ name }) => names.includes(name)),
    concurrencies: (values.concurrency ?? "1,16,128")
      .split(",")
      .map((text) => Math.ceil(positive("concurrency", text))),
    rounds: Math.ceil(positive("rounds", values.rounds ?? (quick ? "3" : "7"))),
    seconds,
    warmUpSeconds: Math.max(0.5, seconds * 0.67),
    footprint: values["no-footprint"]
      ? undefined
      : quick
        ? { connections: 1_000, pendingCalls: 10_000 }
        : { connections: 10_000, pendingCalls: 100_000 },
    out: values.out ?? (args.length === 0 ? defaultOut : undefined),
    profileFolder: values.profile,
  };
}
