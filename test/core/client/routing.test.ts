import { expect } from "chai";
import type { Instance, Registry } from "../../../core/registry.ts";
import {
  type Candidate,
  type ConnectOptions,
  connect,
  defineService,
  type Interceptor,
  implement,
  oneway,
  type RouterFactory,
  type RpcError,
  type RpcServer,
  rpc,
  serve,
  stream,
  t,
  topic,
} from "../../../index.ts";
import { memoryRegistry } from "../../../registry/memory.ts";

const Who = defineService(
  "test.Routed",
  {},
  {
    who: rpc({ params: [t.optional(t.string)], returns: t.string }),
    note: oneway({ params: [t.string] }),
    names: stream({ params: [t.optional(t.string)], yields: t.string }),
    told: topic(t.string),
  },
);

/** What was noted, by instance. */
const noted: string[] = [];

function start(instance: string, over: Partial<Parameters<typeof serve>[0]> = {}): Promise<RpcServer> {
  const service = implement(Who, {
    who: () => instance,
    note: (line) => void noted.push(`${instance}: ${line}`),
    names: async function* () {
      yield instance;
    },
  });
  return serve({ services: [service], listen: [`memory://routed-${instance}`], instance, ...over });
}

/** Registers instances with what `over` says of each. */
function registryOf(over: Record<string, Partial<Instance>>): Registry {
  const inner = memoryRegistry();
  return { ...inner, register: (instance) => inner.register({ ...instance, ...over[instance.id] }) };
}

/** The candidates of this tag. */
const zone =
  (name: string): RouterFactory =>
  () =>
  (_, candidates) =>
    candidates.filter(({ tags }) => tags["zone"] === name);
const only =
  (...instances: readonly string[]): RouterFactory =>
  () =>
  (_, candidates) =>
    candidates.filter(({ instance }) => instances.includes(instance));
const pass: Interceptor = (next) => (call) => next(call);

