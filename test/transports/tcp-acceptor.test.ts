import { once } from "node:events";
import { type AddressInfo, connect as connectSocket, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { expect } from "chai";
import { connect, createHandler, defineService, implement, RpcError, rpc, t } from "../../index.ts";
import { socketListener, tcp } from "../../transports/tcp/index.ts";
import { makeCertificates } from "./certificates.ts";

const Who = defineService("test.AcceptedWho", {}, { who: rpc({ returns: t.string }) });
const who = () =>
  implement(Who, { who: async ({ peer }) => `${peer.address} ${(peer.identity as { CN?: string } | undefined)?.CN}` });

describe("sockets of somebody else's server", () => {
  it("may speak TLS, with the identity of the client's certificate", async () => {
    const { ca, server: own, client: clients } = makeCertificates();
    await using handler = await createHandler({ services: [who()] });
    const accept = await socketListener(handler);
    const server = createTlsServer({ ...own, ca, requestCert: true }, accept).listen(0, "127.0.0.1");
    await once(server, "listening");
    {
      const url = `tls://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const tls = { ...clients, ca };
      await using client = await connect({ endpoints: [url], transports: [tcp({ tls })] });
      expect(await (await client.refer(Who)).who()).to.match(/^tls:\/\/127\.0\.0\.1:\d+ client\.test$/);
    }
    server.close();
    await once(server, "close");
  });

  it("are refused beyond maxConnections, and onError is told", async () => {
    const told: unknown[] = [];
    await using handler = await createHandler({ services: [who()], onError: (error) => told.push(error) });
    const server = createServer(await socketListener(handler, { limits: { maxConnections: 1 } })).listen(
      0,
      "127.0.0.1",
    );
    await once(server, "listening");
    {
      const endpoints = [`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`];
      await using first = await connect({ endpoints });
      await (await first.refer(Who)).who();
      await using second = await connect({ endpoints });
      const refused = await second.refer(Who).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(RpcError).and.include({ code: "UNAVAILABLE" });
      expect(String(told[0])).to.match(/was refused: maxConnections \(1\) are open/);
      expect(await (await first.refer(Who)).who()).to.match(/^tcp:/);
    }
    server.close();
    await once(server, "close");
  });

  it("that stay open do not hold up the handler's end", async () => {
    const handler = await createHandler({ services: [who()], drainMs: 50 });
    const server = createServer(await socketListener(handler)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const silent = connectSocket({ port, host: "127.0.0.1" });
    silent.on("error", () => {});
    await once(server, "connection");
    const ended = once(silent, "close");
    await handler.close();
    await ended;
    server.close();
    await once(server, "close");
  });
});
