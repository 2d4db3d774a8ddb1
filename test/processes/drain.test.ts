import { expect } from "chai";
import { connect } from "../../index.ts";
import { killProviders, startProvider } from "./child.ts";
import { Ledger } from "./contract.ts";
import { doubled, load } from "./load.ts";

const COUNT = 2000;
const CONCURRENCY = 40;

describe("processes: close under load", function () {
  this.timeout(30_000);
  afterEach(killProviders);

  it("loses no call where another provider takes over", async () => {
    const [leaving, staying] = await Promise.all([startProvider(), startProvider()]);
    await using client = await connect({ endpoints: [leaving.endpoint, staying.endpoint] });
    const ledger = await client.refer(Ledger);
    let exit: Promise<number | null> | undefined;
    const outcomes = await load((id) => ledger.add(id), {
      count: COUNT,
      concurrency: CONCURRENCY,
      onDone: (done) => {
        if (done >= COUNT / 4) exit ??= leaving.close();
      },
    });
    expect(outcomes.done).to.have.length(COUNT);
    expect(await exit).to.equal(0);
    const journals = [...leaving.journal(), ...staying.journal()];
    expect(doubled(journals)).to.deep.equal([]);
    expect(journals).to.have.length(COUNT);
    expect(leaving.journal()).to.have.length.above(50);
  });

  it("answers every call that it took, and refuses the others unexecuted, where it was the only one", async () => {
    const only = await startProvider();
    await using client = await connect({ endpoints: [only.endpoint], failFast: true });
    const ledger = await client.refer(Ledger);
    let exit: Promise<number | null> | undefined;
    let gone = false;
    const outcomes = await load((id) => ledger.add(id), {
      count: 1_000_000,
      concurrency: CONCURRENCY,
      onDone: (done) => {
        if (done < 300 || exit) return;
        exit = only.close();
        void exit.then(() => {
          gone = true;
        });
      },
      stop: () => gone,
    });
    expect(await exit).to.equal(0);
    const journal = only.journal();
    expect(outcomes.odd).to.deep.equal([]);
    expect(outcomes.unknown).to.deep.equal([]);
    expect(doubled(journal)).to.deep.equal([]);
    expect([...outcomes.done].sort()).to.deep.equal([...journal].sort());
    expect(outcomes.refused.length).to.be.above(0);
  });
});