/** A client that is connected to all of them, and its reference with these routers. */
async function client(servers: readonly RpcServer[], over: Partial<ConnectOptions> = {}) {
  const { routers = [], ...options } = over;
  const connected = await connect({ endpoints: servers.flatMap(({ endpoints }) => endpoints), ...options });
  for await (const _ of (await connected.refer(Who)).who.multicast(undefined));
  const who = await connected.refer(Who, { routers });
  return { who, connected, [Symbol.asyncDispose]: () => connected.close() };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe("routers", () => {
  for (const interceptors of [[], [pass]]) {
    const how = interceptors.length === 0 ? "without interceptors" : "behind interceptors";

    it(`see every call with its key, metadata and arguments, ${how}`, async () => {
      await using a = await start("a");
      await using b = await start("b");
      const seen: unknown[] = [];
      const look: RouterFactory = () => (call, candidates) => {
        seen.push([call.kind, call.method.name, call.key, call.metadata["m"], call.args.length]);
        expect(call.service).to.equal("test.Routed");
        return candidates;
      };
      await using one = await client([a, b], { interceptors });
      const who = await one.connected.refer(Who, { routers: [look] });
      const last = (): unknown => seen.splice(0).at(-1);
      const terms = { key: "k", metadata: { m: "1" } };
      const method = who.who.with(terms);
      for (const call of [
        () => method("x"),
        () => method.future("x"),
        () => new Promise((resolve) => method.callback("x", (error, value) => resolve(error ?? value))),
        () => method.with({ codec: "json" })("x"),
        () => method.with({ codec: "json" }).future("x"),
      ]) {
        expect(await call()).to.be.oneOf(["a", "b"]);
        expect(last()).to.deep.equal(["unary", "who", "k", "1", 1]);
      }
      await who.note.with(terms).sent("x");
      expect(last()).to.deep.equal(["oneway", "note", "k", "1", 1]);
      expect(await collect(who.names.with(terms)("x"))).to.have.length(1);
      expect(last()).to.deep.equal(["stream", "names", "k", "1", 1]);
      expect(await collect(method.multicast("x"))).to.have.length(2);
      expect(last()).to.deep.equal(["multicast", "who", "k", "1", 1]);
      await who.told.publish("x", { key: "eu.x" });
      expect(last()).to.deep.equal(["publish", "told.publish", "eu.x", undefined, 1]);
      await using _ = await who.told.subscribe(() => {}, { key: "eu.*" });
      expect(last()).to.deep.equal(["subscribe", "told.subscribe", "eu.*", undefined, 1]);
    });

    it(`narrow calls, streams, publishes, subscriptions and multicasts, ${how}`, async () => {
      await using a = await start("a");
      await using b = await start("b");
      await using c = await start("c");
      await using one = await client([a, b, c], { routers: [only("b")], interceptors });
      const { who } = one;
      noted.length = 0;
      for (let i = 0; i < 3; i++) {
        expect(await who.who(undefined)).to.equal("b");
        expect(await who.who.future(undefined)).to.equal("b");
        expect(await who.who.with({ codec: "json" })(undefined)).to.equal("b");
        await who.note.sent("x");
        expect(await collect(who.names(undefined))).to.deep.equal(["b"]);
        expect((await collect(who.who.multicast(undefined))).map(({ instance }) => instance)).to.deep.equal(["b"]);
      }
      expect(noted).to.deep.equal(["b: x", "b: x", "b: x"]);
      const heard: string[] = [];
      await using _ = await who.told.subscribe((text) => heard.push(text));
      await a.topics(Who).told.publish("by a");
      await who.told.publish("by the client");
      await c.topics(Who).told.publish("by c");
      await b.topics(Who).told.publish("by b");
      await until(() => heard.length > 1);
      expect(heard).to.deep.equal(["by the client", "by b"]);
    });

    it(`leave the key to the balancer, ${how}`, async () => {
      await using a = await start("a");
      await using b = await start("b");
      await using c = await start("c");
      const keys: unknown[] = [];
      const balancer: ConnectOptions["balancer"] = () => (candidates, key) => {
        keys.push(key, candidates.length);
        return candidates.find(({ instance }) => instance === key) ?? (candidates[0] as (typeof candidates)[number]);
      };
      await using one = await client([a, b, c], { routers: [only("b", "c")], balancer, interceptors });
      keys.length = 0;
      const method = one.who.who.with({ key: "c" });
      expect(await method(undefined)).to.equal("c");
      expect(await method.future(undefined)).to.equal("c");
      expect(await collect(one.who.names.with({ key: "c" })(undefined))).to.deep.equal(["c"]);
      expect(keys).to.deep.equal(["c", 2, "c", 2, "c", 2]);
    });
  }

  it("know of each candidate what was registered", async () => {
    const registry = registryOf({
      a: { startedAt: 1000, tags: { zone: "eu" }, weight: 7 },
      b: { version: "1.2.0", health: "NOT_SERVING" },
    });
    await using _a = await start("a", { registry });
    await using _b = await start("b", { registry });
    const seen = new Map<string, Candidate>();
    const look: RouterFactory = () => (_, candidates) => {
      for (const one of candidates) seen.set(one.instance, one);
      return candidates;
    };
    await using connected = await connect({ registry, routers: [look] });
    const who = await connected.refer(Who);
    expect(await collect(who.who.multicast(undefined))).to.have.length(1);
    const facts = { url: "memory://routed-a", version: "1.0.0", group: "", weight: 7, startedAt: 1000, serving: true };
    expect(seen.get("a")).to.include(facts);
    expect(seen.get("a")?.tags).to.deep.equal({ zone: "eu" });
    expect(seen.get("b")).to.include({ version: "1.2.0", weight: 100, serving: false });
  });

  it("are asked in their order, those of connect first, each of what is left", async () => {
    await using a = await start("a");
    await using b = await start("b");
    await using c = await start("c");
    const seen: string[][] = [];
    const look: RouterFactory = () => (_, candidates) => {
      seen.push(candidates.map(({ instance }) => instance));
      return candidates;
    };
    const endpoints = [a, b, c].flatMap((server) => server.endpoints);
    await using connected = await connect({ endpoints, routers: [only("a", "c"), look] });
    const who = await connected.refer(Who, { routers: [only("c"), look] });
    for await (const _ of who.who.multicast(undefined));
    seen.length = 0;
    expect(await who.who(undefined)).to.equal("c");
    expect(seen).to.deep.equal([["a", "c"], ["c"]]);
  });

  it("and balancers get the same array as long as the candidates are the same, whatever routers make", async () => {
    const registry = memoryRegistry();
    await using a = await start("a", { registry, weight: 10 });
    await using _b = await start("b", { registry, weight: 90 });
    await using _c = await start("c", { registry, weight: 50 });
    const routed = new Set<unknown>();
    const look: RouterFactory = () => (_, candidates) => {
      routed.add(candidates);
      return candidates.filter(({ instance }) => instance !== "c");
    };
    await using connected = await connect({ registry, routers: [look] });
    const who = await connected.refer(Who);
    for await (const _ of (await connected.refer(Who, { routers: [] })).who.multicast(undefined));
    await until(() => routed.size > 0);
    await who.who(undefined);
    routed.clear();
    const picked: string[] = [];
    for (let i = 0; i < 20; i++) picked.push(await who.who(undefined));
    // By turns, which would begin anew with every new array.
    expect(picked.filter((one) => one === "a")).to.have.length(2);
    expect(routed.size).to.equal(1);
    const { endpoints } = a;
    const again = { id: "a", service: "test.Routed", version: "1.0.0", group: "", endpoints, tags: { new: "yes" } };
    await registry.register(again);
    await who.who(undefined);
    expect(routed.size).to.equal(2);
    await registry.register(again);
    await who.who(undefined);
    expect(routed.size).to.equal(2);
  });

  it("that leave nobody let calls wait for whom they take", async () => {
    const registry = memoryRegistry();
    await using _a = await start("a", { registry, tags: { zone: "us" } });
    await using connected = await connect({ registry, routers: [zone("eu")] });
    const who = await connected.refer(Who);
    const calls = [
      who.who(undefined),
      who.who.future(undefined),
      collect(who.names(undefined)).then(([name]) => name),
      collect(who.who.multicast(undefined)).then(([reply]) => reply?.instance),
      who.told.publish("x").then(() => "b"),
      who.told.subscribe(() => {}).then(() => "b"),
    ];
    const over: unknown[] = [];
    for (const call of calls) void call.then((value) => over.push(value));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(over).to.deep.equal([]);
    await using _b = await start("b", { registry, tags: { zone: "eu" } });
    expect(await Promise.all(calls)).to.deep.equal(["b", "b", "b", "b", "b", "b"]);
  });

  it("that leave nobody are named at the deadline, and at once with failFast", async () => {
    await using a = await start("a");
    await using one = await client([a], { routers: [zone("eu")] });
    const { who } = one;
    const why = "no instance of test.Routed 1.0.0 may take who: the routers leave none of the 1 that are connected";
    const late = await who.who
      .with({ timeoutMs: 20 })(undefined)
      .catch((error: unknown) => error);
    expect(late).to.include({ code: "DEADLINE_EXCEEDED", retryable: true });
    expect((late as RpcError).message).to.contain(why);
    const fast = await who.who
      .with({ failFast: true })(undefined)
      .catch((error: unknown) => error);
    expect(fast).to.include({ code: "UNAVAILABLE", message: why, retryable: true });
    const streamed = await collect(who.names.with({ failFast: true })(undefined)).catch((error: unknown) => error);
    expect(streamed).to.have.property("code", "UNAVAILABLE");
  });

  it("that throw, or return what they were not given, fail the call and nothing else", async () => {
    await using a = await start("a");
    await using b = await start("b");
    let make: (candidates: readonly Candidate[]) => unknown = (candidates) => candidates;
    const odd: RouterFactory = () => (_, candidates) => make(candidates) as never;
    await using one = await client([a, b], { routers: [odd] });
    const { who } = one;
    const failures: unknown[] = [];
    for (const bad of [
      () => {
        throw new TypeError("no map");
      },
      (candidates: readonly Candidate[]) => candidates.map((candidate) => ({ ...candidate })),
      () => undefined,
      () => [undefined],
    ]) {
      make = bad;
      for (const call of [() => who.who(undefined), () => collect(who.names(undefined)), () => who.told.publish("x")]) {
        failures.push(await call().then(String, (error: RpcError) => error.code));
      }
    }
    expect(failures).to.deep.equal([...Array(3).fill("UNKNOWN"), ...Array(9).fill("INTERNAL")]);
    make = (candidates) => candidates;
    expect(await who.who(undefined)).to.be.oneOf(["a", "b"]);
  });

  it("and balancers and clusters that are no such thing are refused by refer", async () => {
    await using a = await start("a");
    await using connected = await connect({ endpoints: a.endpoints });
    const refusal = (given: object): Promise<unknown> =>
      connected.refer(Who, given).then(
        () => undefined,
        (error: unknown) => String(error),
      );
    const itself = (_: unknown, candidates = []) => candidates;
    expect(await refusal({ routers: [itself] })).to.equal(
      "TypeError: routers: expected a function that returns a function, as in () => (…) => …, got one that returns a list of 0",
    );
    expect(await refusal({ balancer: () => undefined })).to.contain(
      "TypeError: balancer: expected a function that returns",
    );
    expect(await refusal({ cluster: () => ({}) })).to.equal(
      "TypeError: cluster: expected a function that returns { decide }, got one that returns an object",
    );
    expect(await refusal({ routers: [1] })).to.contain("TypeError: refer: routers: expected a list of functions");
  });

  it("leave a balancer nobody to pick but those that it gets", async () => {
    await using a = await start("a");
    await using b = await start("b");
    for (const wrong of [undefined, {}]) {
      await using one = await client([a, b]);
      const who = await one.connected.refer(Who, { balancer: () => () => wrong as never });
      const error = await who.who(undefined).catch((thrown: unknown) => thrown);
      expect(error).to.include({ code: "INTERNAL" });
      expect(String(error)).to.match(/the balancer returned .*; return one of its candidates/);
    }
  });

  it("keep a publisher where it is as long as its messages may go there", async () => {
    await using a = await start("a");
    await using b = await start("b");
    const registry = memoryRegistry();
    let left = ["a", "b"];
    const moving: RouterFactory = () => (_, candidates) => candidates.filter(({ instance }) => left.includes(instance));
    await using one = await client([a, b], { routers: [moving] });
    const heard: string[] = [];
    for (const server of [a, b]) {
      const connected = await connect({ endpoints: server.endpoints });
      const where = server === a ? "a" : "b";
      await (await connected.refer(Who)).told.subscribe(() => heard.push(where));
      disposed.push(connected);
    }
    for (let i = 0; i < 4; i++) await one.who.told.publish("x");
    await until(() => heard.length === 4);
    const [at = ""] = heard;
    expect(heard).to.deep.equal([at, at, at, at]);
    const other = at === "a" ? "b" : "a";
    left = [other];
    await one.who.told.publish("x");
    left = ["a", "b"];
    await one.who.told.publish("x");
    await until(() => heard.length === 6);
    expect(heard.slice(4)).to.deep.equal([other, other]);
    await registry.close();
  });

  const disposed: { close(): Promise<void> }[] = [];
  afterEach(() => Promise.all(disposed.splice(0).map((one) => one.close())));
});

describe("instances that say they do not serve", () => {
  it("get calls only while there is nobody else, but keep their subscribers", async () => {
    const registry = registryOf({ a: { health: "NOT_SERVING" }, b: { weight: 0 } });
    await using a = await start("a", { registry });
    const b = await start("b", { registry });
    await using connected = await connect({ registry });
    const who = await connected.refer(Who);
    await collect(who.who.multicast(undefined));
    for (let i = 0; i < 4; i++) expect(await who.who(undefined)).to.equal("b");
    expect(await collect(who.names(undefined))).to.deep.equal(["b"]);
    expect((await collect(who.who.multicast(undefined))).map(({ instance }) => instance)).to.deep.equal(["b"]);
    const heard: string[] = [];
    await using _ = await who.told.subscribe((text) => heard.push(text));
    await a.topics(Who).told.publish("by a");
    await until(() => heard.length > 0);
    await b.close();
    expect(await who.who(undefined)).to.equal("a");
    expect((await collect(who.who.multicast(undefined))).map(({ instance }) => instance)).to.deep.equal(["a"]);
  });
});
