import { expect } from "chai";
import {
  accept,
  connect,
  defineService,
  type ErrorSource,
  type Interceptor,
  implement,
  type RpcClient,
  RpcError,
  type RpcServer,
  rpc,
  type ServeOptions,
  serve,
  stream,
  t,
} from "../../../index.ts";
import { memoryRegistry } from "../../../registry/memory.ts";

const Work = defineService(
  "test.Work",
  {},
  {
    name: rpc({ returns: t.string, idempotent: true }),
    hang: rpc({ returns: t.string, idempotent: true }),
    count: stream({ params: [t.int32], yields: t.int32 }),
  },
);

async function work(name = "a", over: Partial<ServeOptions> = {}): Promise<RpcServer> {
  return serve({
    services: [
      implement(Work, {
        name: () => name,
        hang: () => new Promise(() => {}),
        count: async function* (to) {
          for (let i = 0; i < to; i++) yield i;
        },
      }),
    ],
    listen: ["tcp://127.0.0.1:0"],
    onError: () => {},
    ...over,
  });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => "no error",
    (error: RpcError) => error.code,
  );
}

const passing: Interceptor = (next) => (call) => next(call);

describe("core: a proxy", () => {
  it("streams and multicasts in another codec", async () => {
    await using server = await work();
    await using client = await connect({ endpoints: server.endpoints });
    const proxy = await client.refer(Work);
    expect(await collect(proxy.count.with({ codec: "json" })(3))).to.deep.equal([0, 1, 2]);
    const [reply] = await collect(proxy.name.with({ codec: "avro" }).multicast());
    expect(reply).to.include({ ok: true, value: "a" });
    for await (const item of proxy.count.with({ codec: "json" })(1000)) {
      if (item === 1) break;
      expect(item).to.equal(0);
    }
  });

  it("gives a future up by the caller's signal or by itself, behind interceptors too", async () => {
    await using server = await work();
    for (const interceptors of [[], [passing]]) {
      await using client = await connect({ endpoints: server.endpoints, interceptors });
      const proxy = await client.refer(Work);
      const controller = new AbortController();
      const signalled = proxy.hang.with({ signal: controller.signal }).future();
      const cancelled = proxy.hang.with({ signal: controller.signal }).future();
      cancelled.cancel();
      expect(await codeOf(cancelled)).to.equal("CANCELLED");
      expect(signalled.done).to.equal(false);
      controller.abort();
      expect(await codeOf(signalled)).to.equal("CANCELLED");
    }
  });

  it("hears of no metadata where an interceptor of the server passes a reply on as it is", async () => {
    await using server = await work("a", { interceptors: [passing] });
    await using client = await connect({ endpoints: server.endpoints });
    const proxy = await client.refer(Work);
    const heard: unknown[] = [];
    await collect(proxy.count.with({ onReplyMetadata: (metadata) => heard.push(metadata) })(2));
    expect(heard).to.deep.equal([]);
  });

  it("keeps a connection as long as one reference uses it, and no longer", async () => {
    let connections = 0;
    await using server = await work("a", { authenticate: () => accept(++connections) });
    await using client = await connect({ endpoints: server.endpoints });
    const first = await client.refer(Work);
    const second = await client.refer(Work);
    await client.release(first);
    expect(await second.name()).to.equal("a");
    const third = await client.refer(Work);
    expect(connections).to.equal(1);
    await Promise.all([client.release(second), client.release(third)]);
    await client.refer(Work);
    expect(connections).to.equal(2);
  });

  it("calls none whose weight is no number while another is there", async () => {
    const registry = memoryRegistry();
    await using a = await work("a");
    await using b = await work("b");
    const instance = { service: "test.Work", version: "0.0.0", group: "" };
    const { version } = Work;
    await registry.register({
      ...instance,
      version,
      id: "a",
      endpoints: a.endpoints,
      weight: Number.POSITIVE_INFINITY,
    });
    await registry.register({ ...instance, version, id: "b", endpoints: b.endpoints, weight: 1 });
    await using client = await connect({ registry });
    const proxy = await client.refer(Work);
    const named = new Set<string>();
    for await (const { ok } of proxy.name.multicast()) expect(ok).to.equal(true);
    for (let i = 0; i < 20; i++) named.add(await proxy.name());
    expect([...named]).to.deep.equal(["b"]);
  });

  it("sends no call again that was given up while it waited to be", async () => {
    let ran = 0;
    const unavailable = (): never => {
      ran++;
      throw new RpcError({ code: "UNAVAILABLE", message: "too busy" });
    };
    await using server = await serve({
      services: [implement(Work, { name: unavailable, hang: unavailable, count: async function* () {} })],
      listen: ["tcp://127.0.0.1:0"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    const proxy = await client.refer(Work);
    expect(await proxy.name().catch((error: RpcError) => error.code)).to.equal("UNAVAILABLE");
    expect(ran).to.equal(5);
    ran = 0;
    // The second answer is followed by a wait of 25 to 50 ms.
    const given = proxy.hang.future();
    while (ran < 2) await new Promise((resolve) => setImmediate(resolve));
    const before = ran;
    given.cancel();
    await given.catch(() => {});
    expect(await proxy.name().catch((error: RpcError) => error.code)).to.equal("UNAVAILABLE");
    expect(ran).to.equal(before + 5);
  });

  it("tells at which endpoint credentials failed", async () => {
    await using server = await work("a", { authenticate: () => accept("x") });
    const told: ErrorSource[] = [];
    await using client: RpcClient = await connect({
      endpoints: server.endpoints,
      credentials: () => Promise.reject(new Error("no token")),
      onError: (_, where) => told.push(where),
    });
    const refused = await client.refer(Work).catch((error: RpcError) => error.code);
    expect(refused).to.equal("UNAVAILABLE");
    expect(told[0]).to.deep.equal({ endpoint: server.endpoints[0] });
  });
});
