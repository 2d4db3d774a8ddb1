import { expect } from "chai";
import type {
  TopicBackend,
  TopicDelivery,
  TopicMessage,
  TopicRequest,
  TopicSite,
} from "../../../core/topic/backend.ts";
import { connect, defineService, implement, RpcError, serve, t, topic } from "../../../index.ts";
import { signal } from "../../transports/suite/fixture.ts";

const News = defineService("backend.News", {}, { headlines: topic(t.string), weather: topic(t.string) });

/** Carries the messages of all servers that it was handed to, as a broker would; it knows no wildcards. */
class Exchange {
  readonly sites: TopicSite[] = [];
  readonly #queues = new Set<Queue>();
  readonly left = signal();
  refusing = false;

  backendOf(site: TopicSite): TopicBackend {
    this.sites.push(site);
    const mine = new Set<Queue>();
    return {
      publish: async (message) => {
        if (this.refusing) throw new RpcError({ code: "UNAVAILABLE", message: "the exchange is closed" });
        for (const queue of this.#queues) if (queue.topic === site.topic.name) queue.push(message);
      },
      subscribe: (request) => {
        const queue = new Queue(site.topic.name, request, () => {
          this.#queues.delete(queue);
          mine.delete(queue);
          this.left.resolve();
        });
        this.#queues.add(queue);
        mine.add(queue);
        return queue;
      },
      close: () => {
        for (const queue of mine) void queue.return();
      },
    };
  }

  get subscriptions(): number {
    return this.#queues.size;
  }
}

class Queue implements AsyncIterableIterator<TopicDelivery> {
  readonly topic: string;
  readonly #request: TopicRequest;
  readonly #onEnd: () => void;
  readonly #waiting: TopicDelivery[] = [{ key: "", headers: {}, confirmed: true }];
  #read: ((step: IteratorResult<TopicDelivery>) => void) | undefined;
  #ended = false;

  constructor(topic: string, request: TopicRequest, onEnd: () => void) {
    this.topic = topic;
    this.#request = request;
    this.#onEnd = onEnd;
  }

  push(message: TopicMessage): void {
    if (this.#request.key !== undefined && this.#request.key !== message.key) return;
    if (this.#read === undefined) this.#waiting.push(message);
    else this.#read({ value: message, done: false });
    this.#read = undefined;
  }

  next(): Promise<IteratorResult<TopicDelivery>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#read = resolve;
    });
  }

  return(): Promise<IteratorResult<TopicDelivery>> {
    this.#ended = true;
    this.#onEnd();
    this.#read?.({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

describe("a topic made of something else than its process", () => {
  for (const scheme of ["tcp://127.0.0.1:0", "memory://"]) {
    it(`carries messages between servers, clients and servers' own code (${scheme})`, async () => {
      const exchange = new Exchange();
      const listen = (name: string): string => (scheme === "memory://" ? `memory://backend-${name}` : scheme);
      const serveOn = (instance: string) =>
        serve({
          services: [implement(News, {})],
          listen: [listen(instance)],
          instance,
          topicBackend: (site) => exchange.backendOf(site),
        });
      await using berlin = await serveOn("berlin");
      await using paris = await serveOn("paris");
      expect(exchange.sites.map(({ service, topic: { name }, instance }) => [service, name, instance])).to.deep.equal(
        ["berlin", "paris"].flatMap((instance) =>
          ["headlines", "weather"].map((name) => ["backend.News", name, instance]),
        ),
      );
      expect(exchange.sites[0]?.limits).to.include({ maxBufferedMessages: 16_384 });

      await using client = await connect({ endpoints: berlin.endpoints });
      const news = await client.refer(News);
      const seen: string[] = [];
      const all = signal();
      const take = (where: string) => (value: string, delivery: { key: string }) => {
        if (seen.push(`${where}: ${value} ${delivery.key}`) === 5) all.resolve();
      };
      const subscription = await news.headlines.subscribe(take("client"), { key: "eu" });
      await paris.topics(News).headlines.subscribe(take("paris"));
      await paris.topics(News).headlines.publish("rain", { key: "eu" });
      await news.headlines.publish("snow", { key: "us" });
      await news.weather.publish("unheard");
      await news.headlines.publish("sun", { key: "eu" });
      await all.promise;
      const ofClient = seen.filter((one) => one.startsWith("client"));
      expect(ofClient).to.deep.equal(["client: rain eu", "client: sun eu"]);
      const ofParis = seen.filter((one) => one.startsWith("paris"));
      expect(ofParis).to.deep.equal(["paris: rain eu", "paris: snow us", "paris: sun eu"]);

      await subscription.unsubscribe();
      await exchange.left.promise;
      await news.headlines.publish("fog", { key: "eu" });
      expect(exchange.subscriptions).to.equal(1);

      exchange.refusing = true;
      const refusal = await news.headlines.publish("hail").catch((error: unknown) => error);
      expect(refusal).to.include({ code: "UNAVAILABLE" });
      await paris.close();
      expect(exchange.subscriptions).to.equal(0);
    });
  }

  it("leaves to the process what it makes nothing for", async () => {
    const exchange = new Exchange();
    await using server = await serve({
      services: [implement(News, {})],
      listen: ["memory://backend-some"],
      topicBackend: (site) => (site.topic.name === "weather" ? exchange.backendOf(site) : undefined),
    });
    const { headlines, weather } = server.topics(News);
    const seen: string[] = [];
    await headlines.subscribe((value) => seen.push(value), { key: "eu.*" });
    await weather.subscribe((value) => seen.push(value));
    expect(exchange.subscriptions).to.equal(1);
    await headlines.publish("rain", { key: "eu.berlin" });
    await weather.publish("warm");
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.sort()).to.deep.equal(["rain", "warm"]);
  });
});
