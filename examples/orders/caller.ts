import type { Client } from "../../index.ts";
import { type Answer, answered } from "./answer.ts";
import { amount, type Order, type Orders, type Receipt, total } from "./contract.ts";
import type { PatternName } from "./pattern.ts";

/** Places one order in one pattern: what became of it, never an exception. */
export type Ask = (order: Order) => Promise<readonly Answer[]>;

/** Streams are open-ended by nature; here none may hold up the demo. */
const STREAM = { timeoutMs: 10_000 };

/** How an order is placed in each pattern. */
export function callers(orders: Client<typeof Orders>): Record<PatternName, Ask> {
  const placeIn = (pattern: PatternName) => orders.place.with({ metadata: { pattern } });
  const plain = placeIn("request/response");
  const withCallback = placeIn("callback");
  const asFuture = placeIn("future");
  const toAll = placeIn("multicast");
  const track = orders.track.with(STREAM);
  const price = orders.price.with(STREAM);

  return {
    "request/response": one(async (order) => checkReceipt(order, await plain(order))),

    idempotent: one(async (order) => expectSame("price", await orders.quote(order), total(order.items))),

    oneway: one((order) => orders.audit.sent(order.id, `${order.customer} ordered ${order.items.length} items`)),

    callback: one(
      (order) =>
        new Promise<void>((resolve, reject) =>
          withCallback.callback(order, (error, receipt) => {
            if (error) return reject(error);
            resolve(checkReceipt(order, receipt));
          }),
        ),
    ),

    "callback argument": one(async (order) => {
      const stages: string[] = [];
      const receipt = await orders.placeReporting(order, async (stage, percent) => {
        stages.push(`${stage} ${percent}`);
      });
      expectSame("reports", stages.join(), "accepted 0,packed 50,shipped 100");
      checkReceipt(order, receipt);
    }),

    future: one(async (order) => {
      const future = asFuture.future(order);
      checkReceipt(order, await future.get(10_000));
      expectSame("done", future.done, true);
    }),

    multicast: async (order) => {
      const since = performance.now();
      const answers: Answer[] = [];
      try {
        for await (const reply of toAll.multicast(order)) {
          const wrong = reply.ok ? caught(() => checkReceipt(order, reply.value)) : reply.error;
          answers.push(answered(`${order.id}@${reply.instance}`, since, wrong));
        }
      } catch (error) {
        answers.push(answered(`${order.id}@nobody`, since, error));
      }
      return answers;
    },

    "pub/sub": one((order) => orders.placed.publish(order, { key: order.region })),

    "server stream": one(async (order) => {
      const stages: string[] = [];
      for await (const stage of track(order)) stages.push(stage);
      expectSame("stages", stages.join(), "accepted,packed,shipped");
    }),

    "client stream": one(async (order) => checkReceipt(order, await orders.upload(order.id, itemsOf(order)))),

    "bidi stream": one(async (order) => {
      const priced: string[] = [];
      for await (const { sku, amount } of price(order.id, itemsOf(order))) priced.push(`${sku} ${amount}`);
      const expected = order.items.map((item) => `${item.sku} ${amount(item)}`);
      expectSame("prices", priced.join(), expected.join());
    }),
  };
}

function one(call: (order: Order) => Promise<void>): Ask {
  return async (order) => {
    const since = performance.now();
    try {
      await call(order);
      return [answered(`${order.id}`, since)];
    } catch (error) {
      return [answered(`${order.id}`, since, error ?? new Error("undefined was thrown"))];
    }
  };
}

async function* itemsOf(order: Order) {
  yield* order.items;
}

function checkReceipt(order: Order, receipt: Receipt | undefined): void {
  expectSame("order of the receipt", receipt?.order, order.id);
  expectSame("total of the receipt", receipt?.total, total(order.items));
}

function expectSame(what: string, got: unknown, expected: unknown): void {
  if (got !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(got)}`);
}

function caught(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}
