import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { connect, type Future, type RpcError } from "../../index.ts";
import { killProviders, startProvider } from "./child.ts";
import { Ledger } from "./contract.ts";

const STALL_MS = 2000;

describe("processes: a server that stood still", function () {
  this.timeout(60_000);
  afterEach(killProviders);

  it("runs neither what has expired nor what was cancelled meanwhile, and everything else", async () => {
    const provider = await startProvider();
    await using client = await connect({ endpoints: [provider.endpoint] });
    const ledger = await client.refer(Ledger);
    await ledger.put("first");
    provider.process.kill("SIGSTOP");

    const short = ledger.put.with({ timeoutMs: 300 });
    const long = ledger.put.with({ timeoutMs: 30_000 });
    const gone: PromiseLike<unknown>[] = [];
    const kept: PromiseLike<unknown>[] = [];
    const given: Future<string>[] = [];
    for (let i = 0; i < 1000; i++) {
      given.push(long.future(`cancelled ${i}`));
      gone.push(short(`short ${i}`), given[i] as Future<string>);
      if (i % 10 === 0) kept.push(long(`long ${i}`));
    }
    const ended = Promise.allSettled(gone);
    await sleep(STALL_MS / 2);
    for (const future of given) future.cancel();
    await sleep(STALL_MS / 2);
    // Its time is less than the server stood still, but more than it was on its way.
    kept.push(ledger.put.with({ timeoutMs: STALL_MS - 200 })("fresh"));
    await new Promise((resolve) => setImmediate(resolve));
    provider.process.kill("SIGCONT");

    await Promise.all(kept);
    for (const outcome of await ended) {
      expect(outcome.status).to.equal("rejected");
      const { code } = (outcome as PromiseRejectedResult).reason as RpcError;
      expect(code).to.be.oneOf(["DEADLINE_EXCEEDED", "CANCELLED"]);
    }
    // Whatever it began for them has been written by the time that it is closed.
    await client.close();
    await provider.close();
    const journal = provider.journal();
    const begun = (what: string): number => journal.filter((id) => id.startsWith(what)).length;
    expect({
      short: begun("short"),
      cancelled: begun("cancelled"),
      long: begun("long"),
      fresh: begun("fresh"),
    }).to.deep.equal({ short: 0, cancelled: 0, long: 100, fresh: 1 });
  });
});
