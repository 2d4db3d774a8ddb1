import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { json } from "../../codecs/json/light.ts";
import { msgpack } from "../../codecs/msgpack/index.ts";
import {
  arg,
  createMetadata,
  defineService,
  implement,
  oneway,
  RpcError,
  rpc,
  serve,
  stream,
  t,
  topic,
} from "../../index.ts";
import { connect, type WebConnectOptions } from "../../web.ts";
import { refused } from "./suite/fixture.ts";

const Order = t.struct("fetch.Order", { id: t.int64, placedAt: t.timestamp, note: t.optional(t.string) });
const OutOfStock = t.error("fetch.OutOfStock", { sku: t.string, left: t.int32 });
const members = {
  place: rpc({ params: [arg("order", Order)], returns: t.int64, throws: [OutOfStock] }),
  add: rpc({ params: [arg("a", t.int32), arg("b", t.int32)], returns: t.int32 }),
  slow: rpc({ returns: t.string }),
  flaky: rpc({ returns: t.int32, idempotent: true }),
  who: rpc({ returns: t.string }),
  note: oneway({ params: [t.string] }),
  count: stream({ params: [arg("to", t.int32)], yields: t.int32, throws: [OutOfStock] }),
};
const Shop = defineService("fetch.Shop", {}, members);
const order = { id: 7n, placedAt: new Date(86_400_000), note: "é" };

