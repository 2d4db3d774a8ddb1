import { expect } from "chai";
import {
  type AttemptInterceptor,
  type ConnectOptions,
  connect,
  defineService,
  type Interceptor,
  implement,
  oneway,
  RpcError,
  type RpcServer,
  rpc,
  serve,
  stream,
  t,
  topic,
} from "../../../index.ts";

const Work = defineService(
  "test.Attempted",
  {},
  {
    read: rpc({ params: [t.optional(t.string)], returns: t.string, idempotent: true }),
    write: rpc({ params: [t.optional(t.string)], returns: t.string }),
    note: oneway({ params: [t.int32] }),
    items: stream({ params: [], yields: t.string }),
    told: topic(t.string),
  },
);

type Handler = (instance: string, given: string | undefined) => string | Promise<string>;

const down: Handler = (name) => {
  throw new RpcError({ code: "UNAVAILABLE", message: `${name} is overburdened` });
};

function start(instance: string, handler: Handler = (name, given) => given ?? name): Promise<RpcServer> {
  const service = implement(Work, {
    read: (given, ctx) => {
      ctx.setReplyMetadata({ by: instance, seen: ctx.metadata["token"] ?? "none" });
      return handler(instance, given);
    },
    write: (given) => handler(instance, given),
    note: () => {},
    items: async function* (ctx) {
      yield `${instance} ${ctx.metadata["token"]}`;
    },
  });
  return serve({ services: [service], listen: [`memory://attempt-${instance}`], instance, onError: () => {} });
}

const first: NonNullable<ConnectOptions["balancer"]> = () => (candidates) =>
  [...candidates].sort((a, b) => (a.instance < b.instance ? -1 : 1))[0] as (typeof candidates)[number];

