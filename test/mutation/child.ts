/*
 * The process that runs tests over the mutants: loads every spec once, then runs the chosen tests with one mutant
 * switched on, as often as it is asked. What it may be asked and what it answers is in worker.ts.
 */
import Mocha from "mocha";
import "../hooks.ts";
import type { Answer, DryRun, Question } from "./worker.ts";

/** What the instrumented sources look at. */
interface Switchboard {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}

/** A mutant that is passed so often is an endless loop. */
const HIT_LIMIT = 3_000_000;
/** A test may take so many times as long as it did without a mutant, and so much more. */
const SLOWER = 3;
const MORE_MS = 2000;

const switchboard: Switchboard = {};
(globalThis as { __stryker__?: Switchboard }).__stryker__ = switchboard;

const mocha = new Mocha({ timeout: 20_000, reporter: class {} as never });
mocha.cleanReferencesAfterRun(false);
mocha.rootHooks({
  beforeEach(this: Mocha.Context) {
    switchboard.currentTestId = this.currentTest?.fullTitle();
  },
  afterEach() {
    switchboard.currentTestId = undefined;
  },
});
const [, , skip = "^$", ...specs] = process.argv;
for (const spec of specs) mocha.addFile(spec);
await mocha.loadFilesAsync();

const skipped = new RegExp(skip);
const all: Mocha.Test[] = [];
mocha.suite.eachTest((test) => all.push(test as Mocha.Test));

/** Runs the chosen tests; resolves to the titles and errors of those that failed. With `once`, stops at the first. */
function runTests(chosen: ReadonlySet<string>, once: boolean): Promise<string[]> {
  // Not by `pending`, which would stay: a skipped test is told apart by its title.
  const pattern = [...chosen].map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  mocha.grep(new RegExp(`^(?:${pattern})$`));
  return new Promise((resolve) => {
    const failed: string[] = [];
    const runner = mocha.run(() => resolve(failed));
    runner.on("fail", (test: Mocha.Runnable, error: Error) => {
      failed.push(`${test.fullTitle()}: ${error?.message}`);
      if (once) runner.abort();
    });
  });
}

async function dryRun(): Promise<DryRun> {
  const titles = all.map((test) => test.fullTitle()).filter((title) => !skipped.test(title));
  const failed = await runTests(new Set(titles), false);
  const { static: onLoad = {}, perTest = {} } = switchboard.mutantCoverage ?? {};
  const tests = all
    .filter((test) => test.state === "passed")
    .map((test) => {
      const title = test.fullTitle();
      return { title, durationMs: test.duration ?? 0, covers: Object.keys(perTest[title] ?? {}) };
    });
  return { failed, tests, onLoad: Object.keys(onLoad) };
}

/** How many sockets, servers and timers there are. */
const held = (): number => process.getActiveResourcesInfo().filter((kind) => kind !== "Immediate").length;

async function tryMutant({ mutant, tests }: Question & { readonly mutant: string }): Promise<string | undefined> {
  const limits = new Map(tests.map(({ title, durationMs }) => [title, SLOWER * durationMs + MORE_MS]));
  for (const test of all) test.timeout(limits.get(test.fullTitle()) ?? 0);
  Object.assign(switchboard, { activeMutant: mutant, hitCount: 0, hitLimit: HIT_LIMIT });
  const [failed] = await runTests(new Set(limits.keys()), true);
  Object.assign(switchboard, { activeMutant: undefined, hitCount: undefined });
  return failed;
}

// What a mutant leaves undone may be refused or thrown long after its test; the next question must not die of it.
process.on("unhandledRejection", () => {});
process.on("message", async (question: Question) => {
  const { mutant } = question;
  const before = held();
  const answer: Answer =
    mutant === undefined ? { dry: await dryRun() } : { failed: await tryMutant({ ...question, mutant }) };
  process.send?.({ ...answer, dirty: held() > before });
});
process.send?.({ ready: true } satisfies Answer);
