import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { WebSocket as NodeWebSocket, WebSocketServer } from "ws";
import { json } from "../../codecs/json/index.ts";
import { defineService, implement, rpc, serve, t } from "../../index.ts";
import { ws } from "../../transports/ws/index.ts";
import { webSocket } from "../../transports/ws/web.ts";
import { connect } from "../../web.ts";
import { realFixture, refused } from "./suite/fixture.ts";
import { transportSuite } from "./suite.ts";

const Plain = defineService("web.Plain", {}, { length: rpc({ params: [t.bytes], returns: t.int32 }) });
const plain = () => implement(Plain, { length: async ({ length }) => length });

/** The library's has the face of a browser's, but for errors that nobody listens for. */
class BrowserSocket extends NodeWebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol);
    this.on("error", () => {});
  }
}

describe("transport ws of a browser", () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "WebSocket");
  before(() => Object.defineProperty(globalThis, "WebSocket", { value: BrowserSocket, configurable: true }));
  after(() => {
    if (own === undefined) Reflect.deleteProperty(globalThis, "WebSocket");
    else Object.defineProperty(globalThis, "WebSocket", own);
  });

  transportSuite(
    (limits) =>
      realFixture({
        listen: () => "ws://127.0.0.1:0",
        transports: (side) => [(side === "server" ? ws : webSocket)({ backoff: { firstMs: 5 }, limits })],
      }),
    { bytes: true },
  );

  it("is what trunkline/web connects by, with one codec", async () => {
    await using server = await serve({ services: [plain()], listen: ["ws://127.0.0.1:0"] });
    await using client = await connect({ endpoints: server.endpoints, codec: json() });
    const proxy = await client.refer(Plain);
    for (const length of [0, 65_536, 200_000]) expect(await proxy.length(new Uint8Array(length))).to.equal(length);
    await refused(proxy.length.with({ codec: "msgpack" })(new Uint8Array()), "INVALID_ARGUMENT", /known are json$/);
  });

  it("says what is wrong with options, addresses and servers", async () => {
    const failure = (options: object): Promise<unknown> =>
      connect({ endpoints: ["ws://127.0.0.1:1"], codec: json(), onError: () => {}, ...options }).then(
        (client) => client.refer(Plain).finally(() => client.close()),
        ({ message }: Error) => message,
      );
    expect(await failure({ endpoints: [] })).to.equal(
      "connect: endpoints is empty; name at least one, like wss://shop.example/rpc",
    );
    expect(await failure({ codec: undefined })).to.equal(
      "connect: codec: give one by import, as in json() of trunkline/codecs/json",
    );
    expect(await failure({ endpoints: ["tcp://a:1"] })).to.equal(
      "tcp://a:1: no transport for this URL; known are ws://, wss://",
    );
    await refused(failure({}), "UNAVAILABLE", /it was refused, or nobody answered; the browser's console may say more/);
    await refused(webSocket().listen("ws://a", {} as never), "UNIMPLEMENTED", /a browser cannot listen/);
  });

  it("ends where the other end sends text, and says how it was closed", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    const endpoints = [`ws://127.0.0.1:${(server.address() as AddressInfo).port}`];
    const refer = async () => {
      await using client = await connect({ endpoints, codec: json(), onError: () => {} });
      return await client.refer(Plain);
    };
    server.once("connection", (socket) => socket.send("welcome"));
    await refused(refer(), "UNAVAILABLE", /a message of text came/);
    server.once("connection", (socket) => socket.close(1013, "later"));
    await refused(refer(), "UNAVAILABLE", /the connection was closed \(1013, later\)/);
    for (const socket of server.clients) socket.terminate();
    server.close();
    await once(server, "close");
  });
});
