import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { expect } from "chai";
import { connect } from "../../index.ts";
import { frameOf, hello, u16, u32 } from "../core/wire/frames.ts";
import { killProviders, type Provider, startProvider, until } from "./child.ts";
import { Ledger } from "./contract.ts";

const MIB = 1024 * 1024;
const names = Ledger.operations.map(({ name }) => name);

/** A client by hand that asks and never reads. */
async function deaf(provider: Provider): Promise<Socket> {
  const socket = connectTcp({ port: provider.port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  const answered = once(socket, "data");
  socket.write(hello({ window: 0x7fffffff }));
  await answered;
  socket.pause();
  const { version, group, fingerprint } = Ledger;
  const bind = { service: "proc.Ledger", version, group, codec: "json", fingerprint, operations: names };
  socket.write(frameOf("BIND", 0, u16(0), u16(0), bind));
  return socket;
}

describe("processes: a client that never reads", function () {
  this.timeout(30_000);
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await killProviders();
  });

  it("gets no more than a bounded part of what it asks for, and others are served", async () => {
    const provider = await startProvider({ limits: { maxQueuedBytes: 16 * MIB } });
    await using client = await connect({ endpoints: [provider.endpoint] });
    const ledger = await client.refer(Ledger);
    await ledger.add("warm");
    const before = await provider.measure();

    const calls = await deaf(provider);
    const streams = await deaf(provider);
    sockets.push(calls, streams);
    // 60,000 requests of 40 bytes for 100 kB each: 6 GB, if the server let itself be used.
    for (let callId = 0; callId < 60_000; callId++) {
      calls.write(frameOf("CALL", 0, u16(names.indexOf("give")), u32(callId), u32(0), u32(0), { length: 75_000 }));
    }
    for (let callId = 0; callId < 100; callId++) {
      streams.write(frameOf("CALL", 4, u16(names.indexOf("feed")), u32(callId), u32(0), u32(0), { length: 75_000 }));
      streams.write(frameOf("CREDIT", 0, u32(callId), u32(0xffffffff)));
    }
    // The server has done all that it will when its memory rests while others are served.
    let last = 0;
    let peak = 0;
    await until("the server to come to rest", async () => {
      for (let i = 0; i < 20; i++) await ledger.put(`other-${i}`);
      const { bytes } = await provider.measure();
      const resting = Math.abs(bytes - last) < MIB;
      last = bytes;
      peak = Math.max(peak, bytes);
      return resting;
    });
    expect(peak - before.bytes).to.be.below(250 * MIB);
  });
});
