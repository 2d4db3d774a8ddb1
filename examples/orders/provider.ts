import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type CallContext, RpcError, type RpcServer, serve } from "../../index.ts";
import { amount, type Item, type Order, Orders, type Priced, type Receipt, type Stage, total } from "./contract.ts";
import { Journal } from "./journal.ts";
import type { FromProvider, ToProvider } from "./messages.ts";
import type { PatternName } from "./pattern.ts";

/** Executes orders, and writes down each one before its answer leaves. */
class OrdersProvider extends Orders {
  readonly #name: string;
  readonly #journal: Journal;
  /** Handlers at work. */
  #busy = 0;

  constructor(name: string, journal: Journal) {
    super();
    this.#name = name;
    this.#journal = journal;
  }

  override async place(order: Order, ctx?: CallContext): Promise<Receipt> {
    // One method, called in several patterns: the metadata tells them apart.
    await this.#execute((ctx?.metadata["pattern"] ?? "request/response") as PatternName, order.id);
    return this.#receipt(order.id, total(order.items));
  }

  override async quote(order: Order): Promise<number> {
    await this.#execute("idempotent", order.id);
    return total(order.items);
  }

  override async audit(order: bigint, _line: string): Promise<void> {
    await this.#execute("oneway", order);
  }

  override async placeReporting(
    order: Order,
    report: (stage: Stage, percent: number) => Promise<void>,
  ): Promise<Receipt> {
    await report("accepted", 0);
    await this.#execute("callback argument", order.id, () => report("packed", 50));
    await report("shipped", 100);
    return this.#receipt(order.id, total(order.items));
  }

  override async *track(order: Order): AsyncGenerator<Stage> {
    yield "accepted";
    await this.#execute("server stream", order.id);
    yield "packed";
    yield "shipped";
  }

  override async upload(order: bigint, items: AsyncIterable<Item>): Promise<Receipt> {
    let sum = 0;
    for await (const item of items) sum += amount(item);
    await this.#execute("client stream", order);
    return this.#receipt(order, sum);
  }

  override async *price(order: bigint, items: AsyncIterable<Item>): AsyncGenerator<Priced> {
    for await (const item of items) yield { sku: item.sku, amount: amount(item) };
    await this.#execute("bidi stream", order);
  }

  override async status() {
    return { pid: process.pid, executed: this.#journal.written };
  }

  #receipt(order: bigint, sum: number): Receipt {
    return { order, total: sum, provider: this.#name };
  }

  /** The work itself lies on both sides of the line in the journal: a kill may strike before it or after. */
  async #execute(pattern: PatternName, order: bigint, halfway?: () => Promise<void>): Promise<void> {
    this.#busy++;
    try {
      await sleep(workMs(pattern, order, 1));
      this.#journal.write(pattern, order);
      await halfway?.();
      await sleep(workMs(pattern, order, 2));
    } finally {
      this.#busy--;
    }
  }

  /** Resolves when no handler is at work. */
  async idle(): Promise<void> {
    while (this.#busy > 0) await sleep(5);
  }
}

/** 4 to 31 ms, the same for the same order at every run. */
function workMs(pattern: string, order: bigint, half: number): number {
  const mixed = (Number(order % 100_003n) * 31 + pattern.length * 17 + half * 7) * 2_654_435_761;
  return 4 + (Math.floor(mixed / 8) % 28);
}

/** A port that was in use a moment ago may need one to become free. */
async function listen(orders: OrdersProvider, name: string, url: string): Promise<RpcServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await serve({ services: [orders], listen: [url], instance: name });
    } catch (error) {
      if (!RpcError.is(error) || error.code !== "ALREADY_EXISTS" || attempt === 20) throw error;
      await sleep(200);
    }
  }
}

function tell(message: FromProvider): void {
  process.send?.(message);
}

const { values } = parseArgs({
  options: { name: { type: "string" }, listen: { type: "string" }, journal: { type: "string" } },
});
const { name = "provider", listen: url = "tcp://127.0.0.1:0" } = values;

// Ctrl-C reaches the whole group of processes; the demo ends this one, and so does its own end.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));

try {
  const journal = new Journal(values.journal ?? `${name}.journal`);
  const orders = new OrdersProvider(name, journal);
  const server = await listen(orders, name, url);
  process.on("message", async (message: ToProvider) => {
    if (message.kind !== "stop") return;
    await server.close();
    await orders.idle();
    journal.close();
    process.exit(0);
  });
  tell({ kind: "listening", url: server.endpoints[0] ?? url });
} catch (error) {
  tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
}
