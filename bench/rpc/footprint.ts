import { setTimeout as sleep } from "node:timers/promises";
import { openFilesLimit } from "../machine.ts";
import type { Workers } from "../workers.ts";
import type { Entry } from "./contender.ts";
import type { Memory } from "./memory.ts";
import { Pair, type PairOptions } from "./pair.ts";

/** Bytes each. RSS is what the process grew by; used is what V8 accounts for, touched or not. */
export interface Footprint {
  readonly name: string;
  readonly what: "idle connection" | "pending call";
  readonly count: number;
  readonly server: Memory;
  readonly client: Memory;
}

const arriveWithinMs = 60_000;
/** Files a process has open besides the connections. */
const otherFiles = 100;

async function grownBy(pair: Pair, count: number, grow: () => Promise<void>) {
  const both = () => Promise.all([pair.server?.ask("memory"), pair.client.ask("memory")]);
  const [serverBefore, clientBefore] = await both();
  await grow();
  const [serverAfter, clientAfter] = await both();
  const each = (before: Memory, after: Memory): Memory => ({
    rssBytes: (after.rssBytes - before.rssBytes) / count,
    usedBytes: (after.usedBytes - before.usedBytes) / count,
  });
  if (serverBefore === undefined || serverAfter === undefined) throw new Error("needs a server process");
  return { count, server: each(serverBefore, serverAfter), client: each(clientBefore, clientAfter) };
}

/** Processes of its own, unused so far: what earlier calls left behind would hide what is looked for. */
export async function idleConnections(
  workers: Workers,
  entry: Entry,
  options: PairOptions,
  count: number,
): Promise<Footprint> {
  const limit = openFilesLimit() ?? 0;
  if (limit < count + otherFiles) throw new Error(`needs \`ulimit -n ${count + otherFiles}\`, it is ${limit}`);
  const pair = await Pair.start(workers, entry, options);
  try {
    const grown = await grownBy(pair, count, () => pair.client.ask("connectMore", count));
    return { name: entry.name, what: "idle connection", ...grown };
  } finally {
    await pair.stop();
  }
}

export async function pendingCalls(
  workers: Workers,
  entry: Entry,
  options: PairOptions,
  count: number,
): Promise<Footprint> {
  const pair = await Pair.start(workers, entry, options);
  const { server, client } = pair;
  try {
    await client.ask("preparePending", count);
    const grown = await grownBy(pair, count, async () => {
      await client.ask("makePending");
      const end = performance.now() + arriveWithinMs;
      while ((await server?.ask("held")) !== count) {
        if (performance.now() > end) throw new Error(`${await server?.ask("held")} of ${count} calls arrived`);
        await sleep(50);
      }
    });
    await server?.ask("release");
    await client.ask("settlePending");
    return { name: entry.name, what: "pending call", ...grown };
  } finally {
    await pair.stop();
  }
}
