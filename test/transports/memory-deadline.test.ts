import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { connect, type RpcClient, type RpcError, type RpcServer, serve } from "../../index.ts";
import { Shop, type ShopHandlers, shop } from "./suite/contract.ts";
import { refused } from "./suite/fixture.ts";

describe("transport memory: deadlines", () => {
  let names = 0;
  let server: RpcServer;
  let client: RpcClient;
  let told: unknown[];

  async function pair(handlers: Partial<ShopHandlers>) {
    told = [];
    server = await serve({ services: [shop(handlers)], listen: [`memory://deadline-${++names}`], onError: () => {} });
    client = await connect({ endpoints: server.endpoints, codec: "json", onError: (error) => told.push(error) });
    return client.refer(Shop);
  }

  afterEach(async () => {
    client.destroy();
    server.destroy();
  });

  /** That it does is the point: a call that never leaves its connection keeps it open for ever. */
  const closes = async (): Promise<void> => {
    const closed = client.close().then(() => "closed");
    expect(await Promise.race([closed, sleep(2000, "still open")])).to.equal("closed");
  };

  it("a call whose handler is told of the deadline before its caller is leaves its connection", async () => {
    const reasons: unknown[] = [];
    const proxy = await pair({
      // Keeps the server's timers running, so that they are out of step with the client's.
      audit: async (_line, ctx) => {
        void ctx.signal;
        await sleep(400);
      },
      wait: async (key, ctx) => {
        ctx.signal.addEventListener("abort", () => reasons.push(ctx.signal.reason.code));
        await sleep(60);
        return key;
      },
    });
    await proxy.audit("line");
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await sleep(5 * i);
        await refused(proxy.wait.with({ timeoutMs: 10 + (i % 8) })("k"), "DEADLINE_EXCEEDED", /no reply before/);
      }),
    );
    await closes();
    expect(reasons).to.have.length(40);
    // Which of the two is told first is a matter of a few milliseconds.
    for (const reason of reasons) expect(reason).to.be.oneOf(["DEADLINE_EXCEEDED", "CANCELLED"]);
  });

  it("so does a oneway call, once its handler ends", async () => {
    const reasons: unknown[] = [];
    const proxy = await pair({
      audit: async (_line, ctx) => {
        const { signal } = ctx;
        await sleep(60);
        reasons.push(signal.reason);
      },
    });
    await proxy.audit.with({ timeoutMs: 20 })("line");
    await closes();
    expect(reasons).to.have.length(1);
    expect(reasons[0]).to.have.property("code", "DEADLINE_EXCEEDED");
  });

  it("so does a stream", async () => {
    let stopped = false;
    const proxy = await pair({
      count: async function* (_to, ctx) {
        const { signal } = ctx;
        try {
          yield 0;
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        } finally {
          stopped = true;
        }
      },
    });
    const items: number[] = [];
    const reading = (async () => {
      for await (const item of proxy.count.with({ timeoutMs: 30 })(1)) items.push(item);
    })();
    await refused(reading, "DEADLINE_EXCEEDED", /still open at its deadline/);
    expect(items).to.deep.equal([0]);
    await closes();
    await sleep(10);
    expect(stopped).to.equal(true);
  });

  it("a deadline that passes before the handler is reached leaves no timer running", async () => {
    let ran = false;
    const proxy = await pair({
      wait: async (key) => {
        ran = true;
        return key;
      },
    });
    const call = proxy.wait.with({ timeoutMs: 2 })("k");
    const until = performance.now() + 40;
    while (performance.now() < until);
    await refused(call, "DEADLINE_EXCEEDED", /no reply before the deadline; the handler was not run; raise timeoutMs/);
    expect(ran).to.equal(false);
    // The wheels are empty: no timer of theirs follows the one that runs out.
    const { setTimeout: start } = globalThis;
    let ticks = 0;
    globalThis.setTimeout = Object.assign((...args: Parameters<typeof start>) => {
      ticks++;
      return start(...args);
    }, start) as typeof setTimeout;
    try {
      await sleep(100);
    } finally {
      globalThis.setTimeout = start;
    }
    expect(ticks).to.be.at.most(2);
    expect(await proxy.wait("k")).to.equal("k");
    await closes();
  });

  it("a call behind a handler that takes all of its time does not run", async () => {
    const ran: string[] = [];
    const proxy = await pair({
      wait: async (key) => {
        ran.push(key);
        const until = performance.now() + 60;
        while (performance.now() < until);
        return key;
      },
      count: async function* () {
        ran.push("count");
        yield 1;
      },
    });
    const short = proxy.wait.with({ timeoutMs: 40 });
    const items = proxy.count.with({ timeoutMs: 40 })(1)[Symbol.asyncIterator]();
    const calls = [short("first"), short("second"), items.next()];
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.slice(1).map((one) => (one as PromiseRejectedResult).reason.code)).to.deep.equal([
      "DEADLINE_EXCEEDED",
      "DEADLINE_EXCEEDED",
    ]);
    expect(ran).to.deep.equal(["first"]);
    await closes();
  });

  it("a call that is cancelled before its handler is reached does not run", async () => {
    const ran: string[] = [];
    const proxy = await pair({
      wait: async (key) => {
        ran.push(key);
        return key;
      },
    });
    // As a handler would, behind the deliveries of this turn.
    await undefined;
    const future = proxy.wait.future("cancelled");
    future.cancel();
    await refused(future, "CANCELLED");
    expect(await proxy.wait("kept")).to.equal("kept");
    expect(ran).to.deep.equal(["kept"]);
    await closes();
  });

  it("what onReplyMetadata throws is told to onError and costs the stream nothing", async () => {
    const proxy = await pair({
      count: async function* (to, ctx) {
        ctx.setReplyMetadata({ from: "handler" });
        for (let i = 0; i < to; i++) yield i;
      },
    });
    const onReplyMetadata = (): void => {
      throw new Error("of the caller");
    };
    const items: number[] = [];
    for await (const item of proxy.count.with({ onReplyMetadata })(3)) items.push(item);
    expect(items).to.deep.equal([0, 1, 2]);
    expect(told.map((error) => (error as RpcError).message)).to.deep.equal(["onReplyMetadata threw"]);
    expect((told[0] as RpcError).cause).to.have.property("message", "of the caller");
    await closes();
  });
});
