import { expect } from "chai";
import { connect } from "../../index.ts";
import { killProviders, type Provider, startProvider, until } from "./child.ts";
import { Ledger } from "./contract.ts";
import { doubled, load } from "./load.ts";

const COUNT = 2000;
const CONCURRENCY = 40;

describe("processes: kill -9 under load", function () {
  this.timeout(60_000);
  afterEach(killProviders);

  it("never doubles a call that is not idempotent, and says where the outcome is unknown", async () => {
    const [first, second] = await Promise.all([startProvider(), startProvider()]);
    await using client = await connect({ endpoints: [first.endpoint, second.endpoint] });
    const ledger = await client.refer(Ledger);
    let killed: Promise<void> | undefined;
    const outcomes = await load((id) => ledger.add(id), {
      count: COUNT,
      concurrency: CONCURRENCY,
      onDone: (done) => {
        if (done >= COUNT / 4) killed ??= first.kill();
      },
    });
    await killed;
    const journals = [...first.journal(), ...second.journal()];
    expect(first.journal()).to.have.length.above(50);
    expect(doubled(journals)).to.deep.equal([]);
    const executed = new Set(journals);
    expect(outcomes.done.filter((id) => !executed.has(id))).to.deep.equal([]);
    expect(outcomes.refused.filter((id) => executed.has(id))).to.deep.equal([]);
    expect(outcomes.odd).to.deep.equal([]);
    expect(outcomes.unknown).to.have.length.within(1, CONCURRENCY);
    expect(outcomes.done.length + outcomes.unknown.length + outcomes.refused.length).to.equal(COUNT);
  });

  it("loses no idempotent call while another provider lives", async () => {
    const [first, second] = await Promise.all([startProvider(), startProvider()]);
    await using client = await connect({ endpoints: [first.endpoint, second.endpoint] });
    const ledger = await client.refer(Ledger);
    let killed: Promise<void> | undefined;
    const outcomes = await load((id) => ledger.put(id), {
      count: COUNT,
      concurrency: CONCURRENCY,
      onDone: (done) => {
        if (done >= COUNT / 4) killed ??= first.kill();
      },
    });
    await killed;
    expect(outcomes.done).to.have.length(COUNT);
    const executed = new Set([...first.journal(), ...second.journal()]);
    expect(outcomes.done.filter((id) => !executed.has(id))).to.deep.equal([]);
  });

  it("is survived: a provider that comes back on the same port is called again, bound anew", async () => {
    const first = await startProvider();
    await using client = await connect({ endpoints: [first.endpoint] });
    const ledger = await client.refer(Ledger);
    expect(await ledger.add("before")).to.equal("before");
    const pending = ledger.hang("x").catch((error: unknown) => error);
    await first.kill();
    expect(await pending).to.include({ code: "UNAVAILABLE" });
    const refused = await ledger.add
      .with({ failFast: true })("between")
      .catch((error: unknown) => error);
    expect(refused).to.include({ code: "UNAVAILABLE", retryable: true });
    expect(String(refused)).to.contain(first.endpoint);

    const waiting = ledger.add("after");
    const again = await startProvider({ port: first.port });
    expect(await waiting).to.equal("after");
    expect(again.journal()).to.deep.equal(["after"]);
  });

  it("loses no idempotent call where the providers are killed and restarted in turn, or the only one is", async () => {
    for (const count of [1, 2]) {
      const providers = await Promise.all(Array.from({ length: count }, () => startProvider()));
      const all = [...providers];
      await using client = await connect({ endpoints: providers.map(({ endpoint }) => endpoint) });
      const ledger = await client.refer(Ledger);
      let over = false;
      const restarts = async (): Promise<void> => {
        for (const [i, provider] of providers.entries()) {
          await until(`calls before the kill of ${i}`, () => provider.journal().length > CONCURRENCY);
          await provider.kill();
          all.push(await startProvider({ port: provider.port }));
          await until(`calls after it`, () => (all.at(-1) as Provider).journal().length > CONCURRENCY);
        }
        over = true;
      };
      const restarting = restarts();
      const outcomes = await load((id) => ledger.put(id), { count: 1e6, concurrency: CONCURRENCY, stop: () => over });
      await restarting;
      const { done, unknown, refused, odd } = outcomes;
      expect([unknown, refused, odd]).to.deep.equal([[], [], []]);
      const executed = new Set(all.flatMap((provider) => provider.journal()));
      expect(done.filter((id) => !executed.has(id))).to.deep.equal([]);
      expect(done).to.have.length.above(CONCURRENCY);
    }
  });
});
