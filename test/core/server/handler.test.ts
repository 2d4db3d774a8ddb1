import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { connect, createHandler, defineService, implement, RpcError, rpc, stream, t, topic } from "../../../index.ts";
import { memoryRegistry } from "../../../registry/memory.ts";
import { socketListener } from "../../../transports/tcp/index.ts";

const Work = defineService(
  "test.HandledWork",
  {},
  {
    who: rpc({ returns: t.string }),
    count: stream({ params: [t.int32], yields: t.int32 }),
    wait: rpc({ returns: t.string }),
    told: topic(t.string),
  },
);

function work(over: object = {}) {
  return implement(Work, {
    who: async (ctx) => ctx.peer.address,
    count: async function* (to) {
      for (let i = 0; i < to; i++) yield i;
    },
    wait: async (ctx) => {
      await once(ctx.signal, "abort");
      return "aborted";
    },
    ...over,
  });
}

async function listening(accept: (socket: Socket) => void): Promise<{ server: Server; url: string }> {
  const server = createServer(accept).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function refusal(action: PromiseLike<unknown>): Promise<RpcError> {
  const error = await Promise.resolve(action).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(RpcError);
  return error as RpcError;
}

describe("core: a handler without a listener", () => {
  it("serves calls, streams and topics on the sockets of somebody else's server", async () => {
    await using handler = await createHandler({ services: [work()], instance: "mine" });
    const { server, url } = await listening(await socketListener(handler));
    {
      await using client = await connect({ endpoints: [url] });
      const proxy = await client.refer(Work);
      expect(await proxy.who()).to.match(/^tcp:\/\/127\.0\.0\.1:\d+$/);
      const items: number[] = [];
      for await (const item of proxy.count(3)) items.push(item);
      expect(items).to.deep.equal([0, 1, 2]);
      const told = new Promise(
        (resolve) => void proxy.told.subscribe(resolve).then(() => handler.topics(Work).told.publish("x")),
      );
      expect(await told).to.equal("x");
      expect(handler.instance).to.equal("mine");
    }
    server.close();
    await once(server, "close");
  });

  it("tells adapters what it serves, the built-in service too", async () => {
    await using handler = await createHandler({ services: [work()] });
    const builtIn = ["trunkline.Health", "trunkline.Contracts"];
    expect(handler.host.services.map(({ contract }) => contract.name)).to.deep.equal([Work.name, ...builtIn]);
    expect(handler.host.codecs.size).to.equal(5);
    const types = [...handler.host.codecs.values()].flatMap(({ mediaTypes }) => mediaTypes);
    expect(new Set(types).size).to.equal(types.length);
    await using bare = await createHandler({ services: [work()], health: false, reflection: false });
    expect(bare.host.services.map(({ contract }) => contract.name)).to.deep.equal([Work.name]);
  });

  it("drains what is attached to it, and refuses sockets from then on; the server that is not its own goes on", async () => {
    const handler = await createHandler({ services: [work()] });
    const { server, url } = await listening(await socketListener(handler));
    const client = await connect({ endpoints: [url] });
    const proxy = await client.refer(Work, { failFast: true });
    const waiting = proxy.wait.future();
    await proxy.who();
    const closing = handler.close();
    expect(handler.health.state).to.equal("draining");
    waiting.cancel();
    await closing;
    expect(handler.health.state).to.equal("closed");
    await refusal(waiting);
    expect((await refusal(proxy.who())).code).to.equal("UNAVAILABLE");
    expect(server.listening).to.equal(true);
    await client.close();
    server.close();
    await once(server, "close");
  });

  it("cuts what is attached to it, then and later", async () => {
    const handler = await createHandler({ services: [work()] });
    const { server, url } = await listening(await socketListener(handler));
    const client = await connect({ endpoints: [url] });
    const waiting = (await client.refer(Work)).wait();
    await (await client.refer(Work)).who();
    handler.destroy();
    expect((await refusal(waiting)).code).to.equal("UNAVAILABLE");
    const ends: RpcError[] = [];
    handler.attach({ close: async () => {}, destroy: (error) => void ends.push(error) });
    expect(ends.map(({ code }) => code)).to.deep.equal(["UNAVAILABLE"]);
    await client.close();
    server.close();
    await once(server, "close");
  });

  it("cuts what is attached to it once it has begun to close", async () => {
    const handler = await createHandler({ services: [work()] });
    const closing = handler.close();
    const ends: RpcError[] = [];
    handler.attach({ close: async () => {}, destroy: (error) => void ends.push(error) });
    expect(ends).to.have.length(1);
    await closing;
  });

  it("forgets a door that has gone by itself", async () => {
    const handler = await createHandler({ services: [work()] });
    let closed = 0;
    const door = { close: async () => void closed++, destroy: () => {} };
    handler.attach(door)();
    await handler.close();
    expect(closed).to.equal(0);
  });

  it("is known to a registry from when it says so", async () => {
    const registry = memoryRegistry();
    const handler = await createHandler({ services: [work()], registry, tags: { zone: "eu" } });
    const { server, url } = await listening(await socketListener(handler));
    const client = await connect({ registry });
    expect((await refusal(client.refer(Work))).message).to.contain("no provider is registered");
    await handler.register([url]);
    const again = await handler.register([url]).catch((error: Error) => error.message);
    expect(again).to.equal("register: the services are registered already");
    const proxy = await client.refer(Work, { failFast: true });
    await proxy.who();
    await handler.close();
    expect((await refusal(client.refer(Work))).message).to.contain("no provider is registered");
    await client.close();
    server.close();
    await once(server, "close");
  });

  it("leaves nothing registered where the registry refuses one of its services", async () => {
    const registry = memoryRegistry();
    const Other = defineService("test.HandledOther", {}, { who: rpc({ returns: t.string }) });
    const picky: typeof registry = {
      ...registry,
      register: async (instance) => {
        if (instance.service === Other.name) throw new RpcError({ code: "PERMISSION_DENIED", message: "not here" });
        return registry.register(instance);
      },
    };
    const services = [work(), implement(Other, { who: async () => "" })];
    await using handler = await createHandler({ services, registry: picky });
    expect((await refusal(handler.register(["tcp://127.0.0.1:1"]))).message).to.equal("not here");
    let known = -1;
    const stop = await registry.watch(
      { service: Work.name, version: Work.version, group: "" },
      { onInstances: ({ instances }) => ({ length: known } = instances), onError: () => {} },
    );
    stop();
    expect(known).to.equal(0);
  });

  it("is not registered where it was closed while the registry was asked", async () => {
    const registry = memoryRegistry();
    let asked = (): void => {};
    const slow: typeof registry = {
      ...registry,
      register: async (instance) => {
        await new Promise<void>((resolve) => {
          asked = resolve;
        });
        return registry.register(instance);
      },
    };
    const handler = await createHandler({ services: [work()], registry: slow });
    const registering = handler.register(["tcp://127.0.0.1:1"]);
    await handler.close();
    asked();
    await registering;
    let known = -1;
    const stop = await registry.watch(
      { service: Work.name, version: Work.version, group: "" },
      { onInstances: ({ instances }) => ({ length: known } = instances), onError: () => {} },
    );
    stop();
    expect(known).to.equal(0);
  });

  it("refuses options that make no sense", async () => {
    const messages: string[] = [];
    const note = (error: Error): void => void messages.push(error.message);
    await createHandler({ services: [] }).catch(note);
    await createHandler({ services: [work()], listen: ["tcp://127.0.0.1:0"] } as never).catch(note);
    await (await createHandler({ services: [work()] })).register([]).catch(note);
    expect(messages).to.deep.equal([
      "createHandler: services is empty; give at least one",
      "createHandler: unknown option listen; known are services, registry, codecs, interceptors, authenticate, inherit, partial, health, reflection, instance, weight, tags, topics, topicBackend, drainMs, onError",
      "register: there is no registry; give one to createHandler",
    ]);
  });
});
