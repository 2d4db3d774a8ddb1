import { chaos } from "./chaos.ts";
import { Network } from "./network.ts";
import { simulatedFixture } from "./suite/fixture.ts";
import { transportSuite } from "./suite.ts";

/** Set to one seed to see a failure again. */
const only = process.env["SEED"];

describe("transport simulated", () => {
  let seed = 0;
  transportSuite((limits) => simulatedFixture(new Network({ seed: ++seed, limits })), { bytes: true });
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