describe("a page's calls by fetch", () => {
  const notes: string[] = [];
  let aborted = 0;
  let begun = 0;
  let tries = 0;
  const shop = implement(Shop, {
    place: async ({ id, note }) => {
      if (note === "none") throw new OutOfStock({ sku: "piano", left: 3 });
      return id;
    },
    add: async (a, b) => a + b,
    slow: ({ signal }) =>
      new Promise((resolve) => {
        begun++;
        signal.addEventListener("abort", () => {
          aborted++;
          resolve("late");
        });
      }),
    flaky: async () => {
      if (++tries < 3) throw new RpcError({ code: "UNAVAILABLE", message: "not yet" });
      return tries;
    },
    who: async (ctx) => {
      ctx.setReplyMetadata?.({ seen: "yes" });
      return JSON.stringify([ctx.peer.identity, ctx.metadata["trace"], Number(ctx.deadline !== undefined)]);
    },
    note: (text) => void notes.push(text),
    count: async function* (to) {
      try {
        for (let i = 0; i < to; i++) yield i;
        if (to === 4) throw new OutOfStock({ sku: "four", left: 0 });
      } finally {
        aborted++;
      }
    },
  });
  const start = () =>
    serve({
      services: [shop],
      listen: ["http://127.0.0.1:0"],
      authenticate: (credentials) => ({ accepted: true, identity: credentials }) as never,
      onError: () => {},
    });
  const page = async (endpoints: readonly string[], options: Partial<WebConnectOptions> = {}) => {
    const client = await connect({ endpoints, codec: json(), onError: () => {}, ...options });
    return { client, shop: await client.refer(Shop) };
  };

  it("carry values, oneways and metadata, and are counted by their deadline", async () => {
    await using server = await start();
    const { shop: proxy } = await page(server.endpoints, { codec: json() });
    expect(await proxy.place(order)).to.equal(7n);
    expect(await proxy.add(1, 2)).to.equal(3);
    await proxy.note.sent("sent");
    expect(notes.splice(0)).to.deep.equal(["sent"]);
    const identity = JSON.parse(await proxy.who.with({ metadata: { trace: "abc" } })());
    expect(identity.slice(1)).to.deep.equal(["abc", 1]);
    const called = new Promise((resolve) => proxy.add.callback(2, 3, (error, value) => resolve([error, value])));
    expect(await called).to.deep.equal([undefined, 5]);
    await refused(proxy.add("1" as never, 2), "INVALID_ARGUMENT", /^fetch\.Shop\.add: a: expected int32, got "1"$/);
    await refused(proxy.place({ ...order, id: 1 as never }), "INVALID_ARGUMENT", /^fetch\.Shop\.place: order\.id: exp/);
    expect(() => proxy.note(1 as never)).to.throw(/^fetch\.Shop\.note: arg1: expected string/);
    await refused(proxy.add.with({ metadata: { "no good": "x" } })(1, 2), "INVALID_ARGUMENT", /no good/);
  });

  it("fail with the class of a declared error, its fields and the code", async () => {
    await using server = await start();
    const { shop: proxy } = await page(server.endpoints);
    const error = await proxy.place({ ...order, note: "none" }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(OutOfStock).and.include({ code: "FAILED_PRECONDITION", sku: "piano", left: 3 });
  });

  it("read streams, and end them", async () => {
    await using server = await start();
    const { shop: proxy } = await page(server.endpoints);
    const seen: number[] = [];
    for await (const item of proxy.count(3)) seen.push(item);
    expect(seen).to.deep.equal([0, 1, 2]);
    const failing: unknown[] = [];
    try {
      for await (const item of proxy.count(4)) failing.push(item);
    } catch (error) {
      failing.push((error as { sku?: string }).sku);
    }
    expect(failing).to.deep.equal([0, 1, 2, 3, "four"]);
    aborted = 0;
    for await (const item of proxy.count(10_000_000)) if (item === 5) break;
    while (aborted === 0) await new Promise(setImmediate);
  });

  it("end at their deadline, by a signal and with the client, and the server learns of it", async () => {
    await using server = await start();
    const { client, shop: proxy } = await page(server.endpoints);
    aborted = begun = 0;
    // Whether it had begun by then is left open.
    await refused(proxy.slow.with({ timeoutMs: 30 })(), "DEADLINE_EXCEEDED");
    const underWay = async (count: number): Promise<void> => {
      while (begun < count) await new Promise(setImmediate);
    };
    const controller = new AbortController();
    const before = begun;
    const slow = proxy.slow.with({ signal: controller.signal })();
    await underWay(before + 1);
    controller.abort();
    await refused(slow, "CANCELLED", /^slow: cancelled by the caller$/);
    const last = proxy.slow();
    await underWay(before + 2);
    client.destroy();
    await refused(last, "CANCELLED");
    while (aborted < begun) await new Promise(setImmediate);
    await refused(proxy.add(1, 2), "CANCELLED");
  });

  it("try idempotent methods again, and others where nothing was done", async () => {
    await using server = await start();
    const { shop: proxy } = await page(server.endpoints);
    tries = 0;
    expect(await proxy.flaky()).to.equal(3);
    tries = 0;
    await refused(proxy.flaky.with({ failFast: true })(), "UNAVAILABLE", /not yet/);
    const nobody = await page(["http://127.0.0.1:1"], { failFast: true });
    await refused(nobody.shop.add(1, 2), "UNAVAILABLE", /^add: the request failed: .*outcome unknown/);
    // The second of two servers answers.
    const two = await page(["http://127.0.0.1:1", ...server.endpoints]);
    tries = 5;
    expect(await two.shop.flaky()).to.equal(6);
  });

  it("go through interceptors, with credentials and in other codecs", async () => {
    await using server = await start();
    const seen: unknown[] = [];
    const { shop: proxy } = await page(server.endpoints, {
      codec: msgpack(),
      credentials: async () => ({ user: "ada" }),
      interceptors: [
        (next) => async (call) => {
          seen.push(call.method.name, call.args);
          return next({ ...call, metadata: createMetadata({ trace: "by interceptor" }) });
        },
      ],
    });
    expect(JSON.parse(await proxy.who())[1]).to.equal("by interceptor");
    expect(await proxy.add(20, 1)).to.equal(21);
    expect(seen).to.deep.equal(["who", [], "add", [20, 1]]);
  });

  it("are refused where fetch cannot carry them", async () => {
    const Chat = defineService(
      "fetch.Chat",
      {},
      {
        ...members,
        lines: topic(t.string),
        steps: rpc({ params: [arg("report", t.callback([t.string]))] }),
      },
    );
    await using server = await start();
    const { client } = await page(server.endpoints);
    await refused(
      client.refer(Chat),
      "FAILED_PRECONDITION",
      /^fetch\.Chat: fetch does not carry steps, lines; connect/,
    );
    const chat = await client.refer(Chat, { partial: true });
    expect(() => chat.steps(async () => {})).to.throw(/^fetch\.Chat: fetch does not carry steps;/);
  });

  it("tell apart what other servers answer", async () => {
    const answers: [number, Record<string, string>, string | Buffer][] = [
      [502, {}, "<html>"],
      [401, { "content-type": "application/json" }, '{"code":null,"message":7}'],
      [
        418,
        { "content-type": "application/json" },
        '{"code":"aborted","message":"x","details":[null,{"type":"a.B","value":"AAA"}]}',
      ],
      [200, { "content-type": "application/json" }, "{"],
    ];
    const server = createServer((request, response) => {
      request.resume();
      const [status, headers, body] = answers.shift() as (typeof answers)[0];
      response.writeHead(status, { ...headers, connection: "close" }).end(body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { shop: proxy } = await page([`http://127.0.0.1:${(server.address() as AddressInfo).port}`]);
    await refused(proxy.add(1, 2), "UNAVAILABLE", /HTTP 502/);
    await refused(proxy.add(1, 2), "UNAUTHENTICATED", /HTTP 401/);
    await refused(proxy.add(1, 2), "ABORTED", /^x$/);
    await refused(proxy.add(1, 2), "DATA_LOSS", /^add: the reply could not be read/);
    const envelope = Buffer.from([0, 0, 0, 0, 12, ...Buffer.from('{"result":1}'), 0, 0, 0]);
    answers.push([200, { "content-type": "application/connect+json" }, envelope]);
    const items: unknown[] = [];
    const broken = (async () => {
      for await (const item of proxy.count(1)) items.push(item);
    })();
    await refused(broken, "INTERNAL", /^count: the stream broke off before its end$/);
    expect(items).to.deep.equal([1]);
    answers.push([200, { "content-type": "application/connect+json" }, Buffer.from([0, 255, 0, 0, 0])]);
    await refused(proxy.count(1)[Symbol.asyncIterator]().next(), "RESOURCE_EXHAUSTED", /larger than 4194304/);
    server.close();
    await once(server, "close");
  });
});
