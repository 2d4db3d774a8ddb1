import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { WebSocket, WebSocketServer } from "ws";
import { connect, defineService, implement, type RpcServer, rpc, serve, t } from "../../index.ts";
import { ws } from "../../transports/ws/index.ts";
import { WebSocketPipe } from "../../transports/ws/pipe.ts";
import { hello } from "../core/wire/frames.ts";
import { refused } from "./suite/fixture.ts";

const Plain = defineService(
  "ws.Plain",
  {},
  { echo: rpc({ params: [t.string], returns: t.string }), length: rpc({ params: [t.bytes], returns: t.int32 }) },
);
const plain = implement(Plain, { echo: async (text) => text, length: async ({ length }) => length });

describe("ws: what can go wrong", () => {
  let server: RpcServer | undefined;
  const errors: string[] = [];
  afterEach(async () => {
    server?.destroy();
    server = undefined;
    errors.length = 0;
  });

  async function start(options = {}): Promise<string> {
    server = await serve({
      services: [plain],
      listen: ["ws://127.0.0.1:0"],
      transports: [ws(options)],
      onError: (error) => errors.push((error as Error).message),
    });
    return String(server.endpoints[0]);
  }
  async function raw(url: string, options = {}): Promise<WebSocket> {
    const socket = new WebSocket(url, "trunkline", options);
    socket.on("error", () => {});
    await once(socket, "open");
    return socket;
  }
  async function wellBehaved(url: string): Promise<void> {
    await using client = await connect({ endpoints: [url] });
    expect(await (await client.refer(Plain)).echo("k")).to.equal("k");
  }

  it("a message of text, one that is too long, one that is no frame: each ends its connection alone", async () => {
    const url = await start();
    const hostile: readonly [string | Uint8Array, number][] = [
      ["hello", 1006],
      [new Uint8Array(64 * 1024 + 1), 1009],
      [Buffer.from("GET / HTTP/1.1\r\n\r\n"), 1000],
      [new Uint8Array(64 * 1024).fill(255), 1000],
    ];
    for (const [message, code] of hostile) {
      const socket = await raw(url);
      socket.resume();
      socket.send(message);
      const [closed] = await once(socket, "close");
      expect(closed).to.equal(code);
      await wellBehaved(url);
    }
    expect(errors[0]).to.match(/the connection from ws:\/\/127\.0\.0\.1:\d+ was cut: .* speaks HTTP, not Trunkline's/);
  });

  it("a bomb of compression is cut when it has grown to the longest message", async () => {
    const url = await start({ deflate: true });
    const socket = await raw(url, { perMessageDeflate: true });
    socket.send(new Uint8Array(50 * 1024 * 1024));
    expect((await once(socket, "close"))[0]).to.equal(1009);
    await wellBehaved(url);
  });

  it("a client that says nothing is cut after handshakeTimeoutMs", async () => {
    const socket = await raw(await start({ limits: { handshakeTimeoutMs: 50 } }));
    await once(socket, "close");
  });

  it("a client that pings and does not read costs no more than a few pongs", async () => {
    const url = await start();
    const socket = await raw(url);
    socket.pause();
    const ping = new Uint8Array(125);
    for (let i = 0; i < 20_000; i++) socket.ping(ping);
    await wellBehaved(url);
    socket.terminate();
  });

  it("values longer than a message travel in several", async () => {
    const url = await start();
    await using client = await connect({ endpoints: [url] });
    const proxy = await client.refer(Plain);
    const text = "é".repeat(1_000_000);
    expect(await proxy.echo(text)).to.equal(text);
    for (const length of [65_535, 65_536, 65_537, 131_072, 3_000_000])
      expect(await proxy.length(new Uint8Array(length))).to.equal(length);
  });

  describe("at a client", () => {
    let stranger: WebSocketServer | undefined;
    afterEach(async () => {
      for (const socket of stranger?.clients ?? []) socket.terminate();
      stranger?.close();
      if (stranger) await once(stranger, "close");
      stranger = undefined;
    });
    async function strange(onConnection: (socket: WebSocket) => void, options = {}): Promise<string> {
      stranger = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
      stranger.on("connection", onConnection);
      await once(stranger, "listening");
      return `ws://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    }
    const refer = async (url: string) => {
      await using client = await connect({ endpoints: [url], onError: () => {} });
      return await client.refer(Plain);
    };

    it("a server of another protocol is told apart", async () => {
      const other = await strange(() => {}, { handleProtocols: () => false });
      await refused(refer(other), "UNAVAILABLE", /Server sent no subprotocol/);
    });

    it("a server that sends text is no Trunkline server", async () => {
      const url = await strange((socket) => socket.send("welcome"));
      await refused(refer(url), "UNAVAILABLE", /a message of text came/);
    });

    it("a server that answers in HTTP is quoted, in part", async () => {
      const url = await strange(() => {}, {
        verifyClient: (_: unknown, done: (ok: boolean, code: number, message: string) => void) =>
          done(false, 418, `a\u0007b${"x".repeat(2000)}`),
      });
      const { message } = await refused(
        refer(url),
        "UNAVAILABLE",
        /it answered 418: a bx+; is a server listening there/,
      );
      expect(message.length).to.be.below(800);
    });
  });

  it("nothing is read between pause and resume, even of what came along", async () => {
    const stranger = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(stranger, "listening");
    const sender = new WebSocket(`ws://127.0.0.1:${(stranger.address() as AddressInfo).port}`);
    const [accepted] = (await once(stranger, "connection")) as [WebSocket];
    const pipe = new WebSocketPipe(accepted, "ws://test");
    const read: number[] = [];
    let stop = true;
    const all = new Promise<void>((resolve) => {
      pipe.attach({
        onBytes: (bytes) => {
          read.push(bytes[0] as number);
          if (stop) pipe.pause();
          if (read.length === 5) resolve();
        },
        onDrain: () => {},
        onClose: () => {},
      });
    });
    if (sender.readyState !== WebSocket.OPEN) await once(sender, "open");
    // In one write to the socket: the library hands them all out, paused or not.
    const lower = (sender as unknown as { _socket: { cork(): void; uncork(): void } })._socket;
    lower.cork();
    for (let i = 0; i < 5; i++) sender.send(new Uint8Array([i]));
    lower.uncork();
    while (read.length === 0) await new Promise(setImmediate);
    expect(read).to.deep.equal([0]);
    pipe.resume();
    expect(read).to.deep.equal([0, 1]);
    stop = false;
    pipe.resume();
    await all;
    expect(read).to.deep.equal([0, 1, 2, 3, 4]);
    pipe.destroy();
    sender.terminate();
    stranger.close();
    await once(stranger, "close");
  });

  it("a handshake made by hand is answered by a message, and a close by a close", async () => {
    const url = await start();
    const socket = await raw(url);
    const welcomed = once(socket, "message");
    socket.send(hello());
    await welcomed;
    socket.close();
    await once(socket, "close");
  });
});
