import { expect } from "chai";
import { type CallContext, currentCall, type Interceptor, type Metadata, RpcError } from "../../../index.ts";
import { Shop, shop } from "./contract.ts";
import { collect, type Fixture, refused, signal } from "./fixture.ts";

export function contextSuite(fixture: () => Fixture): void {
  describe("deadlines", () => {
    it("end a call that takes too long, and reach the handler", async () => {
      const aborted = signal<unknown>();
      const { shop: client } = await fixture().pair(
        shop({
          wait: (_, ctx) => {
            expect(ctx.deadline).to.be.a("number");
            return new Promise(() => ctx.signal.addEventListener("abort", () => aborted.resolve(ctx.signal.reason)));
          },
        }),
      );
      const call = client.wait.with({ timeoutMs: 30 })("k");
      await refused(call, "DEADLINE_EXCEEDED", /no reply before the deadline; the outcome is unknown/);
      expect(await aborted.promise).to.be.instanceOf(RpcError);
    });

    it("are told by the clock on the wall, with what is left", async () => {
      const told: number[] = [];
      const { shop: client } = await fixture().pair(
        shop({
          nothing: async (ctx) => {
            told.push(ctx.timeLeft(), Number(ctx.deadline), Number(ctx.deadline));
          },
          wait: (_, ctx) =>
            new Promise(() => {
              ctx.signal.addEventListener("abort", () => told.push(ctx.timeLeft(), Number(ctx.deadline)));
            }),
        }),
      );
      const { wallNow } = fixture();
      const before = wallNow();
      await client.nothing.with({ timeoutMs: 5000 })();
      const after = wallNow();
      const [left, deadline, again] = told.splice(0);
      expect(left).to.be.within(4000, 5000);
      // The clock on the wall shows whole milliseconds.
      expect(deadline).to.be.within(before + 4999, after + 5001);
      expect(again).to.equal(deadline);
      await refused(client.wait.with({ timeoutMs: 20 })("k"), "DEADLINE_EXCEEDED");
      while (told.length === 0) await fixture().sleep(1);
      expect(told[0]).to.equal(0);
      expect(told[1]).to.be.at.most(wallNow() + 1);
    });

    it("are not told where there are none", async () => {
      const told: unknown[] = [];
      const { shop: client } = await fixture().pair(
        shop({
          count: async function* (_, ctx) {
            told.push(ctx.deadline, ctx.timeLeft());
            yield 1;
          },
          nothing: async (ctx) => {
            told.push(ctx.deadline, ctx.timeLeft());
          },
        }),
      );
      await collect(client.count(1));
      await client.nothing.with({ timeoutMs: Number.POSITIVE_INFINITY })();
      expect(told).to.deep.equal([undefined, Number.POSITIVE_INFINITY, undefined, Number.POSITIVE_INFINITY]);
    });

    it("that have passed before a connection is there are never executed", async () => {
      let executed = 0;
      const url = fixture().listen();
      const first = await fixture().serve({ services: [shop()], listen: [url] });
      const endpoints = first.endpoints;
      const client = await (await fixture().connect({ endpoints })).refer(Shop, { check: false });
      first.destroy();
      await refused(client.wait.with({ timeoutMs: 5 })("k"), "DEADLINE_EXCEEDED").catch((error: unknown) => {
        // The loss may have been noticed first.
        if (!/UNAVAILABLE/.test(String((error as Error).message))) throw error;
      });
      await fixture().serve({
        services: [
          shop({
            wait: async (key) => {
              executed++;
              return key;
            },
          }),
        ],
        listen: [String(endpoints[0])],
      });
      await (await (await fixture().connect({ endpoints })).refer(Shop)).nothing();
      expect(executed).to.equal(0);
    });

    it("and travelling metadata are inherited by a handler's own calls", async () => {
      const inner = await fixture().pair(
        shop({
          place: async (_order, _dry, ctx) => BigInt(Math.round(ctx.deadline ?? -1)),
          wait: async (_, ctx) => JSON.stringify(ctx.metadata),
        }),
      );
      const outer = await fixture().pair(
        shop({
          place: async (given, dry, ctx) => {
            await inner.shop.nothing();
            expect(currentCall()).to.equal(ctx);
            // Each side counts what remains by its own clock, so the way there comes on top.
            expect(Number(await inner.shop.place(given, dry))).to.be.at.most((ctx.deadline ?? 0) + 1000);
            return 1n;
          },
          wait: async (key) => inner.shop.wait(key),
        }),
      );
      expect(await outer.shop.place.with({ timeoutMs: 500 })({ id: 1n, items: [] }, true)).to.equal(1n);
      const metadata = { "x-trace": "t1", private: "stays" };
      expect(JSON.parse(await outer.shop.wait.with({ metadata })("k"))).to.deep.equal({ "x-trace": "t1" });
      expect(currentCall()).to.equal(undefined);
    });

    it("and travelling metadata are inherited by the calls of a generator, from its first item to its end", async () => {
      const inner = await fixture().pair(shop({ wait: async (_, ctx) => JSON.stringify(ctx.metadata) }));
      const seen: unknown[] = [];
      const outer = await fixture().pair(
        shop({
          count: async function* (_, ctx) {
            seen.push(currentCall() === ctx, await inner.shop.wait("first"));
            yield 1;
            seen.push(currentCall() === ctx, await inner.shop.wait("second"));
            yield 2;
            seen.push(currentCall() === ctx);
          },
        }),
      );
      const metadata = { "x-trace": "t1", private: "stays" };
      expect(await collect(outer.shop.count.with({ metadata })(2))).to.deep.equal([1, 2]);
      const inherited = JSON.stringify({ "x-trace": "t1" });
      expect(seen).to.deep.equal([true, inherited, true, inherited, true]);
      expect(currentCall()).to.equal(undefined);
    });

    it("are inherited by what yields the items of a stream, whoever reads them", async () => {
      const inner = await fixture().pair(
        shop({ wait: async (_, ctx) => `${JSON.stringify(ctx.metadata)} ${ctx.timeLeft() < 20_000}` }),
      );
      const seen: unknown[] = [];
      const outer = await fixture().pair(
        shop({
          upper: async function* (words, ctx) {
            for await (const word of words) {
              expect(currentCall()).to.equal(ctx);
              yield `${word} ${await inner.shop.wait("k")}`;
              expect(currentCall()).to.equal(ctx);
            }
          },
          // A handler that reads a stream of another call, and passes one of its own.
          read: async () => {
            const mine = currentCall();
            async function* words(): AsyncGenerator<string> {
              seen.push(currentCall() === mine);
              yield "a";
            }
            const terms = { timeoutMs: 10_000, metadata: { "x-trace": "t1", private: "stays" } };
            return (await collect(outer.shop.upper.with(terms)(words()))).join();
          },
        }),
      );
      expect(await outer.shop.read("k")).to.equal('a {"x-trace":"t1"} true');
      expect(seen).to.deep.equal([true]);
    });

    it("do not bind what a handler leaves running after its answer", async () => {
      const inner = await fixture().pair(shop());
      const later = signal<unknown>();
      const outer = await fixture().pair(
        shop({
          nothing: async () => {
            const work = fixture()
              .sleep(200)
              .then(() => inner.shop.read("late"));
            work.then(later.resolve, later.resolve);
          },
        }),
      );
      await outer.shop.nothing.with({ timeoutMs: 100 })();
      expect(await later.promise).to.equal("value of late");
    });

    it("refuse a timeout that makes no sense", async () => {
      const { shop: client } = await fixture().pair(shop());
      let thrown: unknown;
      try {
        await client.read.with({ timeoutMs: -1 })("k");
      } catch (error) {
        thrown = error;
      }
      expect(thrown).to.include({ code: "INVALID_ARGUMENT" });
    });
  });

  describe("the context", () => {
    const methodOf = (ctx: CallContext | undefined): string => String(ctx?.method);
    const wrapped =
      <A extends unknown[], R>(handler: (...args: A) => R) =>
      (...args: A): R =>
        handler(...args);

    it("comes after the last declared parameter, whatever the length of the function", async () => {
      const audited = signal<unknown>();
      const { shop: client } = await fixture().pair(
        shop({
          read: async (key = "none", ctx?: CallContext) => `${key} ${methodOf(ctx)}`,
          wait: wrapped(async (key, ctx) => `${key} ${methodOf(ctx)}`),
          context: async (...args) => ({ count: String(args.length), method: methodOf(args[0]) }),
          place: async (...[, , ctx]) => BigInt(methodOf(ctx).length),
          echo: async (order, { method } = {} as CallContext) => ({ ...order, note: method }),
          audit: (...args) => audited.resolve(args.map((arg) => (typeof arg === "object" ? methodOf(arg) : arg))),
          count: async function* (...[to, ctx]) {
            yield to + methodOf(ctx).length;
          },
          steps: async (...[count, progress, ctx]) => [await progress(count), methodOf(ctx)],
        }),
      );
      expect(await client.read("k")).to.equal("k read");
      expect(await client.wait("k")).to.equal("k wait");
      expect(await client.context()).to.deep.equal({ count: "1", method: "context" });
      expect(await client.place({ id: 1n, items: [] }, true)).to.equal(5n);
      expect(await client.echo({ id: 1n, items: [] })).to.deep.equal({ id: 1n, items: [], note: "echo" });
      client.audit("line");
      expect(await audited.promise).to.deep.equal(["line", "audit"]);
      expect(await collect(client.count(1))).to.deep.equal([6]);
      expect(await client.steps(2, async (step) => `step ${step}`)).to.deep.equal(["step 2", "steps"]);
    });

    it("comes after them where interceptors give more or fewer arguments", async () => {
      const args: Interceptor = (next) => (call) =>
        next(
          call.method.name === "place" ? { ...call, args: [call.args[0]] } : { ...call, args: [...call.args, "more"] },
        );
      const { shop: client } = await fixture().pair(
        shop({
          place: async (_order, dry, ctx) => (dry === undefined ? BigInt(ctx.method.length) : 0n),
          read: async (key, ctx) => `${key} ${methodOf(ctx)}`,
          context: async (ctx) => ({ method: methodOf(ctx) }),
        }),
        { serve: { interceptors: [args] } },
      );
      expect(await client.place({ id: 1n, items: [] }, true)).to.equal(5n);
      expect(await client.read("k")).to.equal("k read");
      expect(await client.context()).to.deep.equal({ method: "context" });
    });
  });

  describe("signals", () => {
    it("cancel a call at the server too", async () => {
      const started = signal();
      const aborted = signal();
      const { shop: client } = await fixture().pair(
        shop({
          wait: (_, ctx) => {
            started.resolve();
            return new Promise(() => ctx.signal.addEventListener("abort", () => aborted.resolve()));
          },
        }),
      );
      const controller = new AbortController();
      const call = client.wait.with({ signal: controller.signal })("k");
      await started.promise;
      controller.abort("enough");
      expect(await refused(call, "CANCELLED")).to.have.property("cause", "enough");
      await aborted.promise;
      await refused(client.wait.with({ signal: AbortSignal.abort() })("k"), "CANCELLED");
    });
  });

  describe("metadata", () => {
    it("travels both ways", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          context: async (ctx) => {
            ctx.setReplyMetadata({ cost: "3" });
            ctx.setReplyMetadata({ cache: "hit" });
            return { ...ctx.metadata, service: ctx.service, method: ctx.method };
          },
        }),
      );
      let reply: Metadata | undefined;
      const onReplyMetadata = (metadata: Metadata): void => {
        reply = metadata;
      };
      const seen = await client.context.with({ metadata: { tenant: "a-ö" }, onReplyMetadata })();
      expect(seen).to.deep.equal({ tenant: "a-ö", service: "suite.Shop", method: "context" });
      expect(reply).to.deep.equal({ cost: "3", cache: "hit" });
    });

    it("of an error arrives with it", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          nothing: () => {
            throw new RpcError({
              code: "ABORTED",
              message: "again",
              metadata: { hint: "later" },
              details: { after: [1, "x"] },
              cause: new Error("secret"),
            });
          },
        }),
      );
      const error = await refused(client.nothing(), "ABORTED", /^again$/);
      expect(error.metadata).to.deep.equal({ hint: "later" });
      expect(error.details).to.deep.equal({ after: [1, "x"] });
      expect(error.cause).to.equal(undefined);
    });

    it("refuses a key that is not allowed", async () => {
      const { shop: client } = await fixture().pair(shop());
      let thrown: unknown;
      try {
        await client.nothing.with({ metadata: { "Not Allowed": "x" } })();
      } catch (error) {
        thrown = error;
      }
      expect(thrown).to.include({ code: "INVALID_ARGUMENT" });
    });
  });

  describe("options of one call", () => {
    it("add up, and leave the method as it was", async () => {
      const { shop: client } = await fixture().pair(shop());
      const tagged = client.context.with({ metadata: { a: "1" } }).with({ timeoutMs: 5000 });
      expect(await tagged()).to.deep.equal({ a: "1" });
      expect(await client.context()).to.deep.equal({});
      const controller = new AbortController();
      const future = client.context.with({ signal: controller.signal }).future();
      expect(await future).to.deep.equal({});
    });

    it("choose another codec", async () => {
      const { shop: client } = await fixture().pair(shop());
      expect(await client.read.with({ codec: "json" })("k")).to.equal("value of k");
      await refused(client.read.with({ codec: "none" })("k"), "INVALID_ARGUMENT", /codec "none" is not known/);
    });
  });

  describe("interceptors", () => {
    it("wrap the call on both sides, outermost first", async () => {
      const events: string[] = [];
      const note =
        (name: string): Interceptor =>
        (next) =>
        async (call) => {
          events.push(`${name} ${call.method.name} ${String(call.args[0])}`);
          const reply = await next({ ...call, args: [`${call.args[0]}+${name}`] });
          events.push(`${name} done`);
          return { ...reply, value: `${reply.value}<${name}` };
        };
      const { shop: client } = await fixture().pair(shop(), {
        serve: { interceptors: [note("s1"), note("s2")] },
        connect: { interceptors: [note("c1"), note("c2")] },
      });
      expect(await client.read("k")).to.equal("value of k+c1+c2+s1+s2<s2<s1<c2<c1");
      expect(events).to.deep.equal([
        "c1 read k",
        "c2 read k+c1",
        "s1 read k+c1+c2",
        "s2 read k+c1+c2+s1",
        "s2 done",
        "s1 done",
        "c2 done",
        "c1 done",
      ]);
    });

    it("see a subscription on both sides, and every message", async () => {
      const calls: string[] = [];
      const note =
        (side: string): Interceptor =>
        (next) =>
        async (call) => {
          calls.push(`${side} ${call.method.name}`);
          const reply = await next({ ...call, metadata: { ...call.metadata, by: side } });
          if (call.method.topic === undefined || call.method.kind !== "stream") return reply;
          const items = reply.value as AsyncIterable<{ confirmed?: boolean }>;
          const noted = async function* () {
            for await (const item of items) {
              calls.push(`${side} ${item.confirmed ? "confirmed" : "message"}`);
              yield item;
            }
          };
          return { ...reply, value: noted() };
        };
      const { shop: client, server } = await fixture().pair(shop(), {
        serve: { interceptors: [note("server")] },
        connect: { interceptors: [note("client")] },
      });
      const seen = signal<unknown>();
      const subscription = await client.prices.subscribe((price) => seen.resolve(price));
      await server.topics(Shop)["prices"]?.publish({ sku: "a", cents: 1 });
      expect(await seen.promise).to.deep.equal({ sku: "a", cents: 1 });
      // Although both generators wait for the next message.
      await subscription.unsubscribe();
      expect(calls).to.have.members([
        "client prices.subscribe",
        "server prices.subscribe",
        "server confirmed",
        "client confirmed",
        "server message",
        "client message",
      ]);
    });

    it("may change what a stream is asked for", async () => {
      const twice: Interceptor = (next) => (call) =>
        next(call.method.name === "count" ? { ...call, args: [Number(call.args[0]) * 2] } : call);
      const { shop: client } = await fixture().pair(shop(), { connect: { interceptors: [twice] } });
      expect(await collect(client.count(2))).to.deep.equal([0, 1, 2, 3]);
    });

    it("may answer or refuse by themselves", async () => {
      let called = false;
      const refuse: Interceptor = () => async () => {
        throw new RpcError({ code: "PERMISSION_DENIED", message: "not you" });
      };
      const { shop: client } = await fixture().pair(
        shop({
          read: async () => {
            called = true;
            return "";
          },
        }),
        { serve: { interceptors: [refuse] } },
      );
      await refused(client.read("k"), "PERMISSION_DENIED", /^not you$/);
      expect(called).to.equal(false);
    });
  });
}
