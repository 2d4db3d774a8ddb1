import { setTimeout as sleep } from "node:timers/promises";
import { type Client, connect } from "../../index.ts";
import type { Answer } from "./answer.ts";
import { callers } from "./caller.ts";
import { Orders } from "./contract.ts";
import { Gate } from "./gate.ts";
import { Journal } from "./journal.ts";
import type { FromConsumer, ToConsumer } from "./messages.ts";
import { type PatternName, patterns } from "./pattern.ts";

/** The rest waits for the restarted provider, so that every run shows its return, however short it is. */
const BEFORE_RESTART = 0.75;
const PUBSUB = patterns.findIndex(({ name }) => name === "pub/sub");

type Job = Extract<ToConsumer, { kind: "place" }>;

function tell(message: FromConsumer): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
}

/** Asks who is there until all are. */
async function rollCall(orders: Client<typeof Orders>, expected: number): Promise<string[]> {
  let present: string[] = [];
  for (const until = performance.now() + 20_000; performance.now() < until; await sleep(25)) {
    present = [];
    for await (const reply of orders.status.multicast()) {
      if (reply.ok) present.push(`${reply.instance} (pid ${reply.value.pid})`);
    }
    if (present.length >= expected) return present.sort();
  }
  throw new Error(`only ${present.length} of ${expected} providers are connected after 20 s: ${present.join(", ")}`);
}

/** Subscribers that lag behind get a moment; what has not come by then is lost. */
async function quiet(delivered: () => number, expected: number): Promise<void> {
  for (let last = -1, still = 0; delivered() < expected && still < 20; await sleep(50)) {
    still = delivered() === last ? still + 1 : 0;
    last = delivered();
  }
}

async function run(job: Job, restarted: Promise<void>): Promise<void> {
  await using client = await connect({ endpoints: job.endpoints, codec: job.codec, timeoutMs: 10_000 });
  const orders = await client.refer(Orders);
  await tell({ kind: "connected", instances: await rollCall(orders, job.endpoints.length) });

  const journal = new Journal(job.journal);
  await using subscription = await orders.placed.subscribe((order) => journal.write("pub/sub", order.id));
  const ask = callers(orders);
  const answers: Answer[][] = patterns.map(() => []);
  const unknown = patterns.map(() => 0);
  const done = patterns.map(() => 0);
  const report = () => tell({ kind: "progress", done, unknown });
  const timer = setInterval(report, 80);

  const gate = new Gate(Math.floor(job.orders.length * patterns.length * BEFORE_RESTART));
  const reopened = restarted.then(async () => {
    const since = performance.now();
    await rollCall(orders, job.endpoints.length);
    await tell({ kind: "reconnected", afterMs: performance.now() - since });
    gate.open();
  });

  const placeOne = async (index: number, pattern: number): Promise<void> => {
    await gate.pass();
    const order = job.orders[index];
    if (order === undefined) return;
    const got = await ask[patterns[pattern]?.name as PatternName](order);
    answers[pattern]?.push(...got);
    done[pattern] = (done[pattern] ?? 0) + 1;
    unknown[pattern] = (unknown[pattern] ?? 0) + got.filter(({ outcome }) => outcome === "unknown").length;
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < job.orders.length) {
      const index = next++;
      // Each order begins with another pattern, so that at any moment all patterns are in use.
      for (let i = 0; i < patterns.length; i++) await placeOne(index, (index + i) % patterns.length);
    }
  };
  await Promise.all([reopened, ...Array.from({ length: job.inFlight }, worker)]);
  clearInterval(timer);
  const published = answers[PUBSUB]?.filter(({ outcome }) => outcome === "done").length ?? 0;
  await quiet(() => journal.written, published);
  await report();
  await subscription.unsubscribe();
  journal.close();
  await tell({ kind: "placed", answers });
}

// Ctrl-C reaches the whole group of processes; the demo ends this one, and so does its own end.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));

let providerRestarted = (): void => {};
const restarted = new Promise<void>((resolve) => {
  providerRestarted = resolve;
});
process.on("message", (message: ToConsumer) => {
  if (message.kind === "restarted") return providerRestarted();
  run(message, restarted).then(
    () => process.exit(0),
    async (error: unknown) => {
      await tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
      process.exit(1);
    },
  );
});
