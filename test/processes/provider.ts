import { appendFileSync, readdirSync } from "node:fs";
import { implement, serve } from "../../index.ts";
import { tcp } from "../../transports/tcp/index.ts";
import { Ledger } from "./contract.ts";

/** What a test may ask of a provider process. */
export type Order = "close" | "measure";
export interface Figures {
  readonly descriptors: number;
  readonly bytes: number;
}

const { port, journal, limits } = JSON.parse(process.argv[2] as string) as {
  port: number;
  journal: string;
  limits: object;
};

/** A few milliseconds of work, so that a kill meets calls in progress. */
const work = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 4));

async function record(id: string): Promise<string> {
  await work();
  // Kept by the kernel, whatever happens to this process a moment later.
  appendFileSync(journal, `${id}\n`);
  await work();
  return id;
}

const server = await serve({
  services: [
    implement(Ledger, {
      add: record,
      put: record,
      take: async (bytes) => bytes.length,
      give: async (length) => new Uint8Array(length),
      feed: async function* (length) {
        for (;;) yield new Uint8Array(length);
      },
      hang: () => new Promise(() => {}),
    }),
  ],
  listen: [`tcp://127.0.0.1:${port}`],
  transports: [tcp({ limits })],
  onError: () => {},
});

process.on("message", async (order: Order) => {
  if (order === "measure") {
    const { rss } = process.memoryUsage();
    const figures: Figures = { descriptors: readdirSync("/proc/self/fd").length, bytes: rss };
    process.send?.({ figures });
    return;
  }
  await server.close();
  process.disconnect();
});
process.send?.({ endpoint: server.endpoints[0] });
