import { expect } from "chai";
import {
  type Accepted,
  accept,
  connect,
  defineService,
  type Interceptor,
  implement,
  RpcError,
  rpc,
  serve,
  t,
  topic,
} from "../../../index.ts";

const News = defineService(
  "test.News",
  {},
  { headlines: topic(t.int32), ask: rpc({ params: [], returns: t.int32 }), hello: rpc({ params: [] }) },
);

const news = (ask: () => number = () => 1) => implement(News, { ask: async () => ask(), hello: async () => {} });
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Until `done`, or for a second. */
async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !done(); i++) await sleep(5);
}

/** A door that lets handshakes wait. */
function gate(): { authenticate: () => Promise<Accepted>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<Accepted>((resolve) => {
    open = () => resolve(accept(undefined));
  });
  return { authenticate: () => opened, open };
}

describe("several instances", () => {
  it("are told apart by what they are, not by how they are reached", async () => {
    let asked = 0;
    await using server = await serve({
      services: [news(() => ++asked)],
      listen: ["tcp://127.0.0.1:0", "memory://two-ways"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    const proxy = await client.refer(News);
    const seen: number[] = [];
    await proxy.headlines.subscribe((value) => seen.push(value));

    const replies: unknown[] = [];
    for await (const reply of proxy.ask.multicast()) replies.push(reply);
    await proxy.headlines.publish(1);
    await proxy.headlines.publish(2);
    await until(() => seen.length >= 2);
    await sleep(20);

    expect(asked).to.equal(1);
    expect(replies).to.have.length(1);
    expect(seen).to.deep.equal([1, 2]);
  });

  it("keeps a subscription by way of the other endpoint when one is taken away", async () => {
    await using server = await serve({ services: [news()], listen: ["memory://way-a"], instance: "same" });
    await using other = await serve({ services: [news()], listen: ["tcp://127.0.0.1:0"], instance: "same" });
    await using client = await connect({ endpoints: [...server.endpoints, ...other.endpoints] });
    const proxy = await client.refer(News);
    const seen: number[] = [];
    await proxy.headlines.subscribe((value) => seen.push(value));

    server.destroy();
    const hub = other.topics(News)["headlines"] as { publish(value: number): Promise<void> };
    for (let i = 0; i < 200 && seen.length === 0; i++) {
      await hub.publish(i);
      await sleep(5);
    }

    expect(seen).to.not.be.empty;
  });

  it("subscribe waits for one that is still connecting", async () => {
    const { authenticate, open } = gate();
    await using a = await serve({ services: [news()], listen: ["memory://early"] });
    await using b = await serve({ services: [news()], listen: ["memory://late"], authenticate });
    await using client = await connect({ endpoints: [...a.endpoints, ...b.endpoints] });
    const proxy = await client.refer(News);
    const seen: number[] = [];
    let subscribed = false;
    const subscribing = proxy.headlines
      .subscribe((value) => seen.push(value))
      .then(() => {
        subscribed = true;
      });

    await sleep(30);
    expect(subscribed).to.equal(false);
    open();
    await subscribing;
    await (b.topics(News)["headlines"] as { publish(value: number): Promise<void> }).publish(7);
    await until(() => seen.length > 0);

    expect(seen).to.deep.equal([7]);
  });

  it("subscribe does not wait for ever for one that never connects, and takes it when it comes", async () => {
    const { authenticate, open } = gate();
    await using a = await serve({ services: [news()], listen: ["memory://prompt"] });
    await using b = await serve({ services: [news()], listen: ["memory://stuck"], authenticate });
    await using client = await connect({ endpoints: [...a.endpoints, ...b.endpoints] });
    const proxy = await client.refer(News);
    const seen: number[] = [];
    const from = performance.now();
    await proxy.headlines.subscribe((value) => seen.push(value));
    expect(performance.now() - from).to.be.within(4900, 7000);

    open();
    const hub = b.topics(News)["headlines"] as { publish(value: number): Promise<void> };
    for (let i = 0; i < 200 && seen.length === 0; i++) {
      await hub.publish(i);
      await sleep(5);
    }
    expect(seen).to.not.be.empty;
  });

  it("subscribe does not fail for one that dies before it has confirmed", async () => {
    let asked = (): void => {};
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const hanging: Interceptor = (next) => (call) => {
      if (call.method.topic === undefined) return next(call);
      asked();
      return new Promise(() => {});
    };
    await using dying = await serve({ services: [news()], listen: ["tcp://127.0.0.1:0"], interceptors: [hanging] });
    await using server = await serve({ services: [news()], listen: ["tcp://127.0.0.1:0"] });
    const told: string[] = [];
    await using client = await connect({ endpoints: [...dying.endpoints, ...server.endpoints] });
    const proxy = await client.refer(News);
    for await (const { ok } of proxy.hello.multicast()) expect(ok).to.equal(true);
    const seen: number[] = [];
    const subscribing = proxy.headlines.subscribe((value) => seen.push(value), {
      onError: (error) => told.push((error as RpcError).code),
    });
    await reached;
    dying.destroy();
    await subscribing;
    await server.topics(News).headlines.publish(7);
    await until(() => seen.length > 0);
    expect(seen).to.deep.equal([7]);
    expect(told).to.deep.equal(["UNAVAILABLE"]);
  });

  it("a subscribe that one refuses leaves nothing with the others", async () => {
    const refuse: Interceptor = (next) => async (call) => {
      if (call.method.kind === "stream") throw new RpcError({ code: "PERMISSION_DENIED", message: "not here" });
      return next(call);
    };
    await using a = await serve({ services: [news()], listen: ["tcp://127.0.0.1:0"] });
    await using b = await serve({ services: [news()], listen: ["memory://refusing"], interceptors: [refuse] });
    const client = await connect({ endpoints: [...a.endpoints, ...b.endpoints] });
    const proxy = await client.refer(News);
    for await (const _ of proxy.hello.multicast());
    let seen = 0;

    const error = await proxy.headlines
      .subscribe(() => seen++)
      .then(
        () => undefined,
        (thrown: RpcError) => thrown,
      );
    await (a.topics(News)["headlines"] as { publish(value: number): Promise<void> }).publish(1);
    await sleep(30);

    expect(error).to.include({ code: "PERMISSION_DENIED", message: "not here" });
    expect(seen).to.equal(0);
    await client.close();
  });

  it("get the publishes of one publisher by way of one, in order, and of another when that is gone", async () => {
    await using a = await serve({ services: [news()], listen: ["tcp://127.0.0.1:0"] });
    await using b = await serve({ services: [news()], listen: ["memory://ordered"] });
    await using client = await connect({ endpoints: [...a.endpoints, ...b.endpoints] });
    const proxy = await client.refer(News);
    for await (const _ of proxy.hello.multicast());
    const seen: number[] = [];
    await proxy.headlines.subscribe((value) => seen.push(value));
    const numbers = Array.from({ length: 30 }, (_, i) => i);

    await Promise.all(numbers.map((i) => proxy.headlines.publish(i)));
    await until(() => seen.length === 30);
    expect(seen).to.deep.equal(numbers);

    seen.length = 0;
    a.destroy();
    await sleep(50);
    await Promise.all(numbers.map((i) => proxy.headlines.publish(i)));
    await until(() => seen.length === 30);
    expect(seen).to.deep.equal(numbers);
  });

  it("a publish that waited for a connection comes before those after it", async () => {
    const { authenticate, open } = gate();
    await using a = await serve({ services: [news()], listen: ["memory://slow-a"], authenticate });
    await using b = await serve({ services: [news()], listen: ["tcp://127.0.0.1:0"], authenticate });
    await using client = await connect({ endpoints: [...a.endpoints, ...b.endpoints] });
    await using other = await connect({ endpoints: [...a.endpoints, ...b.endpoints] });
    const proxy = await client.refer(News, { check: false });
    const publishes = [proxy.headlines.publish(1), proxy.headlines.publish(2)];
    open();
    const seen: number[] = [];
    await (await other.refer(News)).headlines.subscribe((value) => seen.push(value));
    await Promise.all(publishes);
    seen.length = 0;
    const numbers = Array.from({ length: 30 }, (_, i) => i);
    await Promise.all(numbers.map((i) => proxy.headlines.publish(i)));
    await until(() => seen.length === 30);
    expect(seen).to.deep.equal(numbers);
  });

  it("a publish goes through the client's interceptors", async () => {
    let through = 0;
    const count: Interceptor = (next) => (call) => {
      through++;
      return next(call);
    };
    await using server = await serve({ services: [news()], listen: ["memory://intercepted"] });
    await using client = await connect({ endpoints: server.endpoints, interceptors: [count] });
    await (await client.refer(News)).headlines.publish(1);
    expect(through).to.equal(1);
  });

  it("multicast waits no longer for one that is connecting than the call may take", async () => {
    const { authenticate, open } = gate();
    await using a = await serve({ services: [news()], listen: ["memory://present"] });
    await using b = await serve({ services: [news()], listen: ["memory://absent"], authenticate });
    await using client = await connect({ endpoints: [...a.endpoints, ...b.endpoints] });
    const proxy = await client.refer(News);
    const from = performance.now();
    const replies: boolean[] = [];
    for await (const { ok } of proxy.ask.with({ timeoutMs: 100 }).multicast()) replies.push(ok);
    expect(performance.now() - from).to.be.within(90, 1500);
    expect(replies).to.deep.equal([true]);

    await using alone = await connect({ endpoints: b.endpoints });
    const lonely = await alone.refer(News, { check: false });
    const error = await lonely.ask
      .with({ timeoutMs: 50 })
      .multicast()
      [Symbol.asyncIterator]()
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "DEADLINE_EXCEEDED");
    open();
  });
});
