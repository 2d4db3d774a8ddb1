import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { root } from "../tools/project.ts";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const cache = join(root, "node_modules/.cache/trunkline-go");
const program = join(cache, "peer");

/** What is missing to run Go's gRPC, once it is built; `undefined` where nothing is. */
export async function missingGo(): Promise<string | undefined> {
  if (spawnSync("go", ["version"]).status !== 0) return "go is not installed";
  mkdirSync(cache, { recursive: true });
  try {
    // Go itself knows whether there is something to do.
    await run("go", ["build", "-o", program, "."], { cwd: here });
    return undefined;
  } catch (thrown) {
    return `go cannot build ${here} (${String((thrown as { stderr?: string }).stderr).slice(0, 300)})`;
  }
}

/** Runs interop cases of Go's client; rejects with its words where one fails. */
export async function runGo(address: string, cases: readonly string[]): Promise<void> {
  const { stdout } = await run(program, ["client", address, ...cases]);
  const passed = stdout.split("\n").filter((line) => line.startsWith("passed "));
  if (passed.length !== cases.length) throw new Error(`of ${cases.length} cases passed: ${passed.join(", ")}`);
}

/** Go's interop server; it ends with this process, too. */
export async function startGoServer(): Promise<{ readonly address: string; stop(): void }> {
  const child = spawn(program, ["server"], { stdio: ["pipe", "pipe", "ignore"] });
  const port = await portOf(child);
  return { address: `127.0.0.1:${port}`, stop: () => child.stdin?.end() };
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("no output of Go");
  for await (const line of createInterface(child.stdout)) if (line.startsWith("port ")) return Number(line.slice(5));
  throw new Error("Go's server did not start");
}
