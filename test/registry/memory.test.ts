import { expect } from "chai";
import {
  connect,
  defineService,
  type Instance,
  implement,
  type Registration,
  type Registry,
  RpcError,
  rpc,
  serve,
  t,
  topic,
} from "../../index.ts";
import { type MemoryRegistry, memoryRegistry } from "../../registry/memory.ts";
import { registrySuite } from "./suite.ts";

describe("registry memory", () =>
  registrySuite(memoryRegistry, {
    cut: async (registry) => (registry as MemoryRegistry).cut(),
    mend: async (registry, forgotten) => (registry as MemoryRegistry).mend({ forgotten }),
  }));

const Who = defineService("test.Who", {}, { who: rpc({ returns: t.string, idempotent: true }) });

function start(instance: string, registry = memoryRegistry(), onError?: (error: unknown) => void) {
  const services = [implement(Who, { who: async (ctx) => ctx.instance })];
  return serve({ services, listen: ["tcp://127.0.0.1:0"], registry, instance, ...(onError && { onError }) });
}

/** The instances of `Who` that the registry knows, by their ids. */
async function known(registry: Registry): Promise<Instance[]> {
  let instances: readonly Instance[] = [];
  const stop = await registry.watch(
    { service: "test.Who", version: "1.0.0", group: "" },
    { onInstances: (set) => ({ instances } = set), onError: (error) => expect.fail(error.message) },
  );
  stop();
  return [...instances].sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function health(registry: Registry): Promise<Record<string, string | undefined>> {
  return Object.fromEntries((await known(registry)).map(({ id, health }) => [id, health]));
}

describe("a client with a registry", () => {
  it("calls those that are there, those that come, and not those that left", async () => {
    const registry = memoryRegistry();
    await using a = await start("a", registry);
    await using client = await connect({ registry });
    const who = await client.refer(Who);
    expect(await who.who()).to.equal("a");

    await using b = await start("b", registry);
    const seen = new Set<string>();
    while (!seen.has("b")) seen.add(await who.who());
    expect([...seen].sort()).to.deep.equal(["a", "b"]);

    await a.close();
    expect(await who.who()).to.equal("b");
    expect(b.instance).to.equal("b");
  });

  it("loses no call where the registry is away, comes back, and has forgotten everybody", async () => {
    const registry = memoryRegistry();
    const heard: unknown[] = [];
    await using a = await start("a", registry, (error) => heard.push(error));
    await using client = await connect({ registry });
    const who = await client.refer(Who, { failFast: true });
    registry.cut();
    expect(heard.map((error) => (error as RpcError).code)).to.deep.equal(["UNAVAILABLE"]);
    expect(await who.who()).to.equal("a");
    a.health.set("NOT_SERVING");
    registry.mend({ forgotten: true });
    expect(await who.who()).to.equal("a");
    // What it said meanwhile was told, too.
    expect(await health(registry)).to.deep.equal({ a: "NOT_SERVING" });
  });

  it("does not believe at once that all are gone, where the registry says so right after an outage", async () => {
    const registry = memoryRegistry();
    const { register } = registry;
    const instances: Registration[] = [];
    const kept: typeof registry = {
      ...registry,
      register: async (...given) => {
        const registration = await register(...given);
        instances.push(registration);
        return registration;
      },
    };
    await using _a = await start("a", kept);
    await using patient = await connect({ registry });
    await using hasty = await connect({ registry, registryGraceMs: 0 });
    const [slow, quick] = [await patient.refer(Who, { failFast: true }), await hasty.refer(Who, { failFast: true })];
    registry.cut();
    for (const one of instances) await one.unregister().catch(() => {});
    registry.mend();
    while ((await quick.who().catch((error: RpcError) => error.code)) !== "UNAVAILABLE");
    expect(await slow.who()).to.equal("a");
  });

  it("starts without the registry where it does not check, and finds the providers when it is back", async () => {
    const registry = memoryRegistry();
    await using _a = await start("a", registry);
    registry.cut();
    const heard: unknown[] = [];
    await using client = await connect({ registry, onError: (error, where) => heard.push([String(error), where]) });
    const refused = await client.refer(Who).catch((error: RpcError) => error.message);
    expect(refused).to.equal("no instance of test.Who 1.0.0 can be reached: the registry cannot be reached");
    const who = await client.refer(Who, { check: false });
    const call = who.who();
    registry.mend();
    expect(await call).to.equal("a");
    const told = ["RpcError: the registry cannot be reached", { service: "test.Who" }];
    expect(heard).to.deep.equal([told]);
    registry.cut();
    expect(heard).to.deep.equal([told, told]);
  });

  it("calls an instance that says it is not serving only where nobody else is", async () => {
    const registry = memoryRegistry();
    await using a = await start("a", registry);
    await using b = await start("b", registry);
    await using client = await connect({ registry });
    const who = await client.refer(Who);
    for await (const _ of who.who.multicast());
    const called = async () => [...new Set(await Promise.all(Array.from({ length: 8 }, () => who.who())))].sort();
    expect(await called()).to.deep.equal(["a", "b"]);
    a.health.set("NOT_SERVING", Who);
    expect(await called()).to.deep.equal(["b"]);
    b.health.set("NOT_SERVING");
    expect(await called()).to.deep.equal(["a", "b"]);
    expect(await health(registry)).to.deep.equal({ a: "NOT_SERVING", b: "NOT_SERVING" });
    a.health.set("SERVING", Who);
    expect(await called()).to.deep.equal(["a"]);
  });

  it("follows what a server says of itself while it runs", async () => {
    const registry = memoryRegistry();
    const before = Date.now();
    await using a = await start("a", registry);
    await using b = await start("b", registry);
    await using client = await connect({ registry });
    const who = await client.refer(Who);
    for await (const _ of who.who.multicast());
    await a.update({ weight: 0 });
    expect(new Set(await Promise.all(Array.from({ length: 8 }, () => who.who())))).to.deep.equal(new Set(["b"]));
    await b.update({ tags: { zone: "eu" } });
    const [first, second] = await known(registry);
    expect(first).to.deep.include({ id: "a", weight: 0, tags: {}, health: "SERVING" });
    expect(second).to.deep.include({ id: "b", weight: 100, tags: { zone: "eu" } });
    expect(first?.startedAt).to.be.within(before, Date.now());
    for (const wrong of [{ weight: -1 }, { tags: 7 }, { wait: 1 }]) {
      const error = await a.update(wrong as object).catch((thrown: Error) => thrown.message);
      expect(error).to.match(/^update: /);
    }
    registry.cut();
    expect(await a.update({ weight: 5 }).catch((error: RpcError) => error.code)).to.equal("UNAVAILABLE");
    registry.mend();
    expect((await known(registry))[0]).to.include({ weight: 5 });
  });

  it("says so when nobody provides the service", async () => {
    await using client = await connect({ registry: memoryRegistry() });
    const error = await client.refer(Who).then(
      () => undefined,
      (thrown: RpcError) => thrown,
    );
    expect(error).to.be.instanceOf(RpcError);
    expect(error?.message).to.equal("no instance of test.Who 1.0.0 can be reached: no provider is registered");
  });

  it("takes the endpoint of the transport that was asked for", async () => {
    const registry = memoryRegistry();
    await using server = await serve({
      services: [implement(Who, { who: async () => "here" })],
      listen: ["memory://registry-test", "tcp://127.0.0.1:0"],
      registry,
    });
    await using client = await connect({ registry });
    const who = await client.refer(Who, { transport: "tcp" });
    for await (const reply of who.who.multicast()) expect(reply.endpoint).to.equal(server.endpoints[1]);
  });

  it("refuses a URL that no adapter knows, and no registry at all", async () => {
    const outcome = await connect({ registry: "carrier-pigeon://loft" }).catch((error: RpcError) => error.code);
    expect(outcome).to.equal("INVALID_ARGUMENT");
    const neither = await connect({}).catch((error: Error) => error.message);
    expect(neither).to.equal("connect: give either endpoints or a registry");
  });
});

describe("a topic that the server does not declare", () => {
  it("is a clear error to its subscriber and its publisher, and harms nothing else", async () => {
    const old = defineService("test.Growing", {}, { ping: rpc({ returns: t.string }) });
    const grown = defineService("test.Growing", {}, { ping: rpc({ returns: t.string }), told: topic(t.string) });
    await using server = await serve({
      services: [implement(old, { ping: async () => "pong" })],
      listen: ["tcp://127.0.0.1:0"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    const growing = await client.refer(grown);
    for (const attempt of [growing.told.subscribe(() => {}), growing.told.publish("x")]) {
      const error = await attempt.then(
        () => undefined,
        (thrown: RpcError) => thrown,
      );
      expect(error).to.have.property("code", "UNIMPLEMENTED");
      expect(error?.message).to.match(
        /^test\.Growing at tcp:.* has no told\.(subscribe|publish); deploy a server that has/,
      );
    }
    expect(await growing.ping()).to.equal("pong");
  });
});

describe("options of one call", () => {
  const Echo = defineService("test.CodecEcho", {}, { echo: rpc({ params: [t.bytes], returns: t.bytes }) });

  it("may name another codec", async () => {
    await using server = await serve({
      services: [implement(Echo, { echo: async (bytes) => bytes })],
      listen: ["tcp://127.0.0.1:0"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    const echo = await client.refer(Echo);
    const asJson = echo.echo.with({ codec: "json" });
    expect(await asJson(new Uint8Array([1, 2]))).to.deep.equal(new Uint8Array([1, 2]));
    const unknown = await echo.echo
      .with({ codec: "morse" })(new Uint8Array())
      .catch((error: RpcError) => error.message);
    expect(unknown).to.match(/^codec "morse" is not known; known are json, msgpack/);
  });
});
