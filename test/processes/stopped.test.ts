import { expect } from "chai";
import { connect, RpcError } from "../../index.ts";
import { tcp } from "../../transports/tcp/index.ts";
import { killProviders, startProvider } from "./child.ts";
import { Ledger } from "./contract.ts";

const MIB = 1024 * 1024;

describe("processes: a server that stops reading", function () {
  this.timeout(30_000);
  afterEach(killProviders);

  it("does not fill its caller: calls are refused, and go on when it reads again", async () => {
    const provider = await startProvider();
    await using client = await connect({
      endpoints: [provider.endpoint],
      transports: [tcp({ limits: { maxQueuedBytes: 4 * MIB } })],
    });
    const ledger = await client.refer(Ledger);
    await ledger.add("first");
    provider.process.kill("SIGSTOP");

    const bytes = new Uint8Array(64 * 1024);
    const taken: Promise<number>[] = [];
    const before = process.memoryUsage();
    let refusal: RpcError | undefined;
    let refused = 0;
    for (let i = 0; i < 2000; i++) {
      // One at a time, so that each may leave before the next comes.
      await new Promise((resolve) => setImmediate(resolve));
      const call = ledger.take(bytes);
      const error = await Promise.race([call.catch((thrown: unknown) => thrown), new Promise((r) => setImmediate(r))]);
      if (RpcError.is(error)) {
        refusal = error;
        refused++;
      } else taken.push(call);
    }
    expect(refused).to.be.above(1500);
    expect(refusal).to.include({ code: "RESOURCE_EXHAUSTED", retryable: true });
    expect(refusal?.message).to.contain("maxQueuedBytes");
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).to.be.below(16 * MIB);
    expect(after.rss - before.rss).to.be.below(100 * MIB);

    provider.process.kill("SIGCONT");
    for (const length of await Promise.all(taken)) expect(length).to.equal(bytes.length);
    expect(await ledger.take(bytes)).to.equal(bytes.length);
  });
});
