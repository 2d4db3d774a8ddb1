import { parseArgs } from "node:util";
import { Progress } from "../../bench/progress.ts";
import { filesUnder } from "../tools/sources.ts";
import { Random } from "../transports/random.ts";
import { createSandbox, type Mutant } from "./instrument.ts";
import { tryListed } from "./listed.ts";
import { type Counts, score, survivors, type Tried, table } from "./report.ts";
import { leftOut, type Room, repeated, rooms, specs } from "./rooms.ts";
import { type DryRun, type Seen, Worker } from "./worker.ts";

const usage = `npm run mutate -- [options] [path …]

Breaks the sources on purpose, one small change at a time, and looks whether a test notices. A change that no test
notices is a guard that nobody holds: write the assertion, or say in docs/testing.md why none is possible.

  path             only mutants of these files or folders, as core/wire; default: every room
  --sample N       so many mutants of each room, picked at random; default: 100, 0 for all (hours)
  --seed S         which ones; the same seed picks the same. default: 1
  --processes N    how many at a time; default: 2
  --budget-ms N    time of the tests that one mutant is shown to, the most special ones first; default: 20000
  --threshold P    ends with 1 where less than P percent are noticed; default: 85
  --listed         instead, the mistakes of test/mutation/listed.ts, each of which a test once missed
  --help           this text
`;

/** The TypeScript files that some paths name, or that lie under them. */
function filesOf(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (path.endsWith(".ts") ? [path] : filesUnder(path)));
}

/** The same pick for the same seed. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = new Random(seed);
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

/** The tests that pass a mutant: those that pass the fewest mutants first, as long as the budget lasts. */
function testsOf(mutant: Mutant, { tests }: DryRun, budgetMs: number): Seen[] {
  const covering = tests.filter(({ covers }) => covers.includes(mutant.id));
  covering.sort((a, b) => a.covers.length - b.covers.length || a.durationMs - b.durationMs);
  let spent = 0;
  return covering.filter(({ durationMs }, i) => {
    spent += durationMs;
    return i === 0 || spent <= budgetMs;
  });
}

/** More tests than this that fail without a mutant are no matter of speed. */
const MAX_FAILED = 5;

interface Options {
  readonly paths: readonly string[];
  readonly sample: number;
  readonly seed: number;
  readonly processes: number;
  readonly budgetMs: number;
  readonly threshold: number;
}

async function mutate(options: Options): Promise<number> {
  const progress = new Progress();
  const chosen = options.paths.length === 0 ? undefined : new Set(filesOf(options.paths));
  const roomFiles = new Map<Room, string[]>();
  for (const room of rooms) {
    roomFiles.set(
      room,
      filesOf(room.sources).filter((file) => chosen?.has(file) ?? true),
    );
  }
  await using sandbox = await createSandbox([...roomFiles.values()].flat());
  const asked = filesOf(specs)
    .filter((file) => file.endsWith(".test.ts") && !leftOut.some(({ pattern }) => pattern.test(file)))
    .sort();
  const worker = (): Worker => new Worker({ sandbox: sandbox.path, specs: asked, skip: repeated });
  progress.step(`${sandbox.mutants.length} mutants; the tests without one`);
  using first = worker();
  const dry = await first.dryRun();
  if (dry.failed.length > MAX_FAILED) throw new Error(`tests fail without any mutant:\n${dry.failed.join("\n")}`);
  const covered = new Set(dry.tests.flatMap(({ covers }) => covers));
  const onLoad = new Set(dry.onLoad);
  const counts: Counts[] = [];
  const queue: { readonly room: Room; readonly mutant: Mutant }[] = [];
  for (const [room, files] of roomFiles) {
    const mutants = sandbox.mutants.filter(({ file }) => files.includes(file));
    const candidates = mutants.filter(({ id }) => covered.has(id) && !onLoad.has(id));
    counts.push({
      room,
      mutants: mutants.length,
      uncovered: mutants.filter(({ id }) => !covered.has(id) && !onLoad.has(id)).length,
      onLoad: mutants.filter(({ id }) => onLoad.has(id)).length,
    });
    const picked = shuffled(candidates, options.seed).slice(0, options.sample === 0 ? undefined : options.sample);
    for (const mutant of picked) queue.push({ room, mutant });
  }
  const tried: Tried[] = [];
  const total = queue.length;
  const drain = async (): Promise<void> => {
    using mine = worker();
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { room, mutant } = next;
      const verdict = await mine.try(mutant.id, testsOf(mutant, dry, options.budgetMs));
      tried.push({ room, mutant, verdict });
      const what = `${mutant.file}:${mutant.line} ${mutant.mutator}`;
      progress.step(`${tried.length}/${total}  ${score(tried).toFixed(1)} %  ${verdict.outcome.padEnd(8)} ${what}`);
    }
  };
  await Promise.all(Array.from({ length: options.processes }, drain));
  progress.done();
  console.log(`${dry.tests.length} tests, seed ${options.seed}`);
  for (const test of dry.failed) console.log(`not asked, since it fails without a mutant: ${test}`);
  console.log("");
  console.log(table(counts, tried));
  const left = survivors(tried);
  if (left !== "") console.log(`\nnobody noticed:\n${left}`);
  return score(tried) < options.threshold ? 1 : 0;
}

async function main(): Promise<number> {
  const number = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      sample: number,
      seed: number,
      processes: number,
      "budget-ms": number,
      threshold: number,
      listed: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.listed) return tryListed();
  return mutate({
    paths: positionals,
    sample: Number(values.sample ?? 100),
    seed: Number(values.seed ?? 1),
    processes: Number(values.processes ?? 2),
    budgetMs: Number(values["budget-ms"] ?? 20_000),
    threshold: Number(values.threshold ?? 85),
  });
}

process.exit(await main());
