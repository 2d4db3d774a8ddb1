import { expect } from "chai";
import {
  type AttemptInterceptor,
  type BalancerFactory,
  type ClusterFactory,
  type ConnectOptions,
  connect,
  type Decision,
  defineService,
  type EndedAttempt,
  type FailedAttempt,
  failover,
  implement,
  type RoutedCall,
  type RouterFactory,
  RpcError,
  type RpcServer,
  rpc,
  serve,
  stream,
  t,
  topic,
} from "../../../index.ts";

const Work = defineService(
  "test.Work",
  {},
  {
    read: rpc({ returns: t.string, idempotent: true }),
    write: rpc({ returns: t.string }),
    ping: rpc({}),
    items: stream({ params: [], yields: t.string }),
    told: topic(t.string),
  },
);

type Handler = (instance: string) => string | Promise<string>;

/** What was executed, in its order. */
let ran: string[] = [];
beforeEach(() => {
  ran = [];
});

function start(instance: string, handler: Handler = (name) => name): Promise<RpcServer> {
  const work = (): string | Promise<string> => {
    ran.push(instance);
    return handler(instance);
  };
  const service = implement(Work, {
    read: () => work(),
    write: () => work(),
    ping: () => {},
    items: async function* () {
      yield await work();
    },
  });
  return serve({ services: [service], listen: [`memory://cluster-${instance}`], instance, onError: () => {} });
}

const down: Handler = (name) => {
  throw new RpcError({ code: "UNAVAILABLE", message: `${name} is overburdened` });
};
const hang: Handler = () => new Promise(() => {});
/** The first in the order of their names, so that who is asked next is known. */
const first: BalancerFactory = () => (candidates) =>
  [...candidates].sort((a, b) => (a.instance < b.instance ? -1 : 1))[0] as (typeof candidates)[number];

async function refer(servers: readonly RpcServer[], over: Partial<ConnectOptions> = {}) {
  const endpoints = servers.flatMap((server) => server.endpoints);
  const client = await connect({ endpoints, balancer: first, onError: () => {}, ...over });
  const work = await client.refer(Work);
  // Until all are connected.
  for await (const _ of (await client.refer(Work, { cluster: failover() })).ping.multicast());
  ran = [];
  return { work, client, [Symbol.asyncDispose]: async () => client.destroy() };
}

const failed = (action: PromiseLike<unknown>): Promise<RpcError> =>
  Promise.resolve(action).then(
    (value) => {
      throw new Error(`resolved to ${String(value)}`);
    },
    (error: RpcError) => error,
  );

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A cluster that answers each failure by the function. */
const deciding =
  (decide: (failure: FailedAttempt) => Decision): ClusterFactory =>
  () => ({ decide });

