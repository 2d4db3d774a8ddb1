import { expect } from "chai";
import { accept, arg, connect, defineService, implement, rpc, serve, stream, t } from "../../index.ts";
import { tcp } from "../../transports/tcp/index.ts";
import { until } from "./child.ts";
import { Relay } from "./relay.ts";

const Half = defineService(
  "proc.Half",
  {},
  {
    hang: rpc({ params: [arg("id", t.string)] }),
    echo: rpc({ params: [arg("id", t.string)], returns: t.string }),
    feed: stream({ params: [], yields: t.int32 }),
  },
);

const transports = [tcp({ limits: { heartbeatMs: 200 }, backoff: { firstMs: 10, maxMs: 50 } })];

describe("processes: a half-open connection", () => {
  let relay: Relay | undefined;
  afterEach(async () => {
    await relay?.close();
    relay = undefined;
  });

  it("is found by both sides within a few heartbeats, and replaced", async () => {
    const aborted: unknown[] = [];
    let begun = 0;
    await using server = await serve({
      services: [
        implement(Half, {
          hang: (_id, ctx) =>
            new Promise((_, reject) => {
              begun++;
              ctx?.signal.addEventListener("abort", () => {
                aborted.push(ctx.signal.reason);
                reject(ctx.signal.reason);
              });
            }),
          echo: async (id) => id,
          feed: async function* (ctx) {
            yield 1;
            await new Promise((_, reject) => ctx?.signal.addEventListener("abort", () => reject(ctx.signal.reason)));
          },
        }),
      ],
      listen: ["tcp://127.0.0.1:0"],
      transports,
    });
    relay = await Relay.start(Number(server.endpoints[0]?.split(":").at(-1)));
    await using client = await connect({ endpoints: [relay.endpoint], transports });
    const half = await client.refer(Half);

    const began = performance.now();
    const pending = half.hang("x").catch((error: unknown) => error);
    const items = half.feed()[Symbol.asyncIterator]();
    expect((await items.next()).value).to.equal(1);
    await until("the call at the server", () => begun === 1);
    const broken = items.next().catch((error: unknown) => error);
    // Heartbeats keep a silent connection alive as long as both ends do.
    await half.echo("still here");

    relay.silence();
    for (const error of [await pending, await broken]) {
      expect(error).to.include({ code: "UNAVAILABLE" });
      expect(String(error)).to.contain("silent for two heartbeats");
    }
    await until("the server to give up", () => aborted.length === 1);
    expect(String(aborted[0])).to.contain("silent for two heartbeats");
    expect(performance.now() - began).to.be.below(3000);

    let answer: string | undefined;
    await until("a new connection", async () => {
      answer = await half.echo("again").catch(() => undefined);
      return answer !== undefined;
    });
    expect(answer).to.equal("again");
  });

  it("is not imagined: an idle connection lives on by its heartbeats", async () => {
    let connections = 0;
    await using server = await serve({
      services: [implement(Half, { hang: async () => {}, echo: async (id) => id, feed: async function* () {} })],
      listen: ["tcp://127.0.0.1:0"],
      transports: [tcp({ limits: { heartbeatMs: 20 } })],
      authenticate: () => accept(++connections),
    });
    await using client = await connect({
      endpoints: server.endpoints,
      transports: [tcp({ limits: { heartbeatMs: 20 } })],
    });
    const half = await client.refer(Half);
    // Silence is what is tested here: twenty heartbeats of it.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await half.echo("x")).to.equal("x");
    expect(connections).to.equal(1);
  });
});
