import { expect } from "chai";
import { chaos } from "./chaos.ts";
import { Network } from "./network.ts";
import { shop } from "./suite/contract.ts";
import { simulatedFixture } from "./suite/fixture.ts";
import { transportSuite } from "./suite.ts";

/** Set to one seed to see a failure again. */
const only = process.env["SEED"];

describe("transport simulated", () => {
  let seed = 0;
  transportSuite((limits) => simulatedFixture(new Network({ seed: ++seed, limits })), { bytes: true });
});

describe("transport simulated, after an outage of 20 seconds", () => {
  const OUTAGE_MS = 20_000;

  async function outage(waits: boolean): Promise<{ tookMs: number; dials: number; holds: number[] }> {
    const network = new Network({ seed: 7 });
    const fixture = simulatedFixture(network);
    const { shop: proxy, server, url } = await fixture.pair(shop(), { connect: { timeoutMs: 60_000 } });
    const holds = [network.time.holds];
    server.destroy();
    await fixture.sleep(100);
    const before = network.dials;
    const early = waits ? Array.from({ length: 1000 }, () => proxy.wait("k")) : [];
    await fixture.sleep(OUTAGE_MS);
    holds.push(network.time.holds);
    const back = network.time.now;
    await fixture.serve({ services: [shop()], listen: [url] });
    await Promise.all([...early, ...Array.from({ length: 1000 }, () => proxy.wait("k"))]);
    const tookMs = network.time.now - back;
    holds.push(network.time.holds);
    await fixture.dispose();
    return { tookMs, dials: network.dials - before, holds };
  }

  it("brings those that waited back at once, having tried a few times a second", async () => {
    const { tookMs, dials, holds } = await outage(true);
    expect(tookMs).to.be.below(500);
    expect(dials).to.be.within(OUTAGE_MS / 400, OUTAGE_MS / 150);
    expect(holds, "while calls wait, and then only, the process is kept alive").to.deep.equal([0, 1, 0]);
  });

  it("comes back at once for a call that is made then, having tried seldom", async () => {
    const { tookMs, dials, holds } = await outage(false);
    expect(tookMs).to.be.below(500);
    expect(dials).to.be.within(4, 14);
    expect(holds).to.deep.equal([0, 0, 0]);
  });
});

describe("transport simulated, under faults", () => {
  const seeds = only === undefined ? Array.from({ length: 300 }, (_, i) => i + 1) : [Number(only)];
  for (let from = 0; from < seeds.length; from += 50) {
    const batch = seeds.slice(from, from + 50);
    it(`keeps its promises for seeds ${batch[0]} to ${batch.at(-1)}`, async () => {
      for (const one of batch) {
        await chaos(one).catch((error: unknown) => {
          throw new Error(`seed ${one}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        });
      }
    });
  }
});
