import type { NetworkInterfaceInfo } from "node:os";
import { expect } from "chai";
import { connect, defineService, implement, rpc, serve, t } from "../index.ts";
import { hostAddress, reachable } from "../platform-node.ts";
import { memoryRegistry } from "../registry/memory.ts";

function address(text: string, internal = false): NetworkInterfaceInfo {
  const rest = { address: text, netmask: "", mac: "", internal, cidr: null };
  return text.includes(":") ? { ...rest, family: "IPv6", scopeid: 0 } : { ...rest, family: "IPv4" };
}

describe("the address of this machine", () => {
  it("is the first that others can reach", () => {
    const lo = [address("127.0.0.1", true), address("::1", true)];
    const local = [address("fe80::1"), address("169.254.7.7")];
    expect(hostAddress({ lo, eth0: [...local, address("2001:db8::7"), address("10.0.0.7")] })).to.equal("10.0.0.7");
    expect(hostAddress({ lo, eth0: [...local, address("2001:db8::7")] })).to.equal("[2001:db8::7]");
    expect(hostAddress({ lo, eth0: local, eth1: undefined })).to.equal("127.0.0.1");
  });

  it("stands in a URL only for every address", () => {
    const own = reachable("tcp://0.0.0.0:20880");
    expect(own).to.match(/^tcp:\/\/(?!0\.0\.0\.0)[^/]+:20880$/);
    expect(reachable("tls://[::]:20880")).to.equal(own.replace("tcp:", "tls:"));
    for (const url of [
      "tcp://127.0.0.1:1",
      "tcp://0.0.0.0.example:1",
      "unix:///0.0.0.0",
      "memory://a",
      "tcp://[::1]:1",
    ])
      expect(reachable(url)).to.equal(url);
  });

  it("is registered where a server listens on every address and advertises none", async () => {
    const Who = defineService("test.Reachable", {}, { who: rpc({ returns: t.string }) });
    const services = [implement(Who, { who: async () => "here" })];
    const registry = memoryRegistry();
    await using server = await serve({ services, listen: ["tcp://0.0.0.0:0"], registry });
    const told: (readonly string[])[] = [];
    await registry.watch(
      { service: "test.Reachable", version: "1.0.0", group: "" },
      {
        onInstances: ({ instances }) => told.push(...instances.map(({ endpoints }) => endpoints)),
        onError: (error) => expect.fail(error.message),
      },
    );
    expect(told).to.deep.equal([[reachable(server.endpoints[0] as string)]]);
    await using client = await connect({ registry });
    expect(await (await client.refer(Who)).who()).to.equal("here");
    expect(server.endpoints[0]).to.contain("0.0.0.0");
  });
});
