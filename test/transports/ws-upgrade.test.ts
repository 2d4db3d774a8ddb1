import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect as connectSocket } from "node:net";
import { expect } from "chai";
import { connect, createHandler, defineService, implement, type RpcHandler, rpc, serve, t } from "../../index.ts";
import { type UpgradeOptions, upgradeListener, ws } from "../../transports/ws/index.ts";
import { makeCertificates } from "./certificates.ts";
import { refused } from "./suite/fixture.ts";

const Who = defineService("test.UpgradedWho", {}, { who: rpc({ returns: t.string }) });
const who = () => implement(Who, { who: async ({ peer }) => peer.address });
const key = { "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
const asked = { connection: "Upgrade", upgrade: "websocket", ...key, "sec-websocket-protocol": "trunkline" };

/** Asks for a WebSocket as a browser would: the status of the answer, and what it says. */
async function ask(port: number, headers: Record<string, string> = {}, path = "/"): Promise<[number, string]> {
  const asking = request({ port, host: "127.0.0.1", path, agent: false, headers: { ...asked, ...headers } });
  asking.end();
  return new Promise((resolve, reject) => {
    asking.on("error", reject);
    asking.on("upgrade", (answer, socket) => {
      socket.destroy();
      resolve([101, String(answer.headers["sec-websocket-protocol"])]);
    });
    asking.on("response", async (answer) => {
      let text = "";
      for await (const part of answer) text += String(part);
      resolve([answer.statusCode ?? 0, text]);
    });
  });
}

describe("WebSockets of somebody else's server", () => {
  let server: Server | undefined;
  let handler: RpcHandler | undefined;
  const errors: unknown[] = [];
  afterEach(async () => {
    await handler?.close();
    server?.close();
    server?.closeAllConnections();
    if (server) await once(server, "close");
    handler = server = undefined;
    errors.length = 0;
  });

  async function start(options?: UpgradeOptions): Promise<number> {
    handler = await createHandler({ services: [who()], onError: (error) => errors.push((error as Error).message) });
    server = createServer((_: IncomingMessage, response) => response.end("a page"));
    server.on("upgrade", await upgradeListener(handler, options));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }
  const call = async (url: string, options = {}): Promise<string> => {
    await using client = await connect({ endpoints: [url], transports: [ws(options)] });
    return (await client.refer(Who)).who();
  };

  it("are served beside its pages", async () => {
    const port = await start();
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).to.equal("a page");
    expect(await call(`ws://127.0.0.1:${port}`)).to.match(/^ws:\/\/127\.0\.0\.1:\d+$/);
    expect(await call(`ws://127.0.0.1:${port}/any/where`, { headers: { cookie: "a=b" } })).to.match(/^ws:/);
  });

  it("are told by TLS, too", async () => {
    const { ca, server: own } = makeCertificates();
    handler = await createHandler({ services: [who()] });
    server = createSecureServer(own).on("upgrade", await upgradeListener(handler)) as unknown as Server;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await call(`wss://127.0.0.1:${port}`, { tls: { ca } })).to.match(/^wss:\/\/127/);
  });

  it("are taken at one path, and left to others elsewhere", async () => {
    const port = await start({ path: "/rpc" });
    const others: string[] = [];
    server?.on("upgrade", ({ url }, socket) => {
      if (url === "/rpc") return;
      others.push(String(url));
      socket.end("HTTP/1.1 418 Other\r\ncontent-length: 0\r\n\r\n");
    });
    expect(await call(`ws://127.0.0.1:${port}/rpc`)).to.match(/^ws:/);
    expect(await ask(port, {}, "/chat?room=1")).to.deep.equal([418, ""]);
    expect(others).to.deep.equal(["/chat?room=1"]);
    expect((await ask(port, {}, "/rpc?token=x"))[0]).to.equal(101);
  });

  it("are refused to pages of other origins, by default", async () => {
    const port = await start();
    const own = `127.0.0.1:${port}`;
    expect(await ask(port)).to.deep.equal([101, "trunkline"]);
    expect(await ask(port, { origin: `http://${own}` })).to.deep.equal([101, "trunkline"]);
    // A proxy may end TLS, and leaves out the port that https has anyway.
    expect((await ask(port, { origin: "https://shop.example", host: "shop.example" }))[0]).to.equal(101);
    expect((await ask(port, { origin: "https://shop.example", host: "shop.example:443" }))[0]).to.equal(101);
    const reason = (origin: string): string =>
      `the origin ${JSON.stringify(origin)} may not connect; the server may allow it by the option origins`;
    const foreign = [
      "https://evil.example",
      `http://127.0.0.1:${port + 1}`,
      "null",
      "",
      `http://${own}.evil.example`,
      "%",
    ];
    for (const origin of foreign) expect(await ask(port, { origin })).to.deep.equal([403, reason(origin)]);
    expect(errors[0]).to.match(/^a connection from ws:\/\/127\.0\.0\.1:\d+ was refused: the origin "https:\/\/evil/);
  });

  it("are open to the origins that are named, and to no other", async () => {
    const port = await start({ origins: ["https://shop.example", "null"] });
    expect((await ask(port, { origin: "https://shop.example" }))[0]).to.equal(101);
    expect((await ask(port, { origin: "null" }))[0]).to.equal(101);
    for (const origin of ["http://shop.example", "https://shop.example:8443", `http://127.0.0.1:${port}`])
      expect((await ask(port, { origin }))[0], origin).to.equal(403);
  });

  it("are open to all origins by *", async () => {
    const port = await start({ origins: ["*"] });
    expect((await ask(port, { origin: "https://any.example" }))[0]).to.equal(101);
  });

  it("over TLS are not open to a page that came without", async () => {
    const { ca, server: own } = makeCertificates();
    await using secure = await serve({
      services: [who()],
      listen: ["wss://127.0.0.1:0"],
      transports: [ws({ tls: own })],
      onError: () => {},
    });
    const url = String(secure.endpoints[0]);
    const from = (origin: string) => call(url, { tls: { ca }, headers: { origin } });
    expect(await from(url.replace("wss:", "https:"))).to.match(/^wss:/);
    await refused(from(url.replace("wss:", "http:")), "UNAVAILABLE", /it answered 403: the origin "http:/);
  });

  it("must ask for the protocol, rightly", async () => {
    const port = await start();
    const reason = "Trunkline's protocol is spoken here: ask for the subprotocol trunkline";
    for (const offered of ["chat", "", "trunkline.v9", "a, b"])
      expect(await ask(port, { "sec-websocket-protocol": offered })).to.deep.equal([400, reason]);
    expect(await ask(port, { "sec-websocket-protocol": "chat, trunkline" })).to.deep.equal([101, "trunkline"]);
    expect((await ask(port, { "sec-websocket-key": "short" }))[0]).to.equal(400);
    expect((await ask(port, { "sec-websocket-version": "7" }))[0]).to.equal(400);
    expect((await ask(port, { upgrade: "h2c" }))[0]).to.equal(400);
    expect((await ask(port, { "sec-websocket-protocol": "trunkline, trunkline" }))[0]).to.equal(400);
  });

  it("are refused beyond maxConnections, and onError is told", async () => {
    const port = await start({ limits: { maxConnections: 1 } });
    const url = `ws://127.0.0.1:${port}`;
    await using first = await connect({ endpoints: [url] });
    const proxy = await first.refer(Who);
    await refused(call(url), "UNAVAILABLE", /it answered 503: too many connections are open/);
    expect(errors[0]).to.match(/was refused: maxConnections \(1\) are open$/);
    expect(await proxy.who()).to.match(/^ws:/);
  });

  it("end with the handler, and the server goes on", async () => {
    const port = await start();
    const silent = connectSocket({ port, host: "127.0.0.1" });
    silent.on("error", () => {});
    const lines = Object.entries({ host: "a", ...asked }).map(([name, value]) => `${name}: ${value}`);
    silent.write(`GET / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    await once(silent, "data");
    const ended = once(silent, "close");
    await handler?.close();
    handler?.destroy();
    await ended;
    await refused(call(`ws://127.0.0.1:${port}`, { backoff: { firstMs: 5 } }), "UNAVAILABLE");
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).to.equal("a page");
  });
});

describe("a listener of WebSockets", () => {
  const listening = (url: string, options = {}) =>
    serve({ services: [who()], listen: [url], transports: [ws(options)], onError: () => {} });

  it("has a path, or none", async () => {
    await using server = await listening("ws://127.0.0.1:0/rpc");
    const url = String(server.endpoints[0]);
    expect(url).to.match(/^ws:\/\/127\.0\.0\.1:[1-9]\d*\/rpc$/);
    await using client = await connect({ endpoints: [url] });
    expect(await (await client.refer(Who)).who()).to.match(/^ws:/);
    await using other = await connect({ endpoints: [url.replace("/rpc", "/other")] });
    await refused(other.refer(Who), "UNAVAILABLE", /it answered 404: WebSockets are taken at \/rpc/);
  });

  it("tells those who do not ask for one", async () => {
    await using server = await listening("ws://127.0.0.1:0");
    const answer = await fetch(String(server.endpoints[0]).replace("ws:", "http:"), { method: "POST", body: "{}" });
    expect([answer.status, answer.headers.get("upgrade")]).to.deep.equal([426, "websocket"]);
    expect(await answer.text()).to.equal("WebSockets are taken here, and nothing else.\n");
  });

  it("says that the address is in use, or wrong", async () => {
    await using server = await listening("ws://127.0.0.1:0");
    const again = await listening(String(server.endpoints[0])).catch((error: unknown) => error);
    expect(again).to.include({ code: "ALREADY_EXISTS" });
    for (const url of [
      "ws://",
      "ws://a b:1",
      "ws://u:p@127.0.0.1:0",
      "ws://127.0.0.1:0/?a=b",
      "wss://127.0.0.1:66666",
    ]) {
      const wrong = await listening(url).catch((error: unknown) => error);
      const scheme = url.startsWith("wss") ? "wss" : "ws";
      expect(wrong).to.include({ message: `${url}: expected ${scheme}://host:port, or with a path behind` });
    }
  });

  it("gives up on those who do not finish their request", async () => {
    await using server = await listening("ws://127.0.0.1:0", { limits: { handshakeTimeoutMs: 100 } });
    const { port } = new URL(String(server.endpoints[0]));
    for (const text of ["", "GET / HTTP/1.1\r\nhost: a\r\n"]) {
      const slow = connectSocket({ port: Number(port), host: "127.0.0.1" });
      slow.resume();
      slow.write(text);
      await once(slow, "close");
    }
  });

  it("takes no wrong options", () => {
    expect(() => ws({ origins: ["shop.example"] })).to.throw(
      TypeError,
      'ws: origins: expected origins, as in https://shop.example, or *, got "shop.example"',
    );
    expect(() => ws({ urls: ["http:"] })).to.throw(TypeError, "ws: urls: expected schemes or addresses, as in wss:");
    expect(() => ws({ origin: [] } as object)).to.throw(TypeError, "ws: unknown option origin; did you mean origins?");
  });
});
