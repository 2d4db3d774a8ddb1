import { expect } from "chai";
import { json } from "../../codecs/json/index.ts";
import { connect, defineService, implement, rpc, serve, stream, t } from "../../index.ts";
import { http } from "../../transports/http/index.ts";
import { upgradeListener, ws } from "../../transports/ws/index.ts";
import { connect as connectPage } from "../../web.ts";
import { makeCertificates } from "./certificates.ts";
import { refused } from "./suite/fixture.ts";

const Both = defineService("test.Both", {}, { who: rpc({ returns: t.string }), ticks: stream({ yields: t.int32 }) });
const both = () =>
  implement(Both, {
    who: async ({ peer }) => peer.address.replace(/:\/\/.*/, ""),
    ticks: async function* ({ signal }) {
      for (let i = 0; !signal.aborted; i++) {
        yield i;
        await new Promise(setImmediate);
      }
    },
  });

describe("http and WebSockets on one port", () => {
  it("are told apart by what is asked for", async () => {
    const transports = [http({ upgrade: upgradeListener })];
    await using server = await serve({ services: [both()], listen: ["http://127.0.0.1:0"], transports });
    const [url = ""] = server.endpoints;
    const page = await connectPage({ endpoints: [url], codec: json() });
    expect(await (await page.refer(Both)).who()).to.equal("http");
    await using socket = await connect({ endpoints: [url.replace("http", "ws")] });
    expect(await (await socket.refer(Both)).who()).to.equal("ws");
  });

  it("over TLS, too, with the options of both", async () => {
    const { ca, server: own } = makeCertificates();
    const upgrade = (handler: Parameters<typeof upgradeListener>[0]) => upgradeListener(handler, { path: "/rpc" });
    const transports = [http({ tls: own, upgrade })];
    await using server = await serve({ services: [both()], listen: ["https://127.0.0.1:0"], transports });
    const url = `${String(server.endpoints[0]).replace("https", "wss")}/rpc`;
    await using socket = await connect({ endpoints: [url], transports: [ws({ tls: { ca } })] });
    expect(await (await socket.refer(Both)).who()).to.equal("wss");
  });

  it("end together: connections drain, and are cut when the time is over", async () => {
    const transports = [http({ upgrade: upgradeListener })];
    const listen = ["http://127.0.0.1:0"];
    const server = await serve({ services: [both()], listen, transports, drainMs: 100, onError: () => {} });
    await using socket = await connect({ endpoints: [String(server.endpoints[0]).replace("http", "ws")] });
    const proxy = await socket.refer(Both);
    const ticks = proxy.ticks()[Symbol.asyncIterator]();
    await ticks.next();
    const closed = server.close();
    await refused(
      (async () => {
        for (;;) await ticks.next();
      })(),
      "UNAVAILABLE",
    );
    await closed;
  });

  it("are not both there unless that is asked for", async () => {
    await using server = await serve({ services: [both()], listen: ["http://127.0.0.1:0"], onError: () => {} });
    await using socket = await connect({ endpoints: [String(server.endpoints[0]).replace("http", "ws")] });
    await refused(socket.refer(Both), "UNAVAILABLE", /it answered 4\d\d/);
  });
});
