import { expect } from "chai";
import { powerOfTwoChoices, roundRobin } from "../../core/balancer.ts";
import {
  type BalancerFactory,
  connect,
  defineService,
  type Interceptor,
  implement,
  RpcError,
  rpc,
  serve,
  stream,
  t,
  topic,
} from "../../index.ts";
import { createNodePlatform } from "../../platform-node.ts";
import { memoryRegistry } from "../../registry/memory.ts";

const Who = defineService(
  "test.Who",
  {},
  {
    who: rpc({ returns: t.string, idempotent: true }),
    names: stream({ yields: t.string }),
    told: topic(t.string),
  },
);
const platform = createNodePlatform(false);

type Start = Partial<Parameters<typeof serve>[0]>;

function start(instance: string, over: Start = {}) {
  const names = async function* (): AsyncGenerator<string> {
    yield instance;
  };
  const services = [implement(Who, { who: async () => instance, names })];
  return serve({ services, listen: [`memory://balanced-${instance}`], instance, ...over });
}

const candidate = (instance: string, pending: number, weight = 100) => ({
  url: `tcp://${instance}:1`,
  instance,
  pending,
  weight,
  tags: {},
  version: "1.0.0",
  group: "",
  startedAt: undefined,
  serving: true,
});

/** How often each was picked. */
function tally(names: Iterable<string>): Record<string, number> {
  const times: Record<string, number> = {};
  for (const name of names) times[name] = (times[name] ?? 0) + 1;
  return times;
}

/** Takes the instance that the key names. */
const byKey: BalancerFactory = () => (candidates, key) =>
  candidates.find(({ instance }) => instance === key) ?? (candidates[0] as (typeof candidates)[number]);

describe("balancing by turns", () => {
  it("gives each its turn", () => {
    const balance = roundRobin(platform);
    const candidates = [candidate("a", 0), candidate("b", 9), candidate("c", 0)];
    const picked = Array.from({ length: 9 }, () => balance(candidates, undefined).instance);
    expect(tally(picked)).to.deep.equal({ a: 3, b: 3, c: 3 });
  });

  it("gives each its share, and spreads the many turns of one among those of the others", () => {
    const balance = roundRobin(platform);
    const candidates = [candidate("a", 0, 10), candidate("b", 0, 50), candidate("c", 0, 40)];
    const picked = Array.from({ length: 1000 }, () => balance(candidates, undefined).instance);
    expect(tally(picked)).to.deep.equal({ a: 100, b: 500, c: 400 });
    for (let i = 0; i < 1000; i += 10) {
      expect(tally(picked.slice(i, i + 10)), `from ${i}`).to.deep.equal({ a: 1, b: 5, c: 4 });
    }
  });

  it("goes on where it was after a look at others", () => {
    const balance = roundRobin(platform);
    const [a, b] = [candidate("a", 0, 10), candidate("b", 0, 90)];
    const all = [a, b];
    const others = [a, b, candidate("c", 0, 5)];
    const picked = Array.from({ length: 100 }, () => {
      balance(others, undefined);
      return balance(all, undefined).instance;
    });
    expect(tally(picked)).to.deep.equal({ a: 10, b: 90 });
  });
});

describe("balancing by power of two choices", () => {
  it("prefers the less busy", () => {
    const balance = powerOfTwoChoices(platform);
    const candidates = [candidate("a", 3), candidate("b", 0)];
    for (let i = 0; i < 100; i++) expect(balance(candidates, undefined)).to.equal(candidates[1]);
  });

  it("reaches every candidate", () => {
    const balance = powerOfTwoChoices(platform);
    const candidates = [candidate("a", 1), candidate("b", 1), candidate("c", 1)];
    const picked = new Set(Array.from({ length: 500 }, () => balance(candidates, undefined)));
    expect(picked.size).to.equal(3);
  });

  it("weighs how busy each is", () => {
    const balance = powerOfTwoChoices(platform);
    const candidates = [candidate("a", 2, 10), candidate("b", 10, 90)];
    for (let i = 0; i < 100; i++) expect(balance(candidates, undefined)).to.equal(candidates[1]);
  });

  it("gives the idle their shares", () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const balance = powerOfTwoChoices({ ...platform, random });
    const candidates = [candidate("a", 0, 10), candidate("b", 0, 90)];
    const times = tally(Array.from({ length: 10_000 }, () => balance(candidates, undefined).instance));
    expect(times["a"]).to.be.within(900, 1100);
  });
});

