import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { generateOrders } from "../../examples/orders/generate.ts";
import { patterns } from "../../examples/orders/pattern.ts";

const demo = fileURLToPath(new URL("../../examples/orders/demo.ts", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

/** The demo as a process, with a folder for temporary files of its own. */
class DemoProcess {
  readonly folder: string;
  readonly #process: ChildProcess;
  stdout = "";
  stderr = "";

  constructor(folder: string, args: readonly string[]) {
    this.folder = folder;
    this.#process = spawn(process.execPath, ["--import", "tsx", demo, ...args], {
      cwd: root,
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process.stdout?.on("data", (chunk) => {
      this.stdout += chunk;
    });
    this.#process.stderr?.on("data", (chunk) => {
      this.stderr += chunk;
    });
  }

  async code(): Promise<number | null> {
    if (this.#process.exitCode === null) await once(this.#process, "close");
    return this.#process.exitCode;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async says(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      if (this.#process.exitCode !== null) throw new Error(`ended before "${text}": ${this.stdout}${this.stderr}`);
      await sleep(20);
    }
  }

  /** The processes that it named. */
  get pids(): number[] {
    return [...this.stdout.matchAll(/\(pid (\d+)\)/g)].map((match) => Number(match[1]));
  }

  /** Journals and processes that have outlived it. */
  async leftovers(): Promise<string[]> {
    for (const until = Date.now() + 2000; this.pids.some(alive) && Date.now() < until; ) await sleep(20);
    const files = readdirSync(this.folder).filter((name) => name.startsWith("trunkline-"));
    return [...files, ...this.pids.filter(alive).map((pid) => `process ${pid}`)];
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("npm run demo", function () {
  this.timeout(90_000);
  let folder: string;
  let running: DemoProcess[];
  const start = (...args: string[]): DemoProcess => {
    const started = new DemoProcess(folder, args);
    running.push(started);
    return started;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "demo-test-"));
    running = [];
  });

  afterEach(async () => {
    for (const started of running) {
      started.kill("SIGTERM");
      await started.code();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it("keeps every promise while a provider is killed and comes back", async () => {
    const rows = generateOrders(120, 5).replace(
      /\n(?=61,)/,
      '\n900,"never closed,eu,PEN*1@1,\n901,Ada,eu\n902,Ada,eu,PEN*0@1,\n',
    );
    const first = rows.slice(0, rows.indexOf("\n900,")).split("\n").length + 1;
    const input = join(folder, "orders.csv");
    writeFileSync(input, rows);
    const run = start("--input", input);
    expect(await run.code(), run.stdout + run.stderr).to.equal(0);
    const { stdout, stderr } = run;

    expect(stderr).to.equal("");
    expect(stdout).to.contain("120 orders, 3 malformed rows skipped");
    expect(stdout).to.contain(`line ${first}: a quote is opened and not closed`);
    expect(stdout).to.contain(`line ${first + 1}: expected 5 fields, got 3`);
    expect(stdout).to.contain(`line ${first + 2}: items[0]: quantity`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    expect(stdout).not.to.match(/[\x00-\x09\x0b-\x1f\x7f]/);
    expect(stdout).to.match(/provider-2 \(pid \d+\) was killed half way/);
    expect(stdout).to.match(/provider-2: \d+ executions? \(pid \d+\), after the restart [1-9]\d* \(pid \d+\)/);
    for (const { name, promise, loss, mayDouble } of patterns) {
      const line = stdout.split("\n").find((text) => text.startsWith(`${name}  `)) ?? "";
      const [calls = 0, , , once = 0, lost = 0, doubled = 0] = [...line.slice(name.length).matchAll(/[\d.,]+/g)].map(
        ([number]) => Number(number.replace(",", "")),
      );
      expect(line, stdout).to.contain(`kept: ${promise}`);
      // Of three instances, at most one was away.
      if (name === "multicast") expect(calls, line).to.be.within(240, 360);
      else expect(calls, line).to.equal(120);
      expect(once + lost + doubled, line).to.equal(calls);
      if (loss === "never") expect(lost, line).to.equal(0);
      if (!mayDouble) expect(doubled, line).to.equal(0);
    }
    expect(stdout).to.contain("Every promise was kept.");
    expect(await run.leftovers()).to.deep.equal([]);
  });

  it("leaves nothing behind when it is interrupted", async () => {
    const run = start();
    await run.says("calls in flight");
    run.kill("SIGINT");
    expect(await run.code()).to.equal(130);
    expect(run.pids).to.have.length(4);
    expect(await run.leftovers()).to.deep.equal([]);
  });

  it("fails, and leaves nothing behind, when a process ends that nobody has killed", async () => {
    const run = start();
    await run.says("calls in flight");
    process.kill(run.pids[0] as number, "SIGKILL");
    expect(await run.code()).to.equal(1);
    expect(run.stderr).to.match(/^provider-1 \(pid \d+\) ended unexpectedly\n$/);
    expect(await run.leftovers()).to.deep.equal([]);
  });

  for (const [what, args, message] of [
    ["a missing file", ["--input", "/no/such.csv"], "--input /no/such.csv: there is no such file"],
    ["a folder as input", ["--input", "/"], "--input /: EISDIR"],
    ["a file without orders", ["--input", demo], "demo.ts: line "],
    ["one provider", ["--providers", "1"], "--providers 1: expected a whole number from 2 to 16"],
    ["an unknown codec", ["--codec", "cbor"], "--codec cbor: expected json or msgpack"],
    ["an unknown option", ["--fast"], "Unknown option '--fast'"],
  ] as const) {
    it(`says what is wrong with ${what}`, async () => {
      const run = start(...args);
      expect(await run.code()).to.equal(2);
      expect(run.stderr).to.contain(message);
      expect(run.stderr).not.to.contain("    at ");
      expect(run.stdout).to.equal("");
    });
  }

  it("explains itself", async () => {
    const run = start("--help");
    expect(await run.code()).to.equal(0);
    expect(run.stdout).to.contain("--providers N");
  });
});
