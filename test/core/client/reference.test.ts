import { expect } from "chai";
import {
  type CallContext,
  connect,
  defineService,
  implement,
  type Registry,
  RpcError,
  rpc,
  serve,
  service,
  stream,
  type Topic,
  t,
  topic,
  unimplemented,
} from "../../../index.ts";
import { memoryRegistry } from "../../../registry/memory.ts";

const Clock = defineService(
  "test.Clock",
  {},
  {
    now: rpc({ params: [], returns: t.int32 }),
    later: rpc({ params: [], returns: t.int32 }),
    ticks: topic(t.int32),
  },
);
const Needs = defineService("test.Clock", {}, { now: rpc({ params: [t.string], returns: t.string }) });

async function refusal(action: Promise<unknown>): Promise<RpcError> {
  const thrown = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(RpcError.is(thrown), String(thrown)).to.equal(true);
  return thrown as RpcError;
}

/** The in-memory registry, counting who watches it. */
function counted() {
  const inner = memoryRegistry();
  const state = { watches: 0 };
  const registry: Registry = {
    register: (instance) => inner.register(instance),
    close: () => inner.close(),
    async watch(wanted, listener) {
      const stop = await inner.watch(wanted, listener);
      state.watches++;
      return () => {
        state.watches--;
        stop();
      };
    },
  };
  return { registry, state };
}