describe("the instances of a service", () => {
  it("are called by the weight and known by the tags that they registered", async () => {
    const registry = memoryRegistry();
    await using _a = await start("a", { registry, weight: 10, tags: { zone: "eu" } });
    await using _b = await start("b", { registry, weight: 90 });
    await using client = await connect({ registry });
    const seen: Record<string, string>[] = [];
    const balancer: BalancerFactory = (given) => {
      const turns = roundRobin(given);
      return (candidates, key) => {
        seen.push(...candidates.map(({ tags }) => ({ ...tags })));
        return turns(candidates, key);
      };
    };
    const who = await client.refer(Who, { balancer });
    for await (const _ of who.who.multicast());
    const calls = Array.from({ length: 200 }, () => who.who());
    expect(tally(await Promise.all(calls))).to.deep.equal({ a: 20, b: 180 });
    expect(seen.slice(0, 2)).to.deep.equal([{ zone: "eu" }, {}]);
  });

  it("with weight 0 are called only where there is no other", async () => {
    const registry = memoryRegistry();
    await using _a = await start("a", { registry, weight: 0 });
    const b = await start("b", { registry, weight: 1 });
    await using client = await connect({ registry });
    const who = await client.refer(Who);
    const replies: string[] = [];
    for await (const reply of who.who.multicast()) replies.push(reply.instance);
    expect(replies.sort()).to.deep.equal(["a", "b"]);
    expect(tally(await Promise.all(Array.from({ length: 10 }, () => who.who())))).to.deep.equal({ b: 10 });
    await b.close();
    expect(await who.who()).to.equal("a");
  });

  it("change their weight by registering again", async () => {
    const registry = memoryRegistry();
    await using a = await start("a", { registry, weight: 50 });
    await using _b = await start("b", { registry, weight: 50 });
    await using client = await connect({ registry });
    const who = await client.refer(Who);
    for await (const _ of who.who.multicast());
    const { version, group } = { version: "1.0.0", group: "" };
    await registry.register({ id: "a", service: "test.Who", version, group, endpoints: a.endpoints, weight: 150 });
    const calls = Array.from({ length: 100 }, () => who.who());
    expect(tally(await Promise.all(calls))).to.deep.equal({ a: 75, b: 25 });
  });

  it("of one key are kept together, in calls, streams and publishes, with interceptors and without", async () => {
    await using a = await start("a");
    await using b = await start("b");
    const keys: unknown[] = [];
    const look: Interceptor = (next) => (call) => {
      keys.push(call.key);
      return next(call);
    };
    for (const interceptors of [[], [look]]) {
      await using client = await connect({
        endpoints: [...a.endpoints, ...b.endpoints],
        balancer: byKey,
        interceptors,
      });
      const who = await client.refer(Who);
      for await (const _ of who.who.multicast());
      for (const key of ["b", "a", "b"]) {
        expect(await who.who.with({ key })()).to.equal(key);
        expect(await who.who.with({ key }).future()).to.equal(key);
        for await (const name of who.names.with({ key })()) expect(name).to.equal(key);
      }
      await using local = await connect({ endpoints: b.endpoints });
      const heard = new Promise<string>((resolve) => {
        void local.refer(Who).then(async (other) => {
          await other.told.subscribe((text) => resolve(text));
          await who.told.publish("hello", { key: "b" });
        });
      });
      expect(await heard).to.equal("hello");
      for await (const reply of who.who.with({ key: "m" }).multicast()) expect(reply.ok).to.equal(true);
    }
    expect(keys).to.deep.equal([undefined, undefined, ..."bbbaaabbb", "b", "m", "m"]);
  });

  it("get all publishes of one publisher by way of one, behind interceptors too", async () => {
    const counted = { a: 0, b: 0 };
    const count =
      (name: "a" | "b"): Interceptor =>
      (next) =>
      (call) => {
        counted[name]++;
        return next(call);
      };
    await using a = await start("a", { interceptors: [count("a")] });
    await using b = await start("b", { interceptors: [count("b")] });
    const pass: Interceptor = (next) => (call) => next(call);
    await using client = await connect({ endpoints: [...a.endpoints, ...b.endpoints], interceptors: [pass] });
    const who = await client.refer(Who);
    for await (const _ of who.who.multicast());
    for (let i = 0; i < 10; i++) await who.told.publish("x");
    expect(Object.values(counted).sort((x, y) => x - y)).to.deep.equal([1, 11]);
  });
});

describe("refer({ transport })", () => {
  it("leaves out the endpoints of others, and refuses where none is left", async () => {
    await using a = await start("a");
    await using b = await start("b", { listen: ["tcp://127.0.0.1:0"] });
    await using client = await connect({ endpoints: [...a.endpoints, ...b.endpoints] });
    const who = await client.refer(Who, { transport: "tcp" });
    for await (const { instance } of who.who.multicast()) expect(instance).to.equal("b");
    for (let i = 0; i < 4; i++) expect(await who.who()).to.equal("b");
    const error = await client.refer(Who, { transport: "http" }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RpcError);
    expect(error).to.include({ code: "INVALID_ARGUMENT" });
    expect(String(error)).to.contain(
      'refer: transport "http": none of the endpoints is of it (memory://balanced-a, tcp:',
    );
  });
});
