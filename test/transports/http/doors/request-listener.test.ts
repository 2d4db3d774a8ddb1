import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createHttp2Server, createSecureServer, type Http2Server } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { expect } from "chai";
import { requestListener } from "../../../../transports/http/index.ts";
import { makeCertificates } from "../../certificates.ts";
import { clientOf } from "../rest/library.ts";
import { callAll, kindsHandler } from "./stock.ts";

type Handler = Awaited<ReturnType<typeof kindsHandler>>;

/** Listens on a free port; resolves to it. */
async function portOf(server: Server | Http2Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const closed = (server: Server | Http2Server) => new Promise<void>((resolve) => void server.close(() => resolve()));

describe("transports/http: requestListener", () => {
  let handler: Handler;
  beforeEach(async () => {
    handler = await kindsHandler();
  });
  afterEach(() => handler.close());

  it("serves every protocol in a server of node:http", async () => {
    const server = createServer({ keepAlive: false }, await requestListener(handler));
    const port = await portOf(server);
    const baseUrl = `http://127.0.0.1:${port}`;
    const nodeOptions = { agent: false } as const;
    for (const useBinaryFormat of [true, false]) {
      const options = { baseUrl, httpVersion: "1.1", nodeOptions, useBinaryFormat } as const;
      await callAll(createConnectTransport({ ...options, useHttpGet: true }), { uploads: true });
      await callAll(createGrpcWebTransport(options), { uploads: true });
    }
    const client = clientOf(baseUrl, async () => {});
    expect((await client.json("REPORT", "/v1")).json).to.deep.equal({ result: "all is well" });
    expect((await client.json("PUT", "/v1/nowhere")).status).to.equal(404);
    await closed(server);
  });

  it("serves every protocol in a server of node:https", async () => {
    const { server: keys, ca } = makeCertificates();
    const server = createTlsServer(keys, await requestListener(handler));
    const port = await portOf(server);
    const transport = createConnectTransport({
      baseUrl: `https://localhost:${port}`,
      httpVersion: "1.1",
      nodeOptions: { ca, agent: false },
    });
    await callAll(transport, { uploads: true });
    await closed(server);
  });

  for (const secure of [false, true]) {
    it(`serves every protocol in a ${secure ? "secure " : ""}server of node:http2`, async () => {
      const { server: keys, ca } = makeCertificates();
      const listener = await requestListener(handler);
      const server = secure ? createSecureServer(keys, listener) : createHttp2Server(listener);
      const port = await portOf(server);
      const baseUrl = `http${secure ? "s" : ""}://localhost:${port}`;
      const sessionManager = new Http2SessionManager(baseUrl, { idleConnectionTimeoutMs: 50 }, secure ? { ca } : {});
      const options = { baseUrl, sessionManager, httpVersion: "2" } as const;
      await callAll(createConnectTransport(options), { uploads: true });
      await callAll(createGrpcWebTransport(options), { uploads: true });
      await callAll(createGrpcTransport(options), { uploads: true });
      sessionManager.abort();
      await closed(server);
    });
  }

  it("is mounted under a prefix", async () => {
    const server = createServer({ keepAlive: false }, await requestListener(handler, { prefix: "/api" }));
    const client = clientOf(`http://127.0.0.1:${await portOf(server)}`, () => closed(server));
    expect((await client.json("REPORT", "/api/v1?a=1")).status).to.equal(400);
    expect((await client.json("REPORT", "/api/v1")).json).to.deep.equal({ result: "all is well" });
    expect((await client.json("REPORT", "/v1")).status).to.equal(404);
    await client[Symbol.asyncDispose]();
    const wrong = await requestListener(handler, { prefix: "api/" }).catch((error: unknown) => error);
    expect(wrong).to.be.instanceOf(TypeError).with.property("message").that.includes("requestListener: prefix");
  });

  it("cuts what is under way when its handler is destroyed", async () => {
    const server = createServer({ keepAlive: false }, await requestListener(handler));
    const client = clientOf(`http://127.0.0.1:${await portOf(server)}`, () => closed(server));
    const { body } = await client.ask("GET", "/v1/shelves/endless/feed?count=1");
    handler.destroy();
    const [error] = (await once(body.resume(), "error")) as [NodeJS.ErrnoException];
    expect(error.code).to.equal("ECONNRESET");
    await client[Symbol.asyncDispose]();
  });

  it("ends with its handler, which leaves the server alone", async () => {
    const server = createServer({ keepAlive: false }, await requestListener(handler));
    const client = clientOf(`http://127.0.0.1:${await portOf(server)}`, () => closed(server));
    await handler.close();
    const late = await client.json("REPORT", "/v1");
    expect([late.status, late.json]).to.deep.equal([
      503,
      { code: "unavailable", message: "the handler of these requests was closed" },
    ]);
    await client[Symbol.asyncDispose]();
  });
});
