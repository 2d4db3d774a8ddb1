import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WireLimits } from "../../core/wire/limits.ts";
import type { Figures } from "./provider.ts";

/** A provider in a process of its own. */
export interface Provider {
  readonly endpoint: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** The calls that it executed, in order. */
  journal(): string[];
  /** kill -9; resolves when it is dead. */
  kill(): Promise<void>;
  /** Asks it to close in good order; resolves with its exit code. */
  close(): Promise<number | null>;
  measure(): Promise<Figures>;
}

const script = fileURLToPath(new URL("provider.ts", import.meta.url));
const running = new Set<ChildProcess>();
let directory: string | undefined;

export async function startProvider(options: { port?: number; limits?: Partial<WireLimits> } = {}): Promise<Provider> {
  directory ??= mkdtempSync(join(tmpdir(), "trunkline-"));
  const journal = join(directory, `journal-${running.size}-${Math.random().toString(36).slice(2)}`);
  const given = JSON.stringify({ port: options.port ?? 0, journal, limits: options.limits ?? {} });
  const child = fork(script, [given], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const exited = once(child, "exit");
  const [first] = await Promise.race([once(child, "message"), exited]);
  const { endpoint } = (first ?? {}) as { endpoint?: string };
  if (endpoint === undefined) throw new Error("the provider did not start");
  return {
    endpoint,
    port: Number(endpoint.split(":").at(-1)),
    process: child,
    journal: () => (existsSync(journal) ? readFileSync(journal, "utf8").split("\n").slice(0, -1) : []),
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    close: async () => {
      child.send("close");
      const [code] = await exited;
      return code as number | null;
    },
    measure: async () => {
      const answered = once(child, "message");
      child.send("measure");
      const [{ figures }] = (await answered) as [{ figures: Figures }];
      return figures;
    },
  };
}

/** For `afterEach`: no provider outlives its test, whatever became of it. */
export async function killProviders(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }),
  );
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  directory = undefined;
}

/** Resolves when `condition` holds; throws when it does not within `withinMs`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
