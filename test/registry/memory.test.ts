import { expect } from "chai";
import { connect, defineService, implement, RpcError, rpc, serve, t, topic } from "../../index.ts";
import { memoryRegistry } from "../../registry/memory.ts";
import { registrySuite } from "./suite.ts";

describe("registry memory", () => registrySuite(memoryRegistry));

const Who = defineService("test.Who", {}, { who: rpc({ returns: t.string, idempotent: true }) });

function start(instance: string, registry = memoryRegistry()) {
  const services = [implement(Who, { who: async (ctx) => ctx.instance })];
  return serve({ services, listen: ["tcp://127.0.0.1:0"], registry, instance });
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
