import { expect } from "chai";
import type { Client } from "../../index.ts";
import { RpcError } from "../../index.ts";
import { Network } from "./network.ts";
import { type Shop, Shop as ShopContract, shop } from "./suite/contract.ts";
import { type Fixture, simulatedFixture } from "./suite/fixture.ts";

const CALLS = 40;
/** One tick of the timer wheel, and the turn of whoever waits. */
const SLACK_MS = 16;
const UNKNOWN = /outcome (is )?unknown/;

/** One run: servers and clients under random faults. Everything that was promised is checked, the seed says how to see it again. */
export async function chaos(seed: number): Promise<void> {
  const network = new Network({ seed, limits: { heartbeatMs: 500 }, backoff: { firstMs: 20, maxMs: 500 } });
  const fixture = simulatedFixture(network);
  try {
    await new Run(network, fixture).play();
  } finally {
    await fixture.dispose();
  }
}

class Run {
  readonly #network: Network;
  readonly #fixture: Fixture;
  /** How often each call was executed, by its key. */
  readonly #executed = new Map<string, number>();
  #openStreams = 0;
  #faults = true;

  constructor(network: Network, fixture: Fixture) {
    this.#network = network;
    this.#fixture = fixture;
  }

  async play(): Promise<void> {
    const { random } = this.#network;
    const endpoints = [this.#fixture.listen(), this.#fixture.listen()];
    const instances = endpoints.map((url) => this.#instance(url));
    const clients: Client<typeof Shop>[] = [];
    for (let i = 0; i < 2; i++) {
      const client = await this.#fixture.connect({ endpoints });
      clients.push(await client.refer(ShopContract, { check: false }));
    }
    const trouble = this.#trouble();
    const calls: Promise<void>[] = [];
    for (let i = 0; i < CALLS; i++) {
      calls.push(this.#one(clients[i % 2] as Client<typeof Shop>, `key-${i}`));
      await this.#fixture.sleep(random.next() * 60);
    }
    // A dead connection is noticed by its silence, though nobody cuts it.
    await this.#within(10_000, Promise.all(calls), "every call and stream settles");
    this.#faults = false;
    await Promise.all([trouble, ...instances]);
    await this.#recovers(clients);
  }

  async #within(ms: number, promise: Promise<unknown>, what: string): Promise<void> {
    const late = this.#fixture.sleep(ms).then(() => {
      throw new Error(`${what} within ${ms} ms`);
    });
    await Promise.race([promise, late]);
    late.catch(() => {});
  }

  /** An instance that comes and goes, by a crash or gracefully, and stays in the end. */
  async #instance(url: string): Promise<void> {
    const { random } = this.#network;
    for (;;) {
      const server = await this.#fixture.serve({ services: [this.#service()], listen: [url], drainMs: 200 });
      if (!this.#faults) return;
      await this.#fixture.sleep(200 + random.next() * 1500);
      if (!this.#faults) return;
      if (random.chance(0.5)) server.destroy();
      else await server.close();
      await this.#fixture.sleep(random.next() * 200);
    }
  }

  async #trouble(): Promise<void> {
    const { random } = this.#network;
    while (this.#faults) {
      await this.#fixture.sleep(random.next() * 400);
      const { connections } = this.#network;
      const victim = connections[random.int(0, Math.max(0, connections.length - 1))];
      if (victim === undefined) continue;
      if (random.chance(0.5)) this.#network.cut(victim);
      else this.#network.drop(victim);
    }
  }

  #service(): object {
    const { random } = this.#network;
    const count = (key: string): void => {
      this.#executed.set(key, (this.#executed.get(key) ?? 0) + 1);
    };
    const run = this;
    return shop({
      wait: async (key) => {
        count(key);
        await this.#fixture.sleep(random.next() * 80);
        return key;
      },
      read: async (key) => {
        count(key);
        await this.#fixture.sleep(random.next() * 20);
        return key;
      },
      audit: (line) => count(line),
      count: async function* (to) {
        run.#openStreams++;
        try {
          for (let i = 0; i < to; i++) {
            if (random.chance(0.2)) await run.#fixture.sleep(random.next() * 30);
            yield i;
          }
        } finally {
          run.#openStreams--;
        }
      },
    });
  }

  #one(client: Client<typeof Shop>, key: string): Promise<void> {
    const kind = this.#network.random.int(0, 3);
    if (kind === 0) return this.#unary(client, key, false);
    if (kind === 1) return this.#unary(client, key, true);
    if (kind === 2) return this.#oneway(client, key);
    return this.#stream(client);
  }

  async #unary(client: Client<typeof Shop>, key: string, idempotent: boolean): Promise<void> {
    const timeoutMs = 20 + this.#network.random.next() * 1000;
    const begun = this.#network.time.now;
    const method = idempotent ? client.read : client.wait;
    const outcome = await method
      .with({ timeoutMs })(key)
      .catch((error: unknown) => error);
    const took = this.#network.time.now - begun;
    expect(took, `${key} settles by its deadline`).to.be.at.most(timeoutMs + SLACK_MS);
    const done = this.#executed.get(key) ?? 0;
    if (outcome === key) {
      expect(done, `${key} succeeded`).to.be.at.least(1);
      if (!idempotent) expect(done, `${key} succeeded once`).to.equal(1);
      return;
    }
    if (!RpcError.is(outcome)) throw outcome;
    expect(outcome.code).to.match(/^(UNAVAILABLE|DEADLINE_EXCEEDED)$/);
    if (idempotent) return;
    // What says nothing of an unknown outcome was certainly not done, now and for ever.
    this.#never.push([key, UNKNOWN.test(outcome.message) ? 1 : 0, outcome.message]);
  }

  readonly #never: [key: string, most: number, message: string][] = [];

  async #oneway(client: Client<typeof Shop>, key: string): Promise<void> {
    await client.audit
      .with({ timeoutMs: 500 })
      .sent(key)
      .catch(() => {});
    this.#never.push([key, 1, "oneway"]);
  }

  async #stream(client: Client<typeof Shop>): Promise<void> {
    const to = this.#network.random.int(0, 60);
    const items: number[] = [];
    let error: unknown;
    try {
      for await (const item of client.count(to)) items.push(item);
    } catch (thrown) {
      error = thrown;
    }
    expect(items, "in order, no gap").to.deep.equal(items.map((_, i) => i));
    if (error === undefined) expect(items.length, "whole, or an error").to.equal(to);
    else if (!RpcError.is(error)) throw error;
  }

  /** When the trouble is over: nothing hangs on, nothing was done twice, and calls succeed again. */
  async #recovers(clients: readonly Client<typeof Shop>[]): Promise<void> {
    await this.#fixture.sleep(5000);
    for (const [i, client] of clients.entries()) expect(await client.wait(`after-${i}`)).to.equal(`after-${i}`);
    for (const [key, most, message] of this.#never) {
      expect(this.#executed.get(key) ?? 0, `${key}: ${message}`).to.be.at.most(most);
    }
    for (const link of this.#network.links) expect(link.pending, "calls left behind").to.equal(0);
    expect(this.#openStreams, "streams left open at the servers").to.equal(0);
  }
}
