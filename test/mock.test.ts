import { expect } from "chai";
import {
  defineService,
  mock,
  oneway,
  RpcError,
  rpc,
  service,
  stream,
  type Topic,
  t,
  topic,
  unimplemented,
} from "../index.ts";

import { signal } from "./transports/suite/fixture.ts";

const rejection = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(
    () => undefined,
    (error: unknown) => error,
  );
const Order = t.struct("test.Order", { id: t.int64, tags: t.list(t.string) });
const SoldOut = t.error("test.SoldOut", { sku: t.string });

const Orders = defineService(
  "test.Orders",
  {},
  {
    place: rpc({ params: [Order], returns: t.int64, throws: [SoldOut] }),
    cancel: rpc({ params: [t.int64] }),
    audit: oneway({ params: [t.string] }),
    watch: stream({ yields: t.int32 }),
    placed: topic(Order),
  },
);

@service("test.Stock")
abstract class Stock {
  @rpc({ params: [t.string], returns: t.int32 })
  count(sku: string): Promise<number> {
    return unimplemented(sku);
  }
  @topic(t.string)
  get empty(): Topic<string> {
    return unimplemented();
  }
}

describe("mock", () => {
  const order = { id: 7n, tags: ["a"] };

  it("is a client of plain functions, on the real path", async () => {
    const audited = signal<string>();
    await using orders = await mock(Orders, {
      place: async (given, ctx) => {
        expect(given).to.deep.equal(order);
        expect(given).to.not.equal(order);
        if (ctx.metadata["x-tenant"] === "none") throw new SoldOut({ sku: "a" });
        return given.id;
      },
      audit: (line) => audited.resolve(line),
      async *watch() {
        yield 1;
        yield 2;
      },
    });
    expect(await orders.place(order)).to.equal(7n);
    expect(await orders.place.future(order).get(1000)).to.equal(7n);
    const soldOut = await rejection(orders.place.with({ metadata: { "x-tenant": "none" } })(order));
    expect(soldOut).to.be.an.instanceOf(SoldOut);
    orders.audit("line");
    expect(await audited.promise).to.equal("line");
    const seen: number[] = [];
    for await (const n of orders.watch()) seen.push(n);
    expect(seen).to.deep.equal([1, 2]);
    const invalid = await rejection(orders.place({ id: "7" } as never));
    expect(invalid).to.include({ code: "INVALID_ARGUMENT" });
  });

  it("answers UNIMPLEMENTED for what it was not given", async () => {
    await using orders = await mock(Orders, {});
    expect(await rejection(orders.cancel(1n))).to.include({ code: "UNIMPLEMENTED" });
  });

  it("keeps deadlines, and ends the calls in progress with itself", async () => {
    const never = (): Promise<bigint> => new Promise(() => {});
    const orders = await mock(Orders, { place: never });
    expect(await rejection(orders.place.with({ timeoutMs: 10 })(order))).to.include({ code: "DEADLINE_EXCEEDED" });
    const going = orders.place.future(order);
    await orders[Symbol.asyncDispose]();
    expect(await rejection(going))
      .to.be.an.instanceOf(RpcError)
      .with.property("code", "CANCELLED");
  });

  it("takes a decorated class, has its topics, and several live side by side", async () => {
    await using stock = await mock(Stock, { count: async (sku) => sku.length });
    await using other = await mock(Stock, { count: () => 0 });
    expect(await stock.count("abc")).to.equal(3);
    expect(await other.count("abc")).to.equal(0);
    const read = signal<string>();
    await using _ = await stock.empty.subscribe((sku) => read.resolve(sku));
    await stock.empty.publish("kettle");
    expect(await read.promise).to.equal("kettle");
  });
});