describe("a reference", () => {
  for (const listen of ["tcp://127.0.0.1:0", "memory://reference"]) {
    it(`that is released ends with its subscriptions, and harms no other, over ${listen.split(":")[0]}`, async () => {
      const { registry, state } = counted();
      let answer = (_: number): void => {};
      const later = () => new Promise<number>((resolve) => (answer = resolve));
      const services = [implement(Clock, { now: async () => 1, later })];
      await using server = await serve({ services, listen: [listen], registry });
      await using client = await connect({ registry });
      const [clock, other] = [await client.refer(Clock), await client.refer(Clock)];
      const seen: number[] = [];
      const subscription = await clock.ticks.subscribe((tick) => seen.push(tick));
      await other.ticks.subscribe((tick) => seen.push(100 + tick));
      expect(await clock.now.with({ codec: "json" })()).to.equal(1);
      expect(state.watches).to.equal(3);

      const pending = clock.later();
      await other.now();
      await client.release(clock);
      expect(state.watches).to.equal(1);
      await subscription.closed;
      answer(7);
      expect(await pending).to.equal(7);
      const error = await refusal(clock.now());
      expect(error.code).to.equal("UNAVAILABLE");
      expect(error.message).to.equal("the reference was released; refer again to call test.Clock 1.0.0");
      expect(await refusal(clock.now.with({ codec: "avro" })())).to.include({ code: "FAILED_PRECONDITION" });

      await server.topics(Clock)["ticks"]?.publish(5);
      expect(await other.now()).to.equal(1);
      for (let i = 0; i < 100 && seen.length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(seen).to.deep.equal([105]);
      await client.release(clock);
    });
  }

  it("that cannot be made leaves nothing behind", async () => {
    const { registry, state } = counted();
    const services = [implement(Clock, { now: async () => 1, later: async () => 2 })];
    await using _server = await serve({ services, listen: ["memory://reference-refused"], registry });
    await using client = await connect({ registry });
    expect(await refusal(client.refer(Needs))).to.include({ code: "FAILED_PRECONDITION" });
    expect(state.watches).to.equal(0);
  });

  it("that is still being made when the client closes is refused, and its watch ends", async () => {
    const { registry, state } = counted();
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slow: typeof registry = {
      ...registry,
      watch: (wanted, listener) => gate.then(() => registry.watch(wanted, listener)),
    };
    const client = await connect({ registry: slow });
    const referring = refusal(client.refer(Clock));
    await client.close();
    open();
    expect(await referring).to.include({ code: "FAILED_PRECONDITION" });
    expect(state.watches).to.equal(0);
  });
});

describe("the signal of refer", () => {
  const services = [implement(Clock, { now: async () => 1, later: async () => 2 })];

  it("gives up what looks for instances or connects to them, and leaves nothing behind", async () => {
    const { registry, state } = counted();
    let handshakes = 0;
    const authenticate = (): Promise<never> => {
      handshakes++;
      return new Promise(() => {});
    };
    await using _server = await serve({ services, listen: ["tcp://127.0.0.1:0"], registry, authenticate });
    await using client = await connect({ registry });
    const controller = new AbortController();
    const referring = refusal(client.refer(Clock, { signal: controller.signal }));
    while (handshakes === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort(new Error("enough"));
    const error = await referring;
    expect(error).to.include({ code: "CANCELLED", message: "refer: cancelled by the caller" });
    expect(error.cause).to.have.property("message", "enough");
    expect(state.watches).to.equal(0);
    expect(await refusal(client.refer(Clock, { signal: AbortSignal.abort() }))).to.include({ code: "CANCELLED" });
    const never = { ...registry, watch: () => new Promise<never>(() => {}) };
    await using searching = await connect({ registry: never });
    const signal = AbortSignal.timeout(20);
    expect(await refusal(searching.refer(Clock, { signal }))).to.include({ code: "CANCELLED" });
  });

  it("means nothing once refer has resolved, nor where it rejects by itself", async () => {
    const server = await serve({ services, listen: ["tcp://127.0.0.1:0"] });
    await using client = await connect({ endpoints: server.endpoints });
    const controller = new AbortController();
    const { signal } = controller;
    expect(await refusal(client.refer(Needs, { signal }))).to.include({ code: "FAILED_PRECONDITION" });
    const clock = await client.refer(Clock, { signal });
    controller.abort();
    expect(await clock.now()).to.equal(1);
    await server.close();
  });
});

describe("a server that is destroyed", () => {
  for (const listen of ["tcp://127.0.0.1:0", "memory://destroyed"]) {
    it(`aborts its handlers with the error that was given, over ${listen.split(":")[0]}`, async () => {
      let started = (): void => {};
      const running = new Promise<void>((resolve) => (started = resolve));
      let tell = (_: unknown): void => {};
      const aborted = new Promise<unknown>((resolve) => (tell = resolve));
      const later = (ctx: CallContext): Promise<number> => {
        ctx.signal.addEventListener("abort", () => tell(ctx.signal.reason));
        started();
        return new Promise(() => {});
      };
      const services = [implement(Clock, { now: async () => 1, later })];
      const server = await serve({ services, listen: [listen] });
      await using client = await connect({ endpoints: server.endpoints });
      const call = refusal((await client.refer(Clock)).later());
      await running;
      const reason = new RpcError({ code: "ABORTED", message: "the disk is full" });
      server.destroy(reason);
      expect(await aborted).to.equal(reason);
      expect((await call).message).not.to.contain("disk");
    });
  }
});

describe("an instance of a class", () => {
  @service("test.Feed")
  abstract class Feed {
    @topic(t.int32) get ticks(): Topic<number> {
      return unimplemented();
    }
  }
  class LiveFeed extends Feed {}

  it("is served by one server at a time, because its topics are members of it", async () => {
    const feed = new LiveFeed();
    const listen = ["memory://feed"];
    const first = await serve({ services: [feed], listen });
    const again = serve({ services: [feed], listen: ["memory://feed-2"] });
    expect(String(await again.catch((error: unknown) => error))).to.match(
      /test\.Feed is served already, and its ticks/,
    );
    const seen: number[] = [];
    await feed.ticks.subscribe((tick) => seen.push(tick));
    await feed.ticks.publish(1);
    await first.close();
    await using second = await serve({ services: [feed], listen });
    await using client = await connect({ endpoints: second.endpoints });
    await (await client.refer(Feed)).ticks.subscribe((tick) => seen.push(tick * 10));
    await feed.ticks.publish(2);
    for (let i = 0; i < 100 && seen.length < 2; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).to.deep.equal([1, 20]);
  });

  it("may be served again after a server that could not start", async () => {
    const feed = new LiveFeed();
    const listen = ["memory://feed-3"];
    await serve({ services: [feed, feed], listen }).catch(() => {});
    await using server = await serve({ services: [feed], listen });
    expect(server.endpoints).to.deep.equal(listen);
  });
});

describe("a stream in this process", () => {
  const Numbers = defineService(
    "test.Numbers",
    {},
    {
      first: rpc({ params: [t.stream(t.int32)], returns: t.int32 }),
      all: stream({ params: [], yields: t.int32 }),
    },
  );
  const fails = (): never => {
    throw new Error("no promise");
  };
  const iterable = (next: () => unknown): AsyncIterable<number> =>
    ({ [Symbol.asyncIterator]: () => ({ next, return: fails }) }) as never;

  it("fails by an iterator that throws instead of rejecting, and takes one that returns no promise", async () => {
    let source = iterable(fails);
    const first = async (numbers: AsyncIterable<number>): Promise<number> => {
      for await (const number of numbers) return number;
      return 0;
    };
    await using server = await serve({
      services: [implement(Numbers, { first, all: () => source })],
      listen: ["memory://iterators"],
      onError: () => {},
    });
    await using client = await connect({ endpoints: server.endpoints });
    const numbers = await client.refer(Numbers);
    const item = (): unknown => ({ value: 5, done: false });

    expect(await numbers.first(iterable(item))).to.equal(5);
    expect((await refusal(numbers.first(iterable(fails)))).message).to.contain("no promise");
    const stream = numbers.all()[Symbol.asyncIterator]();
    expect(await refusal(stream.next())).to.include({ code: "UNKNOWN" });
    source = iterable(item);
    for await (const number of numbers.all()) {
      expect(number).to.equal(5);
      break;
    }
  });
});