async function refer(servers: readonly RpcServer[], over: Partial<ConnectOptions>) {
  const endpoints = servers.flatMap((server) => server.endpoints);
  const client = await connect({ endpoints, balancer: first, onError: () => {}, ...over });
  const work = await client.refer(Work);
  await (await work.told.subscribe(() => {})).unsubscribe();
  return { work, client, [Symbol.asyncDispose]: async () => client.destroy() };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const failed = (action: PromiseLike<unknown>): Promise<RpcError> =>
  Promise.resolve(action).then(
    (value) => {
      throw new Error(`resolved to ${String(value)}`);
    },
    (error: RpcError) => error,
  );

describe("interceptors of attempts", () => {
  it("stand around each attempt, inside those of the call, and see where it goes and what became of it", async () => {
    await using a = await start("a", down);
    await using b = await start("b");
    const seen: unknown[] = [];
    const outer: Interceptor = (next) => async (call) => {
      seen.push("call");
      const reply = await next({ ...call, metadata: { token: "t" } });
      seen.push(["reply", reply.value, reply.metadata["by"]]);
      return reply;
    };
    const look =
      (name: string): AttemptInterceptor =>
      (next) =>
      async (call) => {
        const { number, candidate } = call.attempt;
        seen.push([name, call.service, call.method.name, number, candidate.instance, call.metadata["token"]]);
        try {
          return await next(call);
        } catch (error) {
          seen.push([name, (error as RpcError).code]);
          throw error;
        }
      };
    await using one = await refer([a, b], { interceptors: [outer], attemptInterceptors: [look("outer")] });
    const work = await one.client.refer(Work, { attemptInterceptors: [look("inner")] });
    seen.length = 0;
    expect(await work.read("x")).to.equal("x");
    const at = ["test.Attempted", "read"];
    expect(seen).to.deep.equal([
      "call",
      ["outer", ...at, 1, "a", "t"],
      ["inner", ...at, 1, "a", "t"],
      ["inner", "UNAVAILABLE"],
      ["outer", "UNAVAILABLE"],
      ["outer", ...at, 2, "b", "t"],
      ["inner", ...at, 2, "b", "t"],
      ["reply", "x", "b"],
    ]);
  });

  it("are made once for a reference, not for each call", async () => {
    await using a = await start("a");
    let made = 0;
    const count: AttemptInterceptor = (next) => {
      made++;
      return next;
    };
    await using one = await refer([a], { attemptInterceptors: [count] });
    for (let i = 0; i < 3; i++) await one.work.read(undefined);
    await collect(one.work.items());
    expect(made).to.equal(1);
  });

  it("see every pattern, and may change the metadata of an attempt", async () => {
    await using a = await start("a");
    const seen: string[] = [];
    const token: AttemptInterceptor = (next) => (call) => {
      seen.push(call.method.name);
      return next({ ...call, metadata: { ...call.metadata, token: String(call.attempt.number) } });
    };
    await using one = await refer([a], { attemptInterceptors: [token] });
    const { work } = one;
    seen.length = 0;
    let told: unknown;
    const onReplyMetadata = (metadata: object): void => {
      told = metadata;
    };
    expect(await work.read.with({ onReplyMetadata })(undefined)).to.equal("a");
    expect(told).to.deep.equal({ by: "a", seen: "1" });
    expect(await work.read.future(undefined)).to.equal("a");
    await work.note.sent(1);
    expect(() => work.note("x" as never)).to.throw(RpcError, 'arg1: expected int32, got "x"');
    expect(await collect(work.items())).to.deep.equal(["a 1"]);
    expect((await collect(work.read.multicast("m"))).map((reply) => reply.ok && reply.value)).to.deep.equal(["m"]);
    const heard = new Promise((resolve) => void work.told.subscribe(resolve).then(() => work.told.publish("x")));
    expect(await heard).to.equal("x");
    expect(seen).to.deep.equal(["read", "read", "note", "items", "read", "told.subscribe", "told.publish"]);
  });

  it("may refuse an instance, answer in its place, or begin an attempt again", async () => {
    await using a = await start("a");
    await using b = await start("b");
    let how: AttemptInterceptor = (next) => next;
    const varied: AttemptInterceptor = (next) => (call) => how(next)(call);
    await using one = await refer([a, b], { attemptInterceptors: [varied] });
    how = (next) => (call) => {
      if (call.attempt.candidate.instance === "b") return next(call);
      throw new RpcError({ code: "UNAVAILABLE", message: "the circuit of a is open", retryable: true });
    };
    expect(await one.work.write(undefined)).to.equal("b");
    expect(await collect(one.work.items())).to.deep.equal(["b undefined"]);
    how = () => async () => ({ value: "cached", metadata: {} });
    expect(await one.work.write(undefined)).to.equal("cached");
    how = (next) => async (call) => {
      await next(call);
      return next(call);
    };
    expect(await one.work.read("twice")).to.equal("twice");
    how = () => () => Promise.reject(new TypeError("oops"));
    const error = await failed(one.work.write(undefined));
    expect(error).to.include({ code: "UNKNOWN" });
    expect(error.cause).to.have.property("message", "oops");
  });

  it("may give an attempt less time, or a signal, and the cluster decides what comes next", async () => {
    await using a = await start("a", () => new Promise(() => {}));
    await using b = await start("b");
    const cancelled: AbortController[] = [];
    const hurry: AttemptInterceptor = (next) => (call) => {
      const controller = new AbortController();
      cancelled.push(controller);
      return next({ ...call, timeoutMs: 10, signal: controller.signal });
    };
    const cluster: ConnectOptions["cluster"] = () => ({
      decide: ({ number }) => (number < 2 ? { do: "again" } : { do: "fail" }),
    });
    await using one = await refer([a, b], { attemptInterceptors: [hurry], cluster });
    expect(await one.work.read(undefined)).to.equal("b");
    const late = await failed(one.work.write(undefined));
    expect(late).to.include({ code: "DEADLINE_EXCEEDED" });
    expect(late.message).to.equal("write: attempt 1 had no reply within the 10 ms that its interceptor gave it");
    await using other = await refer([a, b], { attemptInterceptors: [hurry] });
    cancelled.length = 0;
    const call = failed(other.work.write(undefined));
    while (cancelled.length === 0) await new Promise((resolve) => setImmediate(resolve));
    cancelled[0]?.abort("why");
    const error = await call;
    expect(error).to.include({ code: "CANCELLED", message: "write: the attempt was cancelled by its interceptor" });
    expect(error.cause).to.equal("why");
  });

  it("are told when the caller gives up, and what of the call is unknown stays so", async () => {
    await using a = await start("a", () => new Promise(() => {}));
    const ended: unknown[] = [];
    const look: AttemptInterceptor = (next) => async (call) => {
      try {
        return await next(call);
      } catch (error) {
        ended.push((error as RpcError).code);
        throw error;
      }
    };
    await using one = await refer([a], { attemptInterceptors: [look] });
    const future = one.work.write.future(undefined);
    await new Promise((resolve) => setTimeout(resolve, 1));
    future.cancel();
    await failed(future);
    const late = await failed(one.work.write.with({ timeoutMs: 10 })(undefined));
    expect(late.message).to.contain("the outcome is unknown, because it had been sent");
    const lost = failed(one.work.write(undefined));
    await new Promise((resolve) => setTimeout(resolve, 1));
    a.destroy();
    expect((await lost).message).to.contain("outcome unknown");
    expect(ended).to.deep.equal(["CANCELLED", "DEADLINE_EXCEEDED", "UNAVAILABLE"]);
  });
});
