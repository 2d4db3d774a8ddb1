import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { expect } from "chai";
import { connect } from "../../index.ts";
import { hello } from "../core/wire/frames.ts";
import { killProviders, type Provider, startProvider, until } from "./child.ts";
import { Ledger } from "./contract.ts";

const BATCH = 50;

/** A connection that ends in one of the ways in which connections end. */
async function visit(provider: Provider, way: number): Promise<void> {
  if (way % 5 < 2) {
    const client = await connect({ endpoints: [provider.endpoint] });
    const ledger = await client.refer(Ledger);
    if (way % 5 === 0) {
      await ledger.put("x");
      await client.close();
    } else {
      const pending = ledger.hang("x").catch(() => {});
      client.destroy();
      await pending;
    }
    return;
  }
  const socket = connectTcp({ port: provider.port, host: "127.0.0.1" });
  await once(socket, "connect");
  if (way % 5 === 3) socket.write(hello().subarray(0, 7));
  if (way % 5 === 4) socket.write("GET / HTTP/1.1\r\n\r\n");
  const closed = once(socket, "close");
  if (way % 5 === 4) socket.resume();
  else socket.destroy();
  await closed;
}

describe("processes: 1,000 rapid connects and disconnects", function () {
  this.timeout(30_000);
  afterEach(killProviders);

  it("leave no descriptor, socket or session on either side", async () => {
    const provider = await startProvider();
    await visit(provider, 0);
    const own = readdirSync("/proc/self/fd").length;
    let theirs = 0;
    await until("the first visit to be over", async () => {
      const { descriptors } = await provider.measure();
      const resting = descriptors === theirs;
      theirs = descriptors;
      return resting;
    });
    const before = await provider.measure();
    for (let i = 0; i < 1000; i += BATCH) {
      await Promise.all(Array.from({ length: BATCH }, (_, k) => visit(provider, i + k)));
    }
    await until("the descriptors to be free again", async () => {
      return (await provider.measure()).descriptors <= before.descriptors && readdirSync("/proc/self/fd").length <= own;
    });
    expect((await provider.measure()).bytes - before.bytes).to.be.below(100 * 1024 * 1024);
    // A session that was left behind would hold `close` up for as long as the server drains.
    const began = performance.now();
    expect(await provider.close()).to.equal(0);
    expect(performance.now() - began).to.be.below(3000);
  });
});
