import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import { chart } from "./codecs/chart.ts";
import { type Options, parseOptions, usage } from "./codecs/options.ts";
import { jsonReport, markdownReport, type Results, terminalReport } from "./codecs/report.ts";
import { type Measured, measurePayload, type Unmeasured } from "./codecs/rounds.ts";
import { describeMachine, versionOf } from "./machine.ts";
import { Progress } from "./progress.ts";
import { findingsOf } from "./question.ts";
import { writePart } from "./results.ts";
import { Workers } from "./workers.ts";

/*
 * How fast is a codec, and how many bytes does it make? The method is written in codecs/method.ts and printed above the
 * results, in RESULTS.md.
 */
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

async function measure(options: Options, progress: Progress): Promise<Results> {
  const machine = describeMachine();
  const { entries } = options;
  progress.step("compiling");
  await using workers = await Workers.build(
    [
      "codecs/worker-codec.ts",
      ...entries.flatMap(({ name, file }) => (file === undefined ? `codecs/contenders/${name}.ts` : [])),
    ],
    entries.flatMap(({ name, file }) => (file === undefined ? [] : { in: file, out: `codecs/own/${name}` })),
  );
  const measured: Measured[] = [];
  const unmeasured: Unmeasured[] = [];
  for (const payload of options.payloads) {
    const outcome = await measurePayload(workers, payload, options, progress);
    measured.push(...outcome.measured);
    unmeasured.push(...outcome.unmeasured);
  }
  return {
    options,
    machine,
    versions: entries.flatMap(({ packages = [] }) => packages.map((name) => `${name} ${versionOf(name)}`)),
    measured,
    unmeasured,
    findings: findingsOf("codecs"),
  };
}

/** The chart as a picture; its letters come from a package, so that it looks the same on every machine. */
function rasterize(svg: string): Uint8Array {
  const fonts = join(dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");
  const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) => join(fonts, name));
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: "DejaVu Sans" };
  return new Resvg(svg, { font, fitTo: { mode: "zoom", value: 1.5 } }).render().asPng();
}

function write(results: Results, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const svg = chart(results);
  writeFileSync(join(folder, "codecs.svg"), svg);
  writeFileSync(join(folder, "codecs.png"), rasterize(svg));
  writeFileSync(join(folder, "codecs.json"), jsonReport(results));
  writePart(join(folder, "RESULTS.md"), "codecs", markdownReport(results, "codecs.svg"));
  console.log(`written to ${folder}: RESULTS.md, codecs.json, codecs.svg, codecs.png`);
}

export const question = {
  usage,
  async run(args: readonly string[]): Promise<number> {
    let options: Options;
    try {
      options = await parseOptions(args, here("."));
    } catch (error) {
      console.error((error as Error).message);
      return 2;
    }
    const progress = new Progress();
    const results = await measure(options, progress);
    progress.done();
    console.log(terminalReport(results));
    if (options.out !== undefined) write(results, resolve(options.out));
    if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, jsonReport(results));
    return results.unmeasured.some(({ why }) => why === "failed") ? 1 : 0;
  },
};
