import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { contenders, type Entry } from "./contender.ts";
import { ownPayload } from "./own-payload.ts";
import { type Payload, payloads } from "./payloads.ts";

export interface Options {
  readonly entries: readonly Entry[];
  readonly payloads: readonly Payload[];
  readonly rounds: number;
  /** Of each round, for encoding and again for decoding. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** The folder of report, JSON and chart; undefined: only the terminal. */
  readonly out: string | undefined;
  readonly jsonFile: string | undefined;
  readonly profileFolder: string | undefined;
}

export const usage = `npm run bench -- codecs [options]

How fast are the codecs, and how many bytes do they make? Every codec of this project and the libraries that do the same
turn the same values into bytes and back. Each round trip is checked before it is timed.

  --payload NAME,NAME      these values: ${payloads.map(({ name }) => name).join(", ")}
  --type FILE#NAME         a value of your own: the exported type (or Zod schema, …), as in ./contract.ts#Order,
  --data FILE.json           and the value in JSON (a t.int64 is a string, bytes are base64, a union is { "case": value });
                             without --payload nothing else is measured
  --only NAME,NAME         these contenders (--codec is the same): ${contenders.map(({ name }) => name).join(", ")}
  --contender FILE         one of your own beside them: a module that exports \`contender\`, as bench/codecs/contender.ts says
  --rounds N               per contender and value; default 7
  --seconds S              of a round, once for encoding and once for decoding; default 0.15
  --quick                  3 rounds of 0.03 s: does it work?
  --profile FOLDER         write a CPU profile of every process there (npm run bench -- profile reads it)
  --out FOLDER             write RESULTS.md, codecs.json, codecs.svg and codecs.png there;
                             default bench, but only for a run with no other option
  --json FILE              write the figures there, for programs

Times are nanoseconds for one value, end to end: from the value to a Uint8Array of its own, and from a Uint8Array to the
value. "× JSON" is the time in times of JSON.stringify with TextEncoder, JSON.parse with TextDecoder; below 1 is faster.
The whole run takes about five minutes, and wants an idle CPU.`;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`--${name} ${text}: expected a number above 0`);
  return value;
}

function named<T extends { readonly name: string }>(
  option: string,
  text: string | undefined,
  all: readonly T[],
): readonly T[] {
  if (text === undefined) return all;
  const names = text.split(",");
  for (const name of names) {
    if (!all.some((one) => one.name === name)) {
      throw new Error(`--${option}: there is no "${name}"; known are ${all.map((one) => one.name).join(", ")}`);
    }
  }
  return all.filter(({ name }) => names.includes(name));
}

export async function parseOptions(args: readonly string[], defaultOut: string): Promise<Options> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      payload: { type: "string" },
      type: { type: "string" },
      data: { type: "string" },
      only: { type: "string" },
      codec: { type: "string" },
      contender: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      quick: { type: "boolean", default: false },
      profile: { type: "string" },
      out: { type: "string" },
      json: { type: "string" },
    },
  });
  const { quick, type, data, contender } = values;
  if (type === undefined && data !== undefined) throw new Error("--data needs --type FILE#NAME, the type of the value");
  if (type !== undefined && data === undefined) throw new Error("--type needs --data FILE.json, a value of the type");
  const own = type === undefined || data === undefined ? [] : [await ownPayload(type, data)];
  const builtIn = own.length > 0 && values.payload === undefined ? [] : named("payload", values.payload, payloads);
  const chosen =
    values.only === undefined ? named("codec", values.codec, contenders) : named("only", values.only, contenders);
  const seconds = positive("seconds", values.seconds ?? (quick ? "0.03" : "0.15"));
  return {
    entries: contender === undefined ? chosen : [...chosen, ownEntry(contender)],
    payloads: [...builtIn, ...own],
    rounds: Math.ceil(positive("rounds", values.rounds ?? (quick ? "3" : "7"))),
    seconds,
    warmUpSeconds: seconds * 2,
    out: values.out ?? (args.length === 0 ? defaultOut : undefined),
    jsonFile: values.json,
    profileFolder: values.profile,
  };
}

function ownEntry(file: string): Entry {
  return { name: basename(file).replace(/\.[^.]+$/, ""), format: "other", file: resolve(file) };
}
