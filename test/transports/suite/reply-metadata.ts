import { expect } from "chai";
import type { Interceptor, Metadata } from "../../../index.ts";
import { OutOfStock, type ShopHandlers, shop } from "./contract.ts";
import { collect, type Fixture, refused } from "./fixture.ts";

export function replyMetadataSuite(fixture: () => Fixture): void {
  describe("reply metadata of a stream", () => {
    /** What the caller saw, in order: metadata and items. */
    async function seen(count: ShopHandlers["count"], read = (stream: AsyncIterable<number>) => collect(stream)) {
      const { shop: client } = await fixture().pair(shop({ count }));
      const events: unknown[] = [];
      const onReplyMetadata = (metadata: Metadata): void => void events.push(metadata);
      const noted = async function* (): AsyncGenerator<number> {
        for await (const item of client.count.with({ onReplyMetadata })(10)) {
          events.push(item);
          yield item;
        }
      };
      await read(noted());
      return events;
    }

    it("comes before the first item, also where the stream is left at the fifth", async () => {
      const events = await seen(
        async function* (to, ctx) {
          ctx.setReplyMetadata({ cost: "1" });
          ctx.setReplyMetadata({ cache: "hit" });
          for (let i = 0; i < to; i++) yield i;
        },
        async (stream) => {
          for await (const item of stream) if (item === 4) break;
          return [];
        },
      );
      expect(events).to.deep.equal([{ cost: "1", cache: "hit" }, 0, 1, 2, 3, 4]);
    });

    it("comes again at the end, all of it, where more was set after the first item", async () => {
      const events = await seen(async function* (_to, ctx) {
        ctx.setReplyMetadata({ cost: "1" });
        yield 1;
        ctx.setReplyMetadata({ cost: "2" });
        yield 2;
        ctx.setReplyMetadata({ rows: "2" });
      });
      expect(events).to.deep.equal([{ cost: "1" }, 1, 2, { cost: "2", rows: "2" }]);
    });

    it("comes at the end where nothing was set before, and where there is no item", async () => {
      const late = await seen(async function* (_to, ctx) {
        yield 1;
        ctx.setReplyMetadata({ rows: "1" });
        yield 2;
      });
      expect(late).to.deep.equal([1, 2, { rows: "1" }]);
      // biome-ignore lint/correctness/useYield: a stream without an item
      const empty = await seen(async function* (_to, ctx) {
        ctx.setReplyMetadata({ rows: "0" });
      });
      expect(empty).to.deep.equal([{ rows: "0" }]);
      const none = await seen(async function* () {
        yield 1;
      });
      expect(none).to.deep.equal([1]);
    });

    it("is not told of what was set by a handler that then failed", async () => {
      const events = await seen(
        async function* (_to, ctx) {
          ctx.setReplyMetadata({ cost: "1" });
          yield 1;
          ctx.setReplyMetadata({ cost: "2" });
          throw new OutOfStock({ sku: "a", left: 0 }, { metadata: { "X-Cost": "2" } });
        },
        async (stream) => {
          const error = await refused(collect(stream), "FAILED_PRECONDITION");
          expect(error.metadata).to.deep.equal({ "x-cost": "2" });
          return [];
        },
      );
      expect(events).to.deep.equal([{ cost: "1" }, 1]);
    });

    it("of a server's interceptor comes before the first item too", async () => {
      const note: Interceptor = (next) => async (call) => ({
        ...(await next(call)),
        metadata: { "X-By": "interceptor" },
      });
      const { shop: client } = await fixture().pair(shop(), { serve: { interceptors: [note] } });
      const events: unknown[] = [];
      const onReplyMetadata = (metadata: Metadata): void => void events.push(metadata);
      for await (const item of client.count.with({ onReplyMetadata })(2)) events.push(item);
      expect(events).to.deep.equal([{ "x-by": "interceptor" }, 0, 1]);
    });

    it("of more than 64 KiB fails the stream, at its first item and at its end", async () => {
      const huge = { "x-huge": "x".repeat(70_000) };
      const { shop: client } = await fixture().pair(
        shop({
          count: async function* (to, ctx) {
            if (to === 0) ctx.setReplyMetadata(huge);
            yield 1;
            ctx.setReplyMetadata(huge);
          },
        }),
      );
      await refused(collect(client.count(0)), "RESOURCE_EXHAUSTED", /metadata: 70013 bytes/);
      const items: number[] = [];
      const reading = (async () => {
        for await (const item of client.count(1)) items.push(item);
      })();
      await refused(reading, "RESOURCE_EXHAUSTED", /metadata: 70013 bytes/);
      expect(items).to.deep.equal([1]);
    });
  });
}
