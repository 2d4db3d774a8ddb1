import type { Implementation } from "../../../core/server/implementation.ts";
import { arg, defineService, type Handlers, implement, oneway, retain, rpc, stream, t, topic } from "../../../index.ts";

export const Item = t.struct("suite.Item", { sku: t.string, qty: t.int32 });
export const Order = t.struct("suite.Order", { id: t.int64, items: t.list(Item), note: t.optional(t.string) });
export const OutOfStock = t.error("suite.OutOfStock", { sku: t.string, left: t.int32 });
const Progress = t.callback([arg("step", t.int32)], t.string);

/** One method per thing that the suite looks at. */
export const Shop = defineService(
  "suite.Shop",
  { version: "1.2.0" },
  {
    place: rpc({ params: [arg("order", Order), arg("dry", t.bool)], returns: t.int64, throws: [OutOfStock] }),
    echo: rpc({ params: [arg("order", Order)], returns: Order }),
    read: rpc({ params: [arg("key", t.string)], returns: t.string, idempotent: true }),
    /** Answers when the test says so. */
    wait: rpc({ params: [arg("key", t.string)], returns: t.string }),
    nothing: rpc({ params: [] }),
    audit: oneway({ params: [arg("line", t.string)] }),
    steps: rpc({ params: [arg("count", t.int32), arg("progress", Progress)], returns: t.list(t.string) }),
    keep: rpc({ params: [arg("progress", Progress)] }),
    count: stream({ params: [arg("to", t.int32)], yields: t.int32, throws: [OutOfStock] }),
    sum: rpc({ params: [arg("numbers", t.stream(t.int32))], returns: t.int53 }),
    upper: stream({ params: [arg("words", t.stream(t.string))], yields: t.string }),
    context: rpc({ params: [], returns: t.map(t.string) }),
    prices: topic(t.struct("suite.Price", { sku: t.string, cents: t.int32 })),
  },
);
export type ShopHandlers = Handlers<typeof Shop>;

/** The handlers that most tests want; a test gives those that it looks at. */
export function shop(given: Partial<ShopHandlers> = {}): Implementation {
  const handlers: ShopHandlers = {
    place: async (order) => order.id,
    echo: async (order) => order,
    read: async (key) => `value of ${key}`,
    wait: async (key) => key,
    nothing: async () => {},
    audit: () => {},
    steps: async (count, progress) => {
      const said: string[] = [];
      for (let i = 0; i < count; i++) said.push(await progress(i));
      return said;
    },
    keep: async (progress) => {
      retain(progress);
    },
    count: async function* (to) {
      for (let i = 0; i < to; i++) yield i;
    },
    sum: async (numbers) => {
      let sum = 0;
      for await (const number of numbers) sum += number;
      return sum;
    },
    upper: async function* (words) {
      for await (const word of words) yield word.toUpperCase();
    },
    context: async (ctx) => ({ ...ctx.metadata }),
    ...given,
  };
  return implement(Shop, handlers);
}

export const order = { id: 7n, items: [{ sku: "a", qty: 2 }] };
