import { once } from "node:events";
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { arg, connect, defineService, implement, type RpcError, rpc, serve, stream, t } from "../../index.ts";
import { tcp } from "../../transports/tcp/index.ts";
import { hello } from "../core/wire/frames.ts";
import { makeCertificates } from "./certificates.ts";

const Plain = defineService(
  "tcp.Plain",
  {},
  {
    echo: rpc({ params: [arg("text", t.string)], returns: t.string }),
    count: stream({ params: [arg("to", t.int32)], yields: t.int32 }),
  },
);
const Other = defineService("tcp.Other", {}, { echo: rpc({ params: [arg("text", t.string)], returns: t.string }) });
const services = [
  implement(Plain, {
    echo: async (text) => text,
    count: async function* (to) {
      for (let i = 0; i < to; i++) yield i;
    },
  }),
  implement(Other, { echo: async (text) => text }),
];
const listen = ["tcp://127.0.0.1:0"];

async function failure(promise: Promise<unknown>): Promise<RpcError> {
  try {
    await promise;
  } catch (error) {
    return error as RpcError;
  }
  throw new Error("expected it to fail");
}

describe("tcp: what can go wrong", () => {
  const sockets: Socket[] = [];
  let bystander: Server | undefined;
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    if (bystander) {
      bystander.close();
      await once(bystander, "close");
    }
    bystander = undefined;
  });

  /** A listener that is no Trunkline server. */
  async function stranger(onConnection: (socket: Socket) => void): Promise<string> {
    bystander = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      onConnection(socket);
    });
    bystander.listen(0, "127.0.0.1");
    await once(bystander, "listening");
    return `tcp://127.0.0.1:${(bystander.address() as AddressInfo).port}`;
  }

  it("says that a port is in use, and by which URL", async () => {
    await using server = await serve({ services, listen });
    const error = await failure(serve({ services, listen: [...listen, ...server.endpoints] }));
    expect(error).to.include({ code: "ALREADY_EXISTS" });
    expect(error.message).to.contain(`${server.endpoints[0]}: the address is in use`);
  });

  it("says that nobody listens at an endpoint, and names each", async () => {
    const url = await stranger(() => {});
    bystander?.close();
    bystander = undefined;
    await using client = await connect({ endpoints: [url] });
    const error = await failure(client.refer(Plain));
    expect(error).to.include({ code: "UNAVAILABLE", retryable: true });
    expect(error.message).to.contain(url).and.contain("is a server listening there?");
  });

  it("gives up on an endpoint that accepts and never answers", async () => {
    const url = await stranger(() => {});
    await using client = await connect({ endpoints: [url], transports: [tcp({ limits: { handshakeTimeoutMs: 50 } })] });
    const error = await failure(client.refer(Plain));
    expect(error).to.include({ code: "UNAVAILABLE" });
    expect(error.message).to.contain("no handshake within handshakeTimeoutMs");
  });

  const others: readonly (readonly [string, string | Uint8Array])[] = [
    ["HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["SMTP or FTP", "220 mail.example ESMTP\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["Redis", "-ERR unknown command\r\n"],
    ["PostgreSQL", Uint8Array.of(0x45, 0, 0, 0, 0x8a, 0x53)],
    ["MySQL", Uint8Array.of(0x4a, 0, 0, 0, 0x0a, 0x38)],
    ["HTTP/2 or gRPC", Uint8Array.of(0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3)],
    ["NATS", 'INFO {"server_id":"N"}\r\n'],
  ];
  for (const [protocol, greeting] of others) {
    it(`says that an endpoint speaks ${protocol}`, async () => {
      const url = await stranger((socket) => socket.end(greeting));
      await using client = await connect({ endpoints: [url], onError: () => {} });
      const error = await failure(client.refer(Plain));
      expect(error).to.include({ code: "UNAVAILABLE" });
      expect(error.message).to.contain(`the peer ${url} speaks ${protocol}, not Trunkline's protocol`);
    });
  }

  const callers: readonly (readonly [string, string | Uint8Array])[] = [
    ["HTTP", "GET / HTTP/1.1\r\n\r\n"],
    ["HTTP", "POST /shop.Orders/place HTTP/1.1\r\n\r\n"],
    ["HTTP/2 or gRPC", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["TLS", Uint8Array.of(0x16, 3, 1, 2, 0, 1)],
    ["Redis", "*1\r\n$7\r\nCOMMAND\r\n"],
    ["PostgreSQL", Uint8Array.of(0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f)],
    ["PostgreSQL", Uint8Array.of(0, 0, 0, 0x54, 0, 3, 0, 0)],
  ];
  for (const [protocol, bytes] of callers) {
    it(`tells its server that a peer speaks ${protocol}, and cuts it: ${Buffer.from(bytes).toString("hex")}`, async () => {
      const errors: unknown[] = [];
      await using server = await serve({ services, listen, onError: (error) => errors.push(error) });
      const socket = connectTcp(Number(server.endpoints[0]?.split(":").at(-1)), "127.0.0.1");
      sockets.push(socket);
      socket.write(bytes);
      socket.resume();
      await once(socket, "close");
      expect(errors.map(String).join()).to.match(
        new RegExp(`the connection from \\S+ was cut: the peer tcp://127.0.0.1:\\d+ speaks ${protocol}`),
      );
    });
  }

  it("says on both sides that one speaks TLS and the other does not", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown): unknown => errors.push(error);
    const { server: keys, ca } = makeCertificates();
    const transports = [tcp({ tls: { ...keys, ca } })];
    await using server = await serve({ services, listen: [...listen, "tls://127.0.0.1:0"], transports, onError });
    const [plain = "", secure = ""] = server.endpoints;
    await using toPlain = await connect({ endpoints: [plain.replace("tcp:", "tls:")], transports, onError: () => {} });
    const refusedTls = await failure(toPlain.refer(Plain));
    expect(refusedTls.message).to.contain("it does not speak TLS").and.contain("use tcp://, or a port of tls://");
    expect(errors.map(String).join()).to.contain("speaks TLS where this side does not");
    errors.length = 0;
    await using toSecure = await connect({ endpoints: [secure.replace("tls:", "tcp:")], onError: () => {} });
    const refusedPlain = await failure(toSecure.refer(Plain));
    expect(refusedPlain.message).to.contain("before the handshake was done; it may be full, speak TLS (tls://)");
    expect(errors.map(String).join()).to.contain("does not speak TLS");
  });

  it("says that credentials are too long for a handshake", async () => {
    await using server = await serve({ services, listen });
    await using client = await connect({
      endpoints: server.endpoints,
      credentials: "x".repeat(70_000),
      onError: () => {},
    });
    expect((await failure(client.refer(Plain))).message).to.contain("the message is larger than");
  });

  it("refuses one connection too many, and serves the others", async () => {
    const errors: unknown[] = [];
    await using server = await serve({
      services,
      listen,
      transports: [tcp({ limits: { maxConnections: 1 } })],
      onError: (error) => errors.push(error),
    });
    await using first = await connect({ endpoints: server.endpoints });
    const plain = await first.refer(Plain);
    await using second = await connect({ endpoints: server.endpoints });
    expect(await failure(second.refer(Plain))).to.include({ code: "UNAVAILABLE" });
    expect(String(errors[0])).to.contain("maxConnections (1)");
    expect(await plain.echo("x")).to.equal("x");
  });

  it("counts connections whose TLS handshake is never finished", async () => {
    const errors: unknown[] = [];
    const { server: ours, ca } = makeCertificates();
    await using server = await serve({
      services,
      listen: ["tls://127.0.0.1:0"],
      transports: [tcp({ tls: ours, limits: { maxConnections: 2 } })],
      onError: (error) => errors.push(error),
    });
    const silent: Socket[] = [];
    for (let i = 0; i < 3; i++) {
      const socket = connectTcp(Number(server.endpoints[0]?.split(":").at(-1)), "127.0.0.1");
      socket.on("error", () => {});
      sockets.push(socket);
      silent.push(socket);
      await once(socket, "connect");
    }
    await once(silent[2] as Socket, "close");
    expect(String(errors[0])).to.match(/from tls:\/\/127\.0\.0\.1:\d+ was refused: maxConnections \(2\)/);
    for (const socket of silent) socket.destroy();
    await using client = await connect({ endpoints: server.endpoints, transports: [tcp({ tls: { ca } })] });
    const plain = await client.refer(Plain, { check: false });
    // The server has yet to hear that there is room again.
    let answer: string | undefined;
    while (answer === undefined) answer = await plain.echo("x").catch(() => sleep(10));
    expect(answer).to.equal("x");
  });

  it("closes although somebody keeps connections open that say nothing, or speak no TLS", async () => {
    const plain = await serve({ services, listen });
    const tls = await serve({
      services,
      listen: ["tls://127.0.0.1:0"],
      transports: [tcp({ tls: makeCertificates().server })],
      onError: () => {},
    });
    for (const { endpoints } of [plain, tls]) {
      for (const bytes of [Buffer.alloc(0), hello().subarray(0, 5)]) {
        const socket = connectTcp(Number(endpoints[0]?.split(":").at(-1)), "127.0.0.1");
        socket.on("error", () => {});
        sockets.push(socket);
        await once(socket, "connect");
        socket.write(bytes);
      }
    }
    await using client = await connect({ endpoints: plain.endpoints });
    await (await client.refer(Plain)).echo("x");
    const began = performance.now();
    await Promise.all([plain.close(), tls.close()]);
    expect(performance.now() - began).to.be.below(2000);
  });

  it("binds services that are referred to while the connection is made and bound", async () => {
    for (let i = 0; i < 10; i++) {
      await using server = await serve({ services, listen });
      await using client = await connect({ endpoints: server.endpoints });
      const early = [client.refer(Plain), client.refer(Other)];
      const late = new Promise<void>((resolve) => {
        const hops = i * 3;
        const hop = (left: number): unknown => (left === 0 ? resolve() : setImmediate(hop, left - 1));
        hop(hops);
      }).then(() => Promise.all([client.refer(Plain), client.refer(Other)]));
      for (const one of [...(await Promise.all(early)), ...(await late)]) expect(await one.echo("x")).to.equal("x");
    }
  });

  it("streams and pauses with buffers smaller than a socket's own", async () => {
    const limits = { maxBufferedBytes: 100, streamWindowBytes: 500 };
    await using server = await serve({ services, listen, transports: [tcp({ limits })] });
    await using client = await connect({ endpoints: server.endpoints, transports: [tcp({ limits })] });
    const plain = await client.refer(Plain);
    const texts = await Promise.all(Array.from({ length: 50 }, (_, i) => plain.echo(`${i}`.repeat(300))));
    expect(texts[7]).to.equal("7".repeat(300));
    let count = 0;
    for await (const item of plain.count(3000)) expect(item).to.equal(count++);
    expect(count).to.equal(3000);
  });

  it("carries a stream of more small items than its window has bytes to spare", async () => {
    await using server = await serve({ services, listen });
    await using client = await connect({ endpoints: server.endpoints });
    const plain = await client.refer(Plain);
    let count = 0;
    for await (const item of plain.count(100_000)) if (item === count) count++;
    expect(count).to.equal(100_000);
  });
});
