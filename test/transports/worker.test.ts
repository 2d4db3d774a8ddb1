import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { connect, serve } from "../../index.ts";
import { type Port, type WorkerOptions, worker } from "../../transports/worker/index.ts";
import { portPipe } from "../../transports/worker/pipe.ts";
import { ManualPlatform } from "../core/wire/manual-platform.ts";
import { order, Shop, shop } from "./suite/contract.ts";
import { collect, realFixture, refused } from "./suite/fixture.ts";
import { transportSuite } from "./suite.ts";

const backoff = { firstMs: 5 };
/** Nobody says that nobody listens: so long it takes to find out. */
const connectTimeoutMs = 40;

const program = new URL("worker-thread.ts", import.meta.url).href;

/** Names, each with a channel between the two sides of a test. */
class Channels {
  readonly #channels = new Map<string, InstanceType<typeof MessageChannel>>();
  readonly fresh = (): string => {
    const name = `suite-${this.#channels.size}`;
    this.#channels.set(name, new MessageChannel());
    return `worker://${name}`;
  };
  readonly of = (side: "client" | "server"): Record<string, Port> =>
    Object.fromEntries(
      [...this.#channels].map(([name, { port1, port2 }]) => [name, side === "client" ? port1 : port2]),
    );
}

describe("transport worker", () => {
  const { fresh, of } = new Channels();
  transportSuite(
    (limits) =>
      realFixture({
        listen: fresh,
        transports: (side) => [worker({ backoff, limits, connectTimeoutMs, ports: of(side) })],
      }),
    { bytes: true },
  );

  describe("with threads", () => {
    // By itself a worker does not know TypeScript.
    const start = (): Worker =>
      new Worker(
        `const { tsImport } = await import("tsx/esm/api"); await tsImport(${JSON.stringify(program)}, import.meta.url);`,
        { eval: true },
      );
    const url = "worker://thread";
    const endpoints = [url];

    it("calls in every pattern what a thread serves, while that calls us", async () => {
      const thread = start();
      const transports = [worker({ ports: { thread } })];
      const placed: bigint[] = [];
      const ours = shop({ place: async ({ id }) => BigInt(placed.push(id)) });
      await using _server = await serve({ services: [ours], listen: ["worker://thread"], transports });
      const client = await connect({ endpoints, transports });
      const proxy = await client.refer(Shop);
      expect(await proxy.read("k")).to.equal("k in a thread");
      expect(await proxy.place(order, true)).to.equal(1n);
      expect(placed).to.deep.equal([order.id]);
      expect(await collect(proxy.count(1000))).to.have.length(1000);
      expect(await proxy.steps(2, async (step) => `step ${step}`)).to.deep.equal(["step 0", "step 1"]);
      const words = async function* (): AsyncGenerator<string> {
        yield "a";
        yield "b";
      };
      expect(await collect(proxy.upper(words()))).to.deep.equal(["A", "B"]);
      const prices = proxy.prices.messages();
      const first = prices.next();
      let told = false;
      void first.then(() => {
        told = true;
      });
      // Until the subscription stands.
      while (!told) await proxy.prices.publish({ sku: "a", cents: 5 });
      expect((await first).value).to.deep.equal({ sku: "a", cents: 5 });
      await prices.return?.();
      await client.close();
      const ended = once(thread, "exit");
      thread.postMessage("end");
      expect(await ended).to.deep.equal([0]);
    });

    it("loses its calls with the thread, and goes on with the next one", async () => {
      let thread = start();
      const ports = { thread: () => thread };
      await using client = await connect({ endpoints, transports: [worker({ ports, backoff })] });
      const proxy = await client.refer(Shop);
      const waiting = refused(proxy.wait("w"), "UNAVAILABLE", /outcome unknown/);
      await once(thread, "message");
      await thread.terminate();
      await waiting;
      thread = start();
      expect(await proxy.read("k")).to.equal("k in a thread");
      await thread.terminate();
    });
  });

  it("leaves other messages to others, and takes ports of the web", async () => {
    const { port1, port2 } = new MessageChannel();
    // As a worker in a browser has them.
    const web = (port: InstanceType<typeof MessagePort>): Port => ({
      postMessage: (message, transfer) => port.postMessage(message, transfer),
      addEventListener: (type, listener) => port.addEventListener(type, listener),
      removeEventListener: (type, listener) => port.removeEventListener(type, listener),
      start: () => port.start(),
    });
    const transports = (port: InstanceType<typeof MessagePort>) => [worker({ ports: { shop: web(port) } })];
    const server = await serve({ services: [shop()], listen: ["worker://shop"], transports: transports(port1) });
    for (const message of ["hello", null, 7, { trunkline: undefined }, { trunkline: "shop" }])
      port2.postMessage(message);
    const client = await connect({ endpoints: ["worker://shop"], transports: transports(port2) });
    expect(await (await client.refer(Shop)).read("k")).to.equal("value of k");
    await client.close();
    await server.close();
  });

  it("says what is wrong with a name, a port, an option", async () => {
    const { port1 } = new MessageChannel();
    const listen = (url: string, options?: WorkerOptions) =>
      serve({ services: [shop()], listen: [url], transports: [worker(options)] }).then(
        (server) => server,
        ({ message }: Error) => message,
      );
    expect(await listen("worker://")).to.equal(
      "worker://: expected worker://name, with a name of letters, digits, . _ -",
    );
    // The tests run in no worker.
    const unknown = 'worker://shop: no port is known by this name; give transports: [worker({ ports: { "shop": … } })]';
    expect(await listen("worker://shop")).to.equal(unknown);
    expect(await listen("worker://shop", { ports: { other: port1 } })).to.equal(unknown);
    expect(() => worker({ port: port1 } as object)).to.throw(
      TypeError,
      "worker: unknown option port; did you mean ports?",
    );
    const first = await listen("worker://shop", { ports: { shop: port1 } });
    expect(await listen("worker://again", { ports: { again: port1 } })).to.match(
      /^worker:\/\/again: its port is in use/,
    );
    await (first as { close(): Promise<void> }).close();
    const client = await connect({ endpoints: ["worker://nobody"], transports: [worker({ ports: {} })] });
    await refused(client.refer(Shop), "UNKNOWN", /no port is known by this name/).finally(() => client.close());
  });

  it("ends a connection of which a message cannot be read", () => {
    const { port1 } = new MessageChannel();
    const told: unknown[] = [];
    portPipe(port1, "worker://shop", new ManualPlatform()).attach({
      onBytes: () => {},
      onDrain: () => {},
      onClose: (error) => told.push(error?.message),
    });
    port1.dispatchEvent(new Event("messageerror"));
    expect(told).to.deep.equal(["worker://shop: a message could not be read"]);
  });

  it("says that nobody listens when that is known", async () => {
    const { port1 } = new MessageChannel();
    const transports = [worker({ ports: { shop: port1 }, connectTimeoutMs })];
    await using client = await connect({ endpoints: ["worker://shop"], transports });
    const message =
      /cannot connect to worker:\/\/shop: no answer within connectTimeoutMs \(40\); is a server listening there\?$/;
    await refused(client.refer(Shop), "UNAVAILABLE", message);
  });
});
