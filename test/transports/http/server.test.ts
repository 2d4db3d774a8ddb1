import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2, constants } from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";
import { expect } from "chai";
import {
  arg,
  defineService,
  type Handlers,
  implement,
  RpcError,
  type RpcServer,
  rpc,
  serve,
  stream,
  t,
} from "../../../index.ts";
import { type HttpOptions, http } from "../../../transports/http/index.ts";
import { makeCertificates } from "../certificates.ts";
import { signal } from "../suite/fixture.ts";

const Texts = defineService(
  "suite.Texts",
  {},
  {
    echo: rpc({ params: [arg("text", t.string)], returns: t.string, noSideEffects: true }),
    join: rpc({ params: [arg("texts", t.stream(t.string))], returns: t.string }),
    upper: stream({ params: [arg("texts", t.stream(t.string))], yields: t.string }),
  },
);
const body = (value: object): string => JSON.stringify(value);

function envelope(json: string, flags = 0): Buffer {
  const head = Buffer.from([flags, 0, 0, 0, 0]);
  head.writeUInt32BE(json.length, 1);
  return Buffer.concat([head, Buffer.from(json)]);
}

/** A request of HTTP/1.1 as it is written. */
function raw(headers: Readonly<Record<string, string>>, payload: string | Buffer = ""): Buffer {
  const lines = Object.entries({ host: "a", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST /suite.Texts/Echo HTTP/1.1\r\n${lines.join("")}\r\n`), Buffer.from(payload)]);
}

describe("transports/http/server", () => {
  let server: RpcServer;
  const opened: (Socket | ClientHttp2Session)[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) one.destroy();
    server.destroy();
  });

  async function start(given: Partial<Handlers<typeof Texts>> = {}, options: HttpOptions = {}, secure = false) {
    const handlers: Handlers<typeof Texts> = {
      echo: async (text) => text,
      join: async (texts) => {
        let joined = "";
        for await (const text of texts) joined += text;
        return joined;
      },
      upper: async function* (texts) {
        for await (const text of texts) yield text.toUpperCase();
      },
      ...given,
    };
    server = await serve({
      services: [implement(Texts, handlers)],
      listen: [`http${secure ? "s" : ""}://127.0.0.1:0`],
      transports: [http(options)],
      onError: () => {},
      drainMs: 5000,
    });
    return Number(/\d+$/.exec(server.endpoints[0] as string)?.[0]);
  }

  async function tcp(port: number): Promise<Socket> {
    const socket = connectTcp({ port, host: "127.0.0.1" });
    opened.push(socket);
    socket.setEncoding("latin1");
    await once(socket, "connect");
    return socket;
  }

  /** All that comes until it says `last`, or the end. */
  async function until(socket: Socket, last: string): Promise<string> {
    let text = "";
    while (!text.includes(last)) {
      const [chunk] = await Promise.race([once(socket, "data"), once(socket, "close").then(() => [undefined])]);
      if (chunk === undefined) break;
      text += chunk;
    }
    return text;
  }

  function http2(url: string, options: object = {}): ClientHttp2Session {
    const session = connectHttp2(url, options);
    session.on("error", () => {});
    opened.push(session);
    return session;
  }

  async function answer(session: ClientHttp2Session, headers: object, payload?: string | Buffer, end = true) {
    const request = session.request({ ":method": "POST", ...headers });
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("error", () => {});
    if (payload !== undefined) request.write(payload);
    if (end) request.end();
    const [head] = (await once(request, "response")) as [Record<string, unknown>];
    await once(request, "close");
    return { status: head[":status"], headers: head, text, code: request.rstCode };
  }

  it("speaks HTTP/1.1 and HTTP/2 on one port in the clear, however the first bytes are cut", async () => {
    const port = await start();
    const json = { ":path": "/suite.Texts/Echo", "content-type": "application/json" };
    expect(await answer(http2(`http://127.0.0.1:${port}`), json, body({ text: "a" }))).to.include({ status: 200 });
    const socket = await tcp(port);
    socket.setNoDelay(true);
    const request = raw({ "content-type": "application/json", "content-length": "12" }, body({ text: "a" }));
    for (const byte of request.subarray(0, 3)) {
      socket.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    socket.write(request.subarray(3));
    expect(await until(socket, "}")).to.match(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\{"result":"a"\}$/);
  });

  it("agrees on the version by ALPN where there is TLS", async () => {
    const { ca, server: own } = makeCertificates();
    const port = await start({}, { tls: { ...own } }, true);
    const session = http2(`https://127.0.0.1:${port}`, { ca });
    const json = { ":path": "/suite.Texts/Echo", "content-type": "application/json" };
    expect(await answer(session, json, body({ text: "a" }))).to.include({ status: 200, text: '{"result":"a"}' });
  });

  it("answers before the upload has ended, and frees its sender by NO_ERROR", async () => {
    const port = await start({
      join: async () => {
        throw new RpcError({ code: "FAILED_PRECONDITION", message: "no more" });
      },
    });
    const session = http2(`http://127.0.0.1:${port}`);
    const headers = { ":path": "/suite.Texts/Join", "content-type": "application/connect+json" };
    const early = await answer(session, headers, envelope(body({ result: "a" })), false);
    expect(early).to.include({ status: 200, code: constants.NGHTTP2_NO_ERROR });
    expect(early.text).to.include('"failed_precondition"');
  });

  it("sends the trailers of gRPC before it frees the sender", async () => {
    const port = await start({
      join: async () => {
        throw new RpcError({ code: "FAILED_PRECONDITION", message: "no 100 % more" });
      },
    });
    const session = http2(`http://127.0.0.1:${port}`);
    const { headers } = await answer(
      session,
      { ":path": "/suite.Texts/Join", "content-type": "application/grpc+json", te: "trailers" },
      envelope(body({ result: "a" })),
      false,
    );
    expect(headers).to.include({ "grpc-status": "9", "grpc-message": "no 100 %25 more" });
  });

  it("carries both streams over HTTP/1.1, all of the answers behind all of the requests", async () => {
    const port = await start();
    const socket = await tcp(port);
    const headers = "host: a\r\ncontent-type: application/connect+json\r\ntransfer-encoding: chunked\r\n";
    socket.write(`POST /suite.Texts/Upper HTTP/1.1\r\n${headers}\r\n`);
    for (const text of ["a", "b"]) {
      const message = envelope(body({ result: text }));
      socket.write(`${message.length.toString(16)}\r\n`);
      socket.write(message);
      socket.write("\r\n");
    }
    socket.write("0\r\n\r\n");
    const text = await until(socket, "0\r\n\r\n");
    expect(text).to.include('{"result":"A"}').and.to.include('{"result":"B"}');
  });

  it("refuses wrong verbs, types and paths as HTTP has it", async () => {
    const port = await start();
    const session = http2(`http://127.0.0.1:${port}`);
    const path = { ":path": "/suite.Texts/Echo" };
    const wrongVerb = await answer(session, { ...path, ":method": "PUT", "content-type": "application/json" });
    expect([wrongVerb.status, wrongVerb.headers["allow"]]).to.deep.equal([405, "GET, POST"]);
    const wrongType = await answer(session, { ...path, "content-type": "text/plain" }, "a");
    expect(wrongType.status).to.equal(415);
    expect(wrongType.headers["accept-post"]).to.include("application/json").and.to.include("application/grpc");
    const wrongPath = await answer(session, { ":path": "/suite.Texts/No", "content-type": "application/json" }, "{}");
    expect(wrongPath.status).to.equal(404);
    expect(JSON.parse(wrongPath.text)).to.include({ code: "unimplemented" });
    const grpc = await answer(session, { ":path": "/suite.No/No", "content-type": "application/grpc" }, envelope(""));
    expect([grpc.status, grpc.headers["grpc-status"]]).to.deep.equal([200, "12"]);
  });

  it("takes a GET of a method without side effects", async () => {
    const port = await start();
    const session = http2(`http://127.0.0.1:${port}`);
    const query = "connect=v1&encoding=json&base64=1&message=eyJ0ZXh0IjoiYSJ9";
    const found = await answer(session, { ":method": "GET", ":path": `/suite.Texts/Echo?${query}` });
    expect(found).to.include({ status: 200, text: '{"result":"a"}' });
    const bare = await answer(session, { ":method": "GET", ":path": "/suite.Texts/Echo" });
    expect([bare.status, bare.text]).to.deep.equal([
      400,
      '{"code":"invalid_argument","message":"the query cannot be read: encoding is missing; as in encoding=json"}',
    ]);
  });

  it("counts decompressed bytes, and answers a message too large before all of it came", async () => {
    const { gzipSync } = await import("node:zlib");
    const port = await start({}, { limits: { maxMessageBytes: 1000 } });
    const session = http2(`http://127.0.0.1:${port}`);
    const headers = { ":path": "/suite.Texts/Echo", "content-type": "application/json" };
    const bomb = gzipSync(body({ text: "a".repeat(100_000) }));
    const packed = await answer(session, { ...headers, "content-encoding": "gzip" }, bomb);
    expect([packed.status, packed.text]).to.match(/429.*resource_exhausted/);
    const endless = await answer(session, headers, "a".repeat(2000), false);
    expect([endless.status, endless.text]).to.match(/429.*resource_exhausted/);
  });

  it("ends a body that takes longer than requestTimeoutMs by 408", async () => {
    const port = await start({}, { limits: { requestTimeoutMs: 50 } });
    const socket = await tcp(port);
    socket.write(raw({ "content-type": "application/json", "content-length": "100" }, '{"te'));
    expect(await until(socket, "nothing")).to.match(/^HTTP\/1\.1 408 /);
  });

  it("closes what says nothing, in its first bytes and in its headers", async () => {
    const port = await start({}, { limits: { headersTimeoutMs: 50 } });
    const [silent, slow] = [await tcp(port), await tcp(port)];
    slow.write("POST / HTTP/1.1\r\nhost: a\r\n");
    const ends = Promise.all([once(silent, "close"), once(slow, "close")]);
    silent.resume();
    slow.resume();
    await ends;
  });

  it("drains on close: calls under way are answered, connections at rest end", async () => {
    const [begun, go] = [signal(), signal()];
    const port = await start({
      echo: async (text) => {
        begun.resolve();
        await go.promise;
        return text;
      },
    });
    const [idle, busy] = [await tcp(port), await tcp(port)];
    const session = http2(`http://127.0.0.1:${port}`);
    await once(session, "remoteSettings");
    const goaway = once(session, "goaway");
    busy.write(raw({ "content-type": "application/json", "content-length": "12" }, body({ text: "a" })));
    await begun.promise;
    const idleEnds = once(idle, "close");
    idle.resume();
    const closing = server.close();
    await Promise.all([idleEnds, goaway]);
    go.resolve();
    const text = await until(busy, "nothing");
    expect(text)
      .to.match(/connection: close/i)
      .and.to.match(/\{"result":"a"\}$/);
    await closing;
  });

  it("tells the handler when its caller leaves, over either version", async () => {
    const reasons: unknown[] = [];
    let [begun, aborted] = [signal(), signal()];
    const port = await start({
      echo: (_, ctx) =>
        new Promise((_resolve, reject) => {
          ctx.signal.addEventListener("abort", () => {
            reasons.push((ctx.signal.reason as RpcError).code);
            reject(ctx.signal.reason);
            aborted.resolve();
          });
          begun.resolve();
        }),
    });
    const socket = await tcp(port);
    socket.write(raw({ "content-type": "application/json", "content-length": "12" }, body({ text: "a" })));
    await begun.promise;
    socket.destroy();
    await aborted.promise;
    [begun, aborted] = [signal(), signal()];
    const request = http2(`http://127.0.0.1:${port}`).request({
      ":method": "POST",
      ":path": "/suite.Texts/Echo",
      "content-type": "application/json",
    });
    request.on("error", () => {});
    request.end(body({ text: "a" }));
    await begun.promise;
    request.close(constants.NGHTTP2_CANCEL);
    await aborted.promise;
    expect(reasons).to.deep.equal(["CANCELLED", "CANCELLED"]);
  });
});
