import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { root } from "../tools/project.ts";
import { runOk } from "../tools/run.ts";

/** One change of the sources, switched on by its id in a process that holds all of them. */
export interface Mutant {
  readonly id: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly mutator: string;
  readonly replacement: string;
}

/** A copy of the tree, whose sources hold every mutant. Removed by `await using`. */
export interface Sandbox extends AsyncDisposable {
  readonly path: string;
  readonly mutants: readonly Mutant[];
}

/** Error texts are held by test/errors.test.ts, not by the suites: a changed text is no missing guard. */
const excludedMutations = ["StringLiteral", "Regex"];

const nothing = (): void => {};
const silent = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
};

/** The paths of all files that git knows or would add, from the root. */
async function treeFiles(): Promise<string[]> {
  const listed = await runOk("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root });
  return listed.split("\n").filter((file) => file !== "");
}

/** A copy of the tree as it is, changes that are not committed among it. */
export async function copyTree(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "trunkline-mutation-"));
  for (const file of await treeFiles()) {
    await mkdir(join(path, dirname(file)), { recursive: true });
    // A file that was deleted and not committed is listed, too.
    await cp(join(root, file), join(path, file)).catch(nothing);
  }
  await symlink(join(root, "node_modules"), join(path, "node_modules"));
  return path;
}

export async function createSandbox(sources: readonly string[]): Promise<Sandbox> {
  const path = await copyTree();
  const files = await Promise.all(
    sources.map(async (name) => ({ name, mutate: true, content: await readFile(join(root, name), "utf8") })),
  );
  const options = { plugins: null, ignorers: [], excludedMutations };
  const result = await new Instrumenter(silent).instrument(files, options);
  for (const { name, content } of result.files) await writeFile(join(path, name), content);
  const mutants = result.mutants.map((mutant) => ({
    id: mutant.id,
    file: mutant.fileName,
    line: mutant.location.start.line + 1,
    mutator: mutant.mutatorName,
    replacement: mutant.replacement.replace(/\s+/g, " "),
  }));
  return { path, mutants, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
