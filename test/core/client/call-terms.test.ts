import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  connect,
  currentCall,
  defineService,
  type Implementation,
  type Interceptor,
  implement,
  oneway,
  RpcError,
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
    echo: rpc({ params: [t.bytes], returns: t.bytes }),
    note: oneway({ params: [t.int32] }),
    ticks: stream({ yields: t.int32 }),
    told: topic(t.struct("test.Told", { n: t.int32 })),
  },
);

async function start(over: { ran?: () => void } = {}) {
  const server = await serve({
    services: [
      implement(Work, {
        echo: async (bytes, ctx) => {
          over.ran?.();
          ctx.setReplyMetadata({ seen: "yes" });
          return bytes;
        },
        note: () => over.ran?.(),
        ticks: async function* () {
          for (let i = 0; ; i++) {
            yield i;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        },
      }),
    ],
    listen: ["tcp://127.0.0.1:0"],
  });
  return server;
}

const failure = (promise: Promise<unknown>): Promise<RpcError> =>
  promise.then(
    () => {
      throw new Error("did not fail");
    },
    (error: RpcError) => error,
  );

describe("the terms of a call", () => {
  it("many large calls at once do not make the two ends wait for each other", async () => {
    await using server = await start();
    await using client = await connect({ endpoints: server.endpoints });
    const work = await client.refer(Work);
    const large = new Uint8Array(4096).fill(7);
    const replies = await Promise.all(Array.from({ length: 6000 }, () => work.echo(large)));
    expect(replies.every((reply) => reply.length === 4096)).to.equal(true);
  });

  it("a call without any time left is not executed", async () => {
    let ran = 0;
    await using server = await start({ ran: () => ran++ });
    await using client = await connect({ endpoints: server.endpoints });
    const work = await client.refer(Work);
    const error = await failure(work.echo.with({ timeoutMs: 0 })(new Uint8Array()));
    expect(error.code).to.equal("DEADLINE_EXCEEDED");
    await work.echo(new Uint8Array());
    expect(ran).to.equal(1);
  });

  it("a listener for reply metadata that throws harms nobody", async () => {
    const errors: unknown[] = [];
    await using server = await start();
    await using client = await connect({ endpoints: server.endpoints, onError: (error) => errors.push(error) });
    const work = await client.refer(Work);
    const onReplyMetadata = (): never => {
      throw new Error("oops");
    };
    expect(await work.echo.with({ onReplyMetadata })(new Uint8Array([1]))).to.deep.equal(new Uint8Array([1]));
    await work.echo(new Uint8Array());
    expect(errors.map((error) => ((error as RpcError).cause as Error).message)).to.deep.equal(["oops"]);
  });

  it("how long a call may take is said by what is nearest to it", async () => {
    const methods = {
      own: rpc({ timeoutMs: 100_000, returns: t.float64 }),
      plain: rpc({ returns: t.float64 }),
      lasts: stream({ timeoutMs: 150_000, yields: t.float64 }),
      forever: stream({ yields: t.float64 }),
      sent: oneway({ timeoutMs: 250_000 }),
    };
    const heard: ((left: number) => void)[] = [];
    const serving = <C extends typeof Plain>(contract: C): Implementation =>
      implement(contract as typeof Plain, {
        own: (ctx) => ctx.timeLeft(),
        plain: (ctx) => ctx.timeLeft(),
        async *lasts(ctx) {
          yield ctx.timeLeft();
        },
        async *forever(ctx) {
          yield ctx.timeLeft();
        },
        sent: (ctx) => heard.shift()?.(ctx.timeLeft()),
      });
    const Plain = defineService("test.Plain", {}, methods);
    const Timed = defineService("test.Timed", { timeoutMs: 200_000 }, methods);
    await using server = await serve({ services: [serving(Plain), serving(Timed)], listen: ["memory://call-terms"] });
    const about = (left: number): number => Math.round(left / 10_000) * 10_000;
    const first = async (items: AsyncIterable<number>): Promise<number> => {
      for await (const item of items) return about(item);
      throw new Error("nothing came");
    };
    const pass: Interceptor = (next) => (call) => next(call);
    for (const interceptors of [[], [pass]]) {
      await using client = await connect({ endpoints: server.endpoints, timeoutMs: 300_000, interceptors });
      const plain = await client.refer(Plain);
      const timed = await client.refer(Timed);
      const asked = await client.refer(Timed, { timeoutMs: 400_000 });
      expect(about(await plain.plain())).to.equal(300_000);
      expect(about(await timed.plain())).to.equal(200_000);
      expect(about(await timed.own())).to.equal(100_000);
      expect(about(await timed.own.future())).to.equal(100_000);
      for await (const reply of timed.own.multicast()) expect(reply.ok && about(reply.value)).to.equal(100_000);
      expect(about(await asked.own())).to.equal(400_000);
      expect(about(await asked.own.with({ timeoutMs: 500_000 })())).to.equal(500_000);
      expect(await asked.own.with({ timeoutMs: Number.POSITIVE_INFINITY })()).to.equal(Number.POSITIVE_INFINITY);
      expect(await first(asked.lasts())).to.equal(150_000);
      expect(await first(asked.lasts.with({ timeoutMs: 50_000 })())).to.equal(50_000);
      expect(await first(asked.forever())).to.equal(Number.POSITIVE_INFINITY);
      const left = new Promise<number>((resolve) => heard.push(resolve));
      timed.sent();
      expect(about(await left)).to.equal(250_000);
    }
  });

  it("how long a call may take is nothing that two sides agree on", () => {
    const [mine, theirs] = [undefined, 5].map((timeoutMs) =>
      defineService("test.Same", timeoutMs === undefined ? {} : { timeoutMs: 7 }, {
        wait: rpc({ ...(timeoutMs !== undefined && { timeoutMs }) }),
      }),
    );
    expect(mine?.fingerprint).to.equal(theirs?.fingerprint);
    expect(() => rpc({ timeoutMs: 0 })).to.throw(TypeError, /timeoutMs: expected a number above 0, got 0/);
  });

  it("a oneway that does not fit throws at the call, behind interceptors and in another codec too", async () => {
    const pass: Interceptor = (next) => (call) => next(call);
    await using server = await start();
    await using client = await connect({ endpoints: server.endpoints, interceptors: [pass] });
    const work = await client.refer(Work);
    expect(() => work.note("x" as never)).to.throw(RpcError, 'arg1: expected int32, got "x"');
    expect(() => work.note.with({ codec: "json" })("x" as never)).to.throw(RpcError, 'arg1: expected int32, got "x"');
  });

  it("a multicast goes through the interceptors, once per instance", async () => {
    const seen: string[] = [];
    const look: Interceptor = (next) => (call) => {
      seen.push(call.method.name);
      return next({ ...call, metadata: { ...call.metadata, token: "t" } });
    };
    await using server = await start();
    await using client = await connect({ endpoints: server.endpoints, interceptors: [look] });
    const work = await client.refer(Work);
    for await (const reply of work.echo.multicast(new Uint8Array([3]))) expect(reply.ok).to.equal(true);
    expect(seen).to.deep.equal(["echo"]);
  });

  it("a method in another codec is a method like any other", async () => {
    await using server = await start();
    await using client = await connect({ endpoints: server.endpoints });
    const work = await client.refer(Work);
    const echo = work.echo.with({ codec: "json" }).with({ timeoutMs: 5000 });
    const bytes = new Uint8Array([1, 2]);
    expect(await echo(bytes)).to.deep.equal(bytes);
    expect(await echo.future(bytes)).to.deep.equal(bytes);
    for await (const reply of echo.multicast(bytes)) expect(reply).to.deep.include({ ok: true, value: bytes });
    const called = await new Promise((resolve) => echo.callback(bytes, (error, value) => resolve(error ?? value)));
    expect(called).to.deep.equal(bytes);
    await work.note.with({ codec: "json" }).sent(1);
    for await (const tick of work.ticks.with({ codec: "json" })()) {
      expect(tick).to.equal(0);
      break;
    }
  });

  it("refuses a timeout that is no time", async () => {
    await using server = await start();
    await using client = await connect({ endpoints: server.endpoints });
    const error = await failure(client.refer(Work, { timeoutMs: Number.NaN }));
    expect(error).to.be.instanceOf(TypeError);
  });

  it("an idempotent method takes no stream", () => {
    const define = (): unknown =>
      defineService("test.Bad", {}, { up: rpc({ params: [t.stream(t.int32)], idempotent: true }) });
    expect(define).to.throw(TypeError, "cannot be sent again");
  });

  it("closing a client ends streams that nobody ends, when drainMs is over", async () => {
    await using server = await start();
    const client = await connect({ endpoints: server.endpoints, drainMs: 50 });
    const ticks = (await client.refer(Work)).ticks()[Symbol.asyncIterator]();
    await ticks.next();
    await client.close();
    let error: unknown;
    try {
      for (let step = await ticks.next(); !step.done; step = await ticks.next());
    } catch (thrown) {
      error = thrown;
    }
    expect(error).to.have.property("code", "CANCELLED");
  });

  it("a stream inside a handler lives as long as the handler's own deadline", async () => {
    const Outer = defineService("test.Outer", {}, { sum: rpc({ returns: t.int32 }) });
    await using inner = await start();
    await using innerClient = await connect({ endpoints: inner.endpoints, timeoutMs: 50 });
    const work = await innerClient.refer(Work);
    const sum = async (): Promise<number> => {
      expect(currentCall()?.method).to.equal("sum");
      let total = 0;
      for await (const tick of work.ticks()) {
        total += tick;
        if (tick === 6) break;
      }
      return total;
    };
    await using outer = await serve({ services: [implement(Outer, { sum })], listen: ["tcp://127.0.0.1:0"] });
    await using client = await connect({ endpoints: outer.endpoints, timeoutMs: 5000 });
    expect(await (await client.refer(Outer)).sum()).to.equal(21);
  });

  it("what a server publishes is what it was then", async () => {
    await using server = await start();
    await using client = await connect({ endpoints: server.endpoints });
    const work = await client.refer(Work);
    const seen: number[] = [];
    let done = (): void => {};
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    await using _subscription = await work.told.subscribe(({ n }) => {
      if (seen.push(n) === 3) done();
    });
    const topics = server.topics(Work);
    const value = { n: 0 };
    for (value.n = 1; value.n <= 3; value.n++) void topics["told"]?.publish(value);
    await all;
    expect(seen).to.deep.equal([1, 2, 3]);
  });

  it("listening at an ordinary file leaves the file alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "trunkline-"));
    const file = join(folder, "precious.txt");
    writeFileSync(file, "mine");
    const error = await failure(
      serve({
        services: [implement(defineService("a.B", {}, { c: rpc({}) }), { c: async () => {} })],
        listen: [`unix://${file}`],
      }),
    );
    expect(error.code).to.equal("ALREADY_EXISTS");
    expect(existsSync(file)).to.equal(true);
    rmSync(folder, { recursive: true });
  });
});
