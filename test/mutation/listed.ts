import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../tools/run.ts";
import { copyTree } from "./instrument.ts";

/** A mistake made by hand, and the specs of which one must fail. */
interface Mistake {
  readonly what: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly specs: readonly string[];
}

/** Each of these once stayed without notice. */
const mistakes: readonly Mistake[] = [
  {
    what: "backoff without jitter",
    file: "core/link/backoff.ts",
    find: "return ceiling / 2 + (ceiling / 2) * platform.random();",
    replace: "return ceiling;",
    specs: ["test/core/link/backoff.test.ts"],
  },
  {
    what: "backoff without limit",
    file: "core/link/backoff.ts",
    find: "Math.min(options.maxMs, options.firstMs * 2 ** Math.min(attempt, 30))",
    replace: "options.firstMs * 2 ** Math.min(attempt, 30)",
    specs: ["test/core/link/backoff.test.ts"],
  },
  {
    what: "expired calls run",
    file: "core/call/exchange.ts",
    find: "if (call.until !== undefined && call.until <= now) ",
    replace: "if (call.until === -1) ",
    specs: ["test/core/wire/late.test.ts", "test/transports/memory-deadline.test.ts"],
  },
  {
    what: "close() ignores oneway handlers",
    file: "core/server/handler.ts",
    find: "    await this.#idle();\n",
    replace: "",
    specs: ["test/transports/memory.test.ts"],
  },
  {
    what: "dropped messages are not counted",
    file: "core/topic/subscriber.ts",
    find: "    this.#dropped++;\n",
    replace: "",
    specs: ["test/core/topic/hub.test.ts", "test/transports/memory.test.ts"],
  },
  {
    what: "a handler's error is not told to onError",
    file: "core/call/exchange.ts",
    find: "    if (oneway || !RpcError.is(thrown)) this.#onError(thrown, sourceOf(call));\n",
    replace: "",
    specs: ["test/transports/simulated.test.ts"],
  },
  {
    what: "results are not validated",
    file: "core/server/serving.ts",
    find: "if (validateResult === undefined) return taking;",
    replace: "if (validateResult !== taking) return taking;",
    specs: ["test/core/schema/standard-calls.test.ts"],
  },
  {
    what: "the server ignores CANCEL",
    file: "core/wire/server-calls.ts",
    find: "        if (call) this.#exchange.cancel(call);\n",
    replace: "",
    specs: ["test/core/wire/late.test.ts", "test/transports/simulated.test.ts"],
  },
];

/** Makes each mistake in a copy of the tree and runs its specs; the exit code is 1 if one passes. */
export async function tryListed(): Promise<number> {
  const path = await copyTree();
  let missed = 0;
  try {
    for (const { what, file, find, replace, specs } of mistakes) {
      const source = await readFile(join(path, file), "utf8");
      if (source.split(find).length !== 2) throw new Error(`${what}: ${file} does not hold this once: ${find}`);
      await writeFile(
        join(path, file),
        source.replace(find, () => replace),
      );
      const mocha = join(path, "node_modules/mocha/bin/mocha.js");
      const args = [
        mocha,
        "--bail",
        "--no-config",
        "--import=tsx",
        "--require=test/hooks.ts",
        "--timeout=20000",
        ...specs,
      ];
      const { code } = await run(process.execPath, args, { cwd: path, timeoutMs: 180_000 });
      await writeFile(join(path, file), source);
      if (code === 0) missed++;
      console.log(`${code === 0 ? "MISSED " : "noticed"}  ${what}`);
    }
  } finally {
    await rm(path, { recursive: true, force: true });
  }
  return missed === 0 ? 0 : 1;
}
