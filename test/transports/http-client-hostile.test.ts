import { once } from "node:events";
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { connect, defineService, RpcError, rpc, t } from "../../index.ts";
import { type HttpOptions, http } from "../../transports/http/index.ts";

const Echo = defineService("hostile.Echo", {}, { say: rpc({ params: [t.string], returns: t.string }) });
const MAX_BYTES = 64 * 1024;

/** Whatever a server does, a call of its client fails as an error, or is answered, and the next one may go on. */
async function outcome(url: string, options: HttpOptions = {}): Promise<string> {
  const transports = [http({ limits: { maxMessageBytes: MAX_BYTES }, ...options })];
  const told: unknown[] = [];
  await using client = await connect({ endpoints: [url], transports, codec: "json", onError: (e) => told.push(e) });
  const echo = await client.refer(Echo, { timeoutMs: 2000 });
  try {
    return await echo.say("hi");
  } catch (error) {
    if (!RpcError.is(error)) throw error;
    return error.code;
  }
}

describe("a hostile server of HTTP/1.1", () => {
  const sockets = new Set<Socket>();
  let server: Server;
  let url = "";
  let answer: (socket: Socket) => void = () => {};

  before(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => sockets.delete(socket));
      socket.once("data", () => answer(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });

  const head = (...lines: string[]): string =>
    ["HTTP/1.1 200 OK", "content-type: application/json", ...lines, "", ""].join("\r\n");
  const json = '{"result":"hi"}';

  const answers: Readonly<Record<string, readonly [codes: readonly string[], bytes: Uint8Array | string]>> = {
    "is answered where it does as it should": [["hi"], `${head(`content-length: ${json.length}`)}${json}`],
    "ends an answer before its length": [["UNAVAILABLE"], `${head("content-length: 100")}${json}`],
    "ends an answer within a chunk": [["UNAVAILABLE"], `${head("transfer-encoding: chunked")}ff\r\n${json}`],
    "says nothing": [["UNAVAILABLE"], ""],
    "speaks something else": [["UNAVAILABLE", "UNKNOWN", "INTERNAL"], "SSH-2.0-OpenSSH_9.2\r\n"],
    "never ends its headers": [
      ["UNAVAILABLE", "RESOURCE_EXHAUSTED"],
      `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(100_000)}`,
    ],
    "answers with what is no JSON": [["DATA_LOSS", "INTERNAL", "UNKNOWN"], `${head("content-length: 5")}{"res`],
    "answers with a page": [["UNKNOWN"], "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\n<p/>"],
    "answers with more than is taken": [
      ["RESOURCE_EXHAUSTED"],
      `${head("content-length: 999999")}${"1".repeat(999_999)}`,
    ],
    "says that it will": [
      ["RESOURCE_EXHAUSTED", "UNAVAILABLE"],
      `${head("content-length: 99999999999")}${"1".repeat(99)}`,
    ],
    "compresses by what nobody asked for": [["INTERNAL"], `${head("content-encoding: zip", "content-length: 1")}1`],
  };

  for (const [what, [codes, bytes]] of Object.entries(answers)) {
    it(`that ${what}`, async () => {
      answer = (socket) => socket.end(bytes);
      expect(codes).to.include(await outcome(url));
    });
  }

  it("that sends a bomb", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, " "));
    answer = (socket) => {
      socket.write(head("content-encoding: gzip", `content-length: ${bomb.length}`));
      socket.end(bomb);
    };
    const before = process.memoryUsage().rss;
    expect(await outcome(url, { compression: { accept: ["gzip"] } })).to.equal("RESOURCE_EXHAUSTED");
    expect(process.memoryUsage().rss - before).to.be.below(40_000_000);
  });
});

describe("a hostile server of HTTP/2", () => {
  let server: Http2Server;
  let url = "";
  let calls = 0;
  const sessions = new Set<ServerHttp2Session>();
  let misbehave: (session: ServerHttp2Session, answer: () => void) => void = (_, answer) => answer();

  beforeEach(async () => {
    calls = 0;
    server = createHttp2Server();
    server.on("session", (session) => {
      sessions.add(session);
      session.on("error", () => {});
      session.once("close", () => sessions.delete(session));
    });
    server.on("stream", (stream) => {
      calls++;
      stream.on("error", () => {});
      stream.resume();
      const answer = (): void => {
        if (stream.destroyed) return;
        stream.respond({ ":status": 200, "content-type": "application/json" });
        stream.end('{"result":"hi"}');
      };
      stream.on("end", () => misbehave(stream.session as ServerHttp2Session, answer));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    misbehave = (_, answer) => answer();
    for (const session of sessions) session.destroy();
    server.close();
    await once(server, "close");
  });

  const left: Readonly<Record<string, (session: ServerHttp2Session) => void>> = {
    "says goodbye while nothing is under way": (session) => session.goaway(),
    "says goodbye and ends": (session) => session.close(),
    "says that everything went wrong": (session) => session.goaway(11, 0, Buffer.from("enough")),
    "cuts the connection": (session) => session.destroy(),
    "pings, and is gone": (session) => {
      session.ping(() => {});
      session.destroy();
    },
  };

  for (const [what, leave] of Object.entries(left)) {
    it(`that ${what}: the next call has a new connection`, async () => {
      const transports = [http({ httpVersion: 2 })];
      await using client = await connect({ endpoints: [url], transports, codec: "json", onError: () => {} });
      const echo = await client.refer(Echo, { timeoutMs: 5000 });
      expect(await echo.say("hi")).to.equal("hi");
      const [session] = sessions;
      const next = once(server, "session");
      leave(session as ServerHttp2Session);
      await next;
      expect(await echo.say("hi")).to.equal("hi");
      expect(calls).to.equal(2);
    });
  }

  it("that says goodbye, cuts or gives up in the middle of a call: it fails, or is answered", async () => {
    const ways: ((session: ServerHttp2Session, answer: () => void) => void)[] = [
      (session, answer) => {
        session.goaway();
        answer();
      },
      (session) => session.goaway(0, 0),
      (session) => session.goaway(11),
      (session) => session.destroy(),
    ];
    const outcomes: string[] = [];
    for (const way of ways) {
      misbehave = way;
      outcomes.push(await outcome(url, { httpVersion: 2 }));
    }
    expect(outcomes[0]).to.equal("hi");
    for (const code of outcomes.slice(1)) expect(["UNAVAILABLE", "DEADLINE_EXCEEDED"]).to.include(code);
  });
});
