import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { plainTable, type Row } from "./table.ts";

/** What is used here of the format that `node --cpu-prof` writes. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

const shown = 25;

function hottest(profile: CpuProfile): Row[] {
  const selfMicroseconds = new Map<string, number>();
  const names = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const where = url === "" ? "" : `${url.startsWith("node:") ? url : basename(url)}:${lineNumber + 1}`;
      return [id, `${functionName || "(anonymous)"} ${where}`.trim()];
    }),
  );
  let busy = 0;
  profile.samples.forEach((id, index) => {
    const name = names.get(id) ?? "?";
    const taken = profile.timeDeltas[index] ?? 0;
    selfMicroseconds.set(name, (selfMicroseconds.get(name) ?? 0) + taken);
    if (name !== "(idle)") busy += taken;
  });
  selfMicroseconds.delete("(idle)");
  const sorted = [...selfMicroseconds].sort(([, a], [, b]) => b - a).slice(0, shown);
  return [
    ["function", "self ms", "of busy"],
    ...sorted.map(([name, taken]) => [name, (taken / 1000).toFixed(0), `${((100 * taken) / busy).toFixed(1)} %`]),
  ];
}

export const question = {
  usage: `npm run bench -- profile FILE...

Prints the ${shown} functions with the most time of their own, of profiles written by the --profile FOLDER of
the other questions`,
  async run(files: readonly string[]): Promise<number> {
    if (files.length === 0) {
      console.error(this.usage);
      return 2;
    }
    for (const file of files) {
      console.log(`\n${basename(file)}\n\n${plainTable(hottest(JSON.parse(readFileSync(file, "utf8"))))}`);
    }
    return 0;
  },
};
