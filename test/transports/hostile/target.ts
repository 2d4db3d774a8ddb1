import { type CallContext, implement, serve } from "../../../index.ts";
import { http } from "../../../transports/http/index.ts";
import { type Figures, type Order, Target } from "./contract.ts";

const { limits } = JSON.parse(process.argv[2] as string) as { limits: object };
const errors = new Map<string, number>();
let running = 0;

/** What it is, until the caller has gone. */
async function work<T>(ctx: CallContext | undefined, run: () => T): Promise<T> {
  running++;
  try {
    await new Promise<void>((resolve) => {
      if (ctx?.signal.aborted) resolve();
      else ctx?.signal.addEventListener("abort", () => resolve());
    });
    return run();
  } finally {
    running--;
  }
}

const server = await serve({
  services: [
    implement(Target, {
      echo: async (text) => text,
      hang: (text, ctx?: CallContext) => work(ctx, () => text),
      big: async (bytes) => new Uint8Array(bytes),
      async *watch(bytes) {
        running++;
        try {
          for (;;) {
            yield new Uint8Array(bytes);
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          running--;
        }
      },
      async sum(numbers) {
        running++;
        let sum = 0;
        try {
          for await (const one of numbers) sum += one;
          return sum;
        } finally {
          running--;
        }
      },
    }),
  ],
  listen: ["http://127.0.0.1:0"],
  transports: [http({ limits })],
  drainMs: 100,
  onError: (error) => {
    const text = String((error as Error).message ?? error)
      .replace(/\d+/g, "0")
      .slice(0, 200);
    if (errors.has(text) || errors.size < 100) errors.set(text, (errors.get(text) ?? 0) + 1);
  },
});

async function figures(): Promise<Figures> {
  for (let i = 0; i < 3; i++) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    rssBytes: process.memoryUsage().rss,
    running,
    sockets: process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length,
    errors: [...errors].sort(([, a], [, b]) => b - a).slice(0, 20),
  };
}

process.on("message", (order: Order) => {
  if (order === "close") void server.close().then(() => process.disconnect());
  else void figures().then((measured) => process.send?.({ figures: measured }));
});
process.on("disconnect", () => process.exit(0));
process.send?.({ endpoint: server.endpoints[0] });