describe("the cluster", () => {
  it("failover sends an idempotent call to each of the others before it tries one again, and no more than maxSent times", async () => {
    await using a = await start("a", down);
    await using b = await start("b", down);
    await using c = await start("c", down);
    await using one = await refer([a, b, c]);
    expect(await failed(one.work.read())).to.include({ code: "UNAVAILABLE", message: "b is overburdened" });
    expect(ran).to.deep.equal(["a", "b", "c", "a", "b"]);
    ran = [];
    await using twice = await refer([a, b, c], { cluster: failover({ maxSent: 2 }) });
    await failed(twice.work.read());
    await failed(twice.work.write());
    expect(ran).to.deep.equal(["a", "b", "a"]);
    expect(() => failover({ maxSent: 0 })).to.throw(
      TypeError,
      "failover: maxSent: expected a whole number from 1, got 0",
    );
  });

  it("decides about every failure, and is told what it must know", async () => {
    await using a = await start("a", down);
    await using b = await start("b");
    const seen: unknown[] = [];
    const cluster = deciding(({ call, candidate, number, error, sent, sentTimes, timeLeftMs }) => {
      expect(timeLeftMs).to.be.within(1, 5000);
      seen.push([call.kind, call.method.name, call.key, candidate.instance, number, error.code, sent, sentTimes]);
      return { do: "again" };
    });
    await using one = await refer([a, b], { cluster, timeoutMs: 5000 });
    expect(await one.work.read.with({ key: "k" })()).to.equal("b");
    expect(seen).to.deep.equal([["unary", "read", "k", "a", 1, "UNAVAILABLE", true, 1]]);
  });

  it("says where the next attempt goes", async () => {
    await using a = await start("a", down);
    await using b = await start("b", down);
    for (const [at, order] of [
      ["same", ["a", "a", "a"]],
      ["other", ["a", "b", "a"]],
      ["any", ["a", "a", "a"]],
    ] as const) {
      const cluster = deciding(({ number }) => (number < 3 ? { do: "again", at } : { do: "fail" }));
      await using one = await refer([a, b], { cluster });
      await failed(one.work.read());
      expect(ran, at).to.deep.equal(order);
    }
  });

  it("says when: the call waits so long, is given up meanwhile, or ends by its deadline", async () => {
    await using a = await start("a", down);
    let pause = 30;
    const cluster = deciding(({ number }) => (number < 2 ? { do: "again", afterMs: pause } : { do: "fail" }));
    await using one = await refer([a], { cluster });
    const from = performance.now();
    await failed(one.work.read());
    expect(performance.now() - from).to.be.above(25);
    pause = Number.POSITIVE_INFINITY;
    expect(await failed(one.work.read.with({ timeoutMs: 20 })())).to.include({ code: "DEADLINE_EXCEEDED" });
    const future = one.work.read.future();
    while (ran.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    future.cancel();
    expect(await failed(future)).to.include({ code: "CANCELLED" });
    expect(ran).to.have.length(4);
  });

  it("never has a method that is not idempotent sent twice", async () => {
    await using a = await start("a", down);
    await using b = await start("b");
    await using one = await refer([a, b], { cluster: deciding(() => ({ do: "again" })) });
    expect(await failed(one.work.write())).to.include({ message: "a is overburdened" });
    expect((await collect(one.work.read.multicast())).filter(({ ok }) => !ok)).to.have.length(1);
    expect(ran.sort()).to.deep.equal(["a", "a", "b"]);
  });

  it("may fail a call by another error, or let it succeed after all: failsafe", async () => {
    await using a = await start("a", down);
    const other = new RpcError({ code: "ABORTED", message: "enough" });
    await using strict = await refer([a], { cluster: deciding(() => ({ do: "fail", error: other })) });
    expect(await failed(strict.work.write())).to.equal(other);
    const logged: string[] = [];
    const failsafe = deciding(({ error }) => {
      logged.push(error.message);
      return { do: "answer", value: "nobody" };
    });
    await using safe = await refer([a], { cluster: failsafe });
    expect(await safe.work.write()).to.equal("nobody");
    expect(logged).to.deep.equal(["a is overburdened"]);
  });

  it("can do failback: answers at once, and has the call made again later", async () => {
    let up = false;
    await using a = await start("a", (name) => (up ? name : down(name)));
    const again = ({ method }: RoutedCall): Promise<unknown> => one.work[method.name as "write"]();
    const failback: (() => Promise<unknown>)[] = [];
    const cluster = deciding(({ call }) => {
      failback.push(() => again(call));
      return { do: "answer", value: "later" };
    });
    await using one = await refer([a], { cluster });
    expect(await one.work.write()).to.equal("later");
    up = true;
    expect(await Promise.all(failback.map((call) => call()))).to.deep.equal(["a"]);
  });

  it("hears of every attempt once, by whatever outcome, in every pattern", async () => {
    await using a = await start("a", down);
    await using b = await start("b");
    await using c = await start("c", hang);
    const pass: AttemptInterceptor = (next) => (call) => next(call);
    for (const attemptInterceptors of [[], [pass]]) {
      const heard: EndedAttempt[] = [];
      const cluster: ClusterFactory = (platform) => ({
        decide: (failure) => failover()(platform).decide(failure),
        ended: (outcome) => heard.push(outcome),
      });
      let only = "";
      const router: RouterFactory = () => (_, candidates) =>
        only === "" ? candidates : candidates.filter(({ instance }) => instance === only);
      await using one = await refer([a, b, c], { cluster, routers: [router], attemptInterceptors });
      const { work } = one;
      const told = async (count: number): Promise<unknown[]> => {
        while (heard.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
        return heard.splice(0).map(({ call, candidate, number, error, tookMs }) => {
          expect(tookMs).to.be.within(0, 5000);
          return [call.kind, candidate.instance, number, error?.code];
        });
      };
      heard.length = 0;
      expect(await work.read()).to.equal("b");
      expect(await told(2)).to.deep.equal([
        ["unary", "a", 1, "UNAVAILABLE"],
        ["unary", "b", 2, undefined],
      ]);
      await failed(work.write());
      expect(await told(1)).to.deep.equal([["unary", "a", 1, "UNAVAILABLE"]]);
      only = "c";
      await failed(work.read.with({ timeoutMs: 20 })());
      expect(await told(1)).to.deep.equal([["unary", "c", 1, "DEADLINE_EXCEEDED"]]);
      const future = work.read.future();
      future.cancel();
      await failed(future);
      expect(await told(1)).to.deep.equal([["unary", "c", 1, "CANCELLED"]]);
      only = "b";
      expect(await collect(work.items())).to.deep.equal(["b"]);
      expect(await told(1)).to.deep.equal([["stream", "b", 1, undefined]]);
      await work.told.publish("x");
      expect(await told(1)).to.deep.equal([["publish", "b", 1, undefined]]);
      const subscription = await work.told.subscribe(() => {});
      await subscription.unsubscribe();
      expect(await told(1)).to.deep.equal([["subscribe", "b", 1, undefined]]);
      await collect(work.write.multicast());
      expect(await told(1)).to.deep.equal([["unary", "b", 1, undefined]]);
      only = "a";
      await failed(collect(work.items()));
      expect(await told(1)).to.deep.equal([["stream", "a", 1, "UNAVAILABLE"]]);
    }
  });

  it("can be a retry budget, which lets no more than a part of the calls be tried again", async () => {
    await using a = await start("a", down);
    const budget: ClusterFactory = (platform) => {
      const inner = failover()(platform);
      let tokens = 2;
      return {
        decide: (failure) => (tokens >= 1 && tokens-- ? inner.decide(failure) : { do: "fail" }),
        ended: ({ error }) => {
          if (error === undefined) tokens = Math.min(2, tokens + 0.5);
        },
      };
    };
    await using one = await refer([a], { cluster: budget });
    for (let i = 0; i < 5; i++) await failed(one.work.read());
    expect(ran).to.have.length(7);
  });

  it("can put out whom it hears bad things of, together with a router", async () => {
    await using a = await start("a", down);
    await using b = await start("b");
    const failures = new Map<string, number>();
    const cluster: ClusterFactory = (platform) => ({
      decide: (failure) => failover()(platform).decide(failure),
      ended({ candidate, error }) {
        failures.set(candidate.url, error?.code === "UNAVAILABLE" ? (failures.get(candidate.url) ?? 0) + 1 : 0);
      },
    });
    const healthy: RouterFactory = () => (_, candidates) => {
      const left = candidates.filter(({ url }) => (failures.get(url) ?? 0) < 2);
      return left.length > 0 ? left : candidates;
    };
    await using one = await refer([a, b], { cluster, routers: [healthy] });
    for (let i = 0; i < 5; i++) expect(await one.work.read()).to.equal("b");
    expect(ran).to.deep.equal(["a", "b", "a", "b", "b", "b", "b"]);
  });

  it("may begin attempts beside one another: forking, and hedging", async () => {
    const cancelled: string[] = [];
    await using a = await serve({
      services: [
        implement(Work, {
          read: (ctx) =>
            new Promise((resolve) => {
              ran.push("a");
              ctx.signal.addEventListener("abort", () => {
                cancelled.push("a");
                resolve("");
              });
            }),
          write: () => "a",
          ping: () => {},
          items: async function* () {},
        }),
      ],
      listen: ["memory://cluster-a"],
      instance: "a",
    });
    await using b = await start("b", down);
    await using c = await start("c");
    for (const afterMs of [0, 5]) {
      const heard: unknown[] = [];
      const begun: unknown[] = [];
      const beside: ClusterFactory = () => ({
        decide: () => ({ do: "fail" }),
        beside({ candidate, number, call }) {
          begun.push([call.method.name, candidate.instance, number]);
          return afterMs;
        },
        ended: ({ candidate, number, error }) => heard.push([candidate.instance, number, error?.code]),
      });
      cancelled.length = 0;
      await using one = await refer([a, b, c], { cluster: beside });
      heard.length = 0;
      begun.length = 0;
      expect(await one.work.read()).to.equal("c");
      expect(ran).to.deep.equal(["a", "b", "c"]);
      expect(begun).to.deep.equal([
        ["read", "a", 1],
        ["read", "b", 2],
        ["read", "c", 3],
      ]);
      while (heard.length < 3 || cancelled.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
      expect(heard).to.deep.equal([
        ["b", 2, "UNAVAILABLE"],
        ["c", 3, undefined],
        ["a", 1, "CANCELLED"],
      ]);
      expect(await one.work.write()).to.equal("a");
      expect(ran).to.have.length(3);
    }
  });

  it("asks again only when all that run beside one another have failed, and gives all up with the call", async () => {
    await using a = await start("a", down);
    await using b = await start("b", down);
    const decided: unknown[] = [];
    const cluster: ClusterFactory = () => ({
      decide: ({ sentTimes, number }) => {
        decided.push([sentTimes, number]);
        return { do: "fail" };
      },
      beside: () => 0,
    });
    await using one = await refer([a, b], { cluster });
    expect(await failed(one.work.read())).to.include({ code: "UNAVAILABLE" });
    expect(decided).to.deep.equal([[2, 2]]);
    await using c = await start("c", hang);
    await using d = await start("d", hang);
    await using slow = await refer([c, d], { cluster });
    expect(await failed(slow.work.read.with({ timeoutMs: 20 })())).to.include({ code: "DEADLINE_EXCEEDED" });
    const future = slow.work.read.future();
    future.cancel();
    expect(await failed(future)).to.include({ code: "CANCELLED" });
  });

  it("lets a stream that was not opened try another, and ends one that it answers", async () => {
    await using a = await start("a");
    await using b = await start("b");
    const refuse: AttemptInterceptor = (next) => async (call) => {
      if (call.attempt.candidate.instance === "a")
        throw new RpcError({ code: "UNAVAILABLE", message: "not a", retryable: true });
      return next(call);
    };
    const seen: unknown[] = [];
    const cluster = deciding((failure) => {
      seen.push([failure.call.kind, failure.sent, failure.number]);
      return failover()({} as never).decide(failure);
    });
    await using one = await refer([a, b], { cluster, attemptInterceptors: [refuse] });
    expect(await collect(one.work.items())).to.deep.equal(["b"]);
    expect(seen).to.deep.equal([["stream", false, 1]]);
    await using none = await refer([a, b], {
      cluster: deciding(() => ({ do: "answer", value: undefined })),
      attemptInterceptors: [refuse],
    });
    expect(await collect(none.work.items())).to.deep.equal([]);
  });

  it("says what becomes of a subscription whose instance was lost", async () => {
    const errors: string[] = [];
    const enough = new RpcError({ code: "ABORTED", message: "no more" });
    for (const [decision, outcome] of [
      [{ do: "fail" }, "UNAVAILABLE"],
      [{ do: "fail", error: enough }, "ABORTED"],
      [{ do: "answer", value: undefined }, "ended"],
    ] as const) {
      const a = await start("a");
      await using one = await refer([a], { cluster: deciding(() => decision) });
      const subscription = await one.work.told.subscribe(() => {}, { onError: (error) => errors.push(String(error)) });
      a.destroy();
      const closed = await subscription.closed.then(
        () => "ended",
        (error: RpcError) => error.code,
      );
      expect(closed).to.equal(outcome);
    }
  });

  it("that throws or decides nothing harms no call, and is told to onError", async () => {
    await using a = await start("a", down);
    const told: string[] = [];
    const onError = (error: unknown): void => {
      told.push(String((error as RpcError).cause));
    };
    const oops = (): never => {
      throw new Error("oops");
    };
    const cluster: ClusterFactory = () => ({ decide: oops, ended: oops, beside: oops });
    await using one = await refer([a], { cluster, onError });
    told.length = 0;
    expect(await failed(one.work.read())).to.include({ message: "a is overburdened" });
    expect(told).to.deep.equal(["Error: oops", "Error: oops", "Error: oops"]);
    await using none = await refer([a], { cluster: deciding(() => undefined as never), onError });
    told.length = 0;
    expect(await failed(none.work.read())).to.include({ message: "a is overburdened" });
    expect(told[0]).to.contain('cluster.decide: expected { do: "fail", "answer" or "again" }, got undefined');
  });
});
