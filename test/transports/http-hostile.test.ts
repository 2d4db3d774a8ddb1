import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import { until } from "../processes/child.ts";
import { HostileTarget, killTargets } from "./hostile/child.ts";
import { RawSocket } from "./hostile/raw-socket.ts";

const MEGABYTE = 1024 * 1024;
const CRLF = "\r\n";
const head = (...lines: readonly string[]): string => [...lines, "", ""].join(CRLF);
const post = (method: string, ...more: readonly string[]): string =>
  head(`POST /hostile.Target/${method} HTTP/1.1`, "host: x", "content-type: application/json", ...more);
const echo = (text: string, ...more: readonly string[]): string => {
  const body = JSON.stringify({ text });
  return post("echo", `content-length: ${body.length}`, ...more) + body;
};

describe("http, hostile peers over HTTP/1.1", function () {
  this.timeout(120_000);
  let target: HostileTarget;
  const sockets: RawSocket[] = [];
  const open = async (): Promise<RawSocket> => {
    const socket = await RawSocket.open(target.port);
    sockets.push(socket);
    return socket;
  };
  /** One after the other in groups: a backlog that overflows would be a matter of the kernel's. */
  const openMany = async (count: number): Promise<RawSocket[]> => {
    const all: RawSocket[] = [];
    while (all.length < count) {
      all.push(...(await Promise.all(Array.from({ length: Math.min(500, count - all.length) }, open))));
    }
    return all;
  };
  const start = async (limits: Parameters<typeof HostileTarget.start>[0] = {}): Promise<void> => {
    target = await HostileTarget.start(limits);
    await target.serves();
  };
  /** Nothing is left of the attack: no handler, no socket but those of who behaves. */
  const calm = async (): Promise<void> => {
    const served = (): Promise<boolean> =>
      target.serves().then(
        () => true,
        () => false,
      );
    await until("others are served", served);
    await until("handlers and sockets are gone", async () => {
      const { running, sockets: left } = await target.measure();
      return running === 0 && left <= 4;
    });
  };
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await killTargets();
  });

  it("headers that come a byte at a time, or not at all, cost headersTimeoutMs", async () => {
    await start({ headersTimeoutMs: 1000 });
    const all = await openMany(300);
    const text = post("echo", "content-length: 1000000");
    let at = 0;
    const dripping = setInterval(() => {
      for (const [i, socket] of all.entries()) if (i % 3 > 0) void socket.send(text[at % text.length] as string);
      at++;
    }, 100);
    try {
      await target.serves();
      await Promise.all(all.map((socket) => socket.ended));
      await target.serves();
    } finally {
      clearInterval(dripping);
    }
    // Who has sent nothing at all is cut off without a word.
    for (const [i, socket] of all.entries()) expect(socket.statuses).to.deep.equal(i % 3 > 0 ? [408] : []);
    await calm();
    await target.close();
  });

  for (const [what, framing, piece] of [
    ["of a length", "content-length: 1000000", "x"],
    ["in chunks", "transfer-encoding: chunked", "1\r\nx\r\n"],
  ] as const) {
    it(`a body ${what} that never ends costs requestTimeoutMs`, async () => {
      await start({ requestTimeoutMs: 1000 });
      const all = await openMany(200);
      for (const socket of all) await socket.send(post("echo", framing));
      const dripping = setInterval(() => {
        for (const socket of all) void socket.send(piece);
      }, 100);
      try {
        await target.serves();
        await Promise.all(all.map((socket) => socket.ended));
      } finally {
        clearInterval(dripping);
      }
      for (const socket of all) expect(socket.statuses).to.deep.equal([408]);
      await calm();
      await target.close();
    });
  }

  for (const [what, framing] of [
    ["of a length", "content-length: 50000000"],
    ["in chunks", "transfer-encoding: chunked"],
  ] as const) {
    it(`a body ${what} beyond maxMessageBytes is refused while it is sent`, async () => {
      await start({ maxMessageBytes: 100_000 });
      const before = await target.measure();
      const all = await openMany(20);
      const chunk = Buffer.alloc(65_536, 0x20);
      const piece = framing.startsWith("t")
        ? Buffer.concat([Buffer.from("10000\r\n"), chunk, Buffer.from(CRLF)])
        : chunk;
      await Promise.all(
        all.map(async (socket) => {
          await socket.send(post("echo", framing));
          for (let i = 0; i < 700 && !socket.closed && socket.statuses.length === 0; i++) await socket.send(piece);
          await socket.until(({ statuses }) => statuses.length > 0);
        }),
      );
      for (const socket of all) {
        expect(socket.statuses).to.deep.equal([429]);
        expect(socket.text).to.include("resource_exhausted").and.to.include("maxMessageBytes (100000)");
      }
      expect((await target.measure()).rssBytes - before.rssBytes).to.be.lessThan(100 * MEGABYTE);
      for (const socket of all) socket.destroy();
      await calm();
      await target.close();
    });
  }

  for (const [encoding, compress] of [
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ] as const) {
    it(`a bomb of ${encoding} is refused by what it unfolds to`, async () => {
      await start();
      const bomb = compress(Buffer.alloc(200 * MEGABYTE, 0x20));
      const before = await target.measure();
      const request = post("echo", `content-encoding: ${encoding}`, `content-length: ${bomb.length}`);
      const all = await openMany(10);
      await Promise.all(
        all.map(async (socket) => {
          await socket.send(Buffer.concat([Buffer.from(request), bomb]));
          await socket.until(({ text }) => text.includes("maxMessageBytes"));
        }),
      );
      await target.serves();
      for (const socket of all) {
        expect(socket.statuses).to.deep.equal([429]);
        expect(socket.text).to.include("resource_exhausted");
      }
      expect((await target.measure()).rssBytes - before.rssBytes).to.be.lessThan(150 * MEGABYTE);
      await target.close();
    });
  }

  it("10,000 requests at once that never end harm nobody else, and leave nothing behind", async () => {
    await start();
    const before = await target.measure();
    const all = await openMany(10_000);
    // A third each: within the headers, within the body, and called with an answer that does not come.
    for (const [i, socket] of all.entries()) {
      const hang = `${post("hang", "content-length: 12")}{"text":"x"}`;
      const partial = [post("echo").slice(0, 60), echo("x".repeat(1000)).slice(0, 200), hang];
      void socket.send(partial[i % 3] as string);
    }
    await until("they have begun", async () => (await target.measure()).running > 3000, 60_000);
    for (let i = 0; i < 20; i++) await target.serves();
    const during = await target.measure();
    // Some 30 KiB each, of Node's own.
    expect(during.rssBytes - before.rssBytes).to.be.lessThan(500 * MEGABYTE);
    for (const socket of all) socket.destroy();
    await calm();
    const again = await openMany(3000);
    for (const socket of again) void socket.send(echo("x".repeat(1000)).slice(0, 200));
    await target.serves();
    for (const socket of again) socket.destroy();
    await calm();
    expect((await target.measure()).rssBytes - during.rssBytes).to.be.lessThan(80 * MEGABYTE);
    await target.close();
  });

  it("one connection more than maxConnections is refused, and told to the server's own side", async () => {
    await start({ maxConnections: 50 });
    const all = await openMany(60);
    await Promise.all(all.slice(50).map((socket) => socket.ended));
    const { errors } = await target.measure();
    expect(errors.some(([text]) => text.includes("maxConnections"))).to.equal(true);
    for (const socket of all) socket.destroy();
    await calm();
    await target.close();
  });

  it("headers beyond maxHeaderBytes, in one line or in many, are answered by 431", async () => {
    await start({ maxHeaderBytes: 16_384 });
    const many = Array.from({ length: 3000 }, (_, i) => `x-${i}: ${i}`);
    for (const lines of [[`x-long: ${"x".repeat(20_000)}`], many, [`x-${"x".repeat(70_000)}: 1`]]) {
      const socket = await open();
      await socket.send(echo("x", ...lines));
      await socket.ended;
      expect(socket.statuses).to.deep.equal([431]);
    }
    const socket = await open();
    await socket.send(`GET /${"x".repeat(70_000)} HTTP/1.1\r\n`);
    await socket.ended;
    expect(socket.statuses).to.deep.equal([431]);
    await calm();
    await target.close();
  });

  it("requests sent ahead are answered in order, and a peer that reads nothing is not read from either", async () => {
    await start();
    const polite = await open();
    await polite.send(Array.from({ length: 500 }, (_, i) => echo(`n${i}`)).join(""));
    await polite.until(({ statuses, text }) => statuses.length === 500 && text.includes("n499"));
    const results = [...polite.text.matchAll(/"result":"n(\d+)"/g)].map((match) => Number(match[1]));
    expect(results).to.deep.equal(Array.from({ length: 500 }, (_, i) => i));

    const before = await target.measure();
    const greedy = await Promise.all(Array.from({ length: 20 }, open));
    const body = JSON.stringify({ bytes: MEGABYTE });
    const big = (post("big", `content-length: ${body.length}`) + body).repeat(200);
    for (const socket of greedy) {
      socket.socket.pause();
      void socket.send(big);
    }
    for (let i = 0; i < 5; i++) await target.serves();
    // 4,000 answers of more than a megabyte were asked for.
    expect((await target.measure()).rssBytes - before.rssBytes).to.be.lessThan(400 * MEGABYTE);
    for (const socket of greedy) socket.destroy();
    await calm();
    await target.close();
  });

  it("requests sent ahead whose answers do not come are bounded, for each connection", async () => {
    await start();
    const socket = await open();
    const hang = `${post("hang", "content-length: 12")}{"text":"x"}`;
    void socket.send(hang.repeat(20_000));
    await target.serves();
    const { running } = await target.measure();
    expect(running).to.be.within(0, 4);
    await socket.ended;
    await calm();
    await target.close();
  });

  it("no second request hides in the body of a first", async () => {
    await start();
    const hidden = echo("smuggled");
    const shapes: readonly string[] = [
      `${post("echo", `content-length: ${hidden.length + 5}`, "transfer-encoding: chunked")}0${CRLF}${CRLF}${hidden}`,
      `${post("echo", "transfer-encoding: chunked", `content-length: ${hidden.length + 5}`)}0${CRLF}${CRLF}${hidden}`,
      `${post("echo", "content-length: 5", "content-length: 6")}hello${hidden}`,
      `${post("echo", "content-length: 5, 6")}hello${hidden}`,
      `${post("echo", "content-length: +5")}hello${hidden}`,
      `${post("echo", "content-length: 0x5")}hello${hidden}`,
      `${post("echo", "content-length : 5")}hello${hidden}`,
      `${post("echo", "transfer-encoding: xchunked")}0${CRLF}${CRLF}${hidden}`,
      `${post("echo", "transfer-encoding: chunked, identity")}0${CRLF}${CRLF}${hidden}`,
      `${post("echo", "transfer-encoding: identity", "transfer-encoding: chunked, cow")}0${CRLF}${CRLF}${hidden}`,
      `${post("echo", "transfer-encoding: chunked")}1${CRLF}Z${CRLF}Q${CRLF}${CRLF}${hidden}`,
      `${post("echo", "transfer-encoding: chunked")}fffffffffffffffff${CRLF}${hidden}`,
      `${post("echo", "transfer-encoding: chunked")}-1${CRLF}${hidden}`,
      post("echo", "x: y\r z") + hidden,
      post("echo", "x: y\n content-length: 5") + hidden,
      post("echo", "x\0y: z") + hidden,
      `POST /hostile.Target/echo HTTP/1.1${CRLF} host: x${CRLF}${CRLF}${hidden}`,
      `POST /hostile.Target/echo${CRLF}${CRLF}${hidden}`,
      `POST /hostile.Target/echo HTTP/9.9${CRLF}host: x${CRLF}${CRLF}${hidden}`,
      head("POST /hostile.Target/echo HTTP/1.1", "content-type: application/json", "content-length: 0") + hidden,
    ];
    for (const shape of shapes) {
      const socket = await open();
      await socket.send(shape);
      await socket.ended;
      const asked = JSON.stringify(shape.slice(0, 160));
      expect(socket.text, asked).to.not.include("smuggled");
      // HTTP/0.9 has no more than one line, and no content type.
      expect(socket.statuses, asked).to.deep.equal([/HTTP/.test(shape.slice(0, shape.indexOf(CRLF))) ? 400 : 415]);
    }
    await calm();
    await target.close();
  });

  it("a peer that leaves at every byte of a call leaves nothing behind", async () => {
    await start();
    const before = await target.measure();
    const whole = `${post("hang", "transfer-encoding: chunked")}c${CRLF}{"text":"x"}${CRLF}0${CRLF}${CRLF}`;
    for (let length = 0; length <= whole.length; length++) {
      const [polite, rude] = [await open(), await open()];
      await polite.send(whole.slice(0, length));
      polite.socket.end();
      await rude.send(whole.slice(0, length));
      rude.socket.resetAndDestroy();
      if (length % 50 === 0) await target.serves();
    }
    for (const socket of sockets.splice(0)) socket.destroy();
    await calm();
    expect((await target.measure()).rssBytes - before.rssBytes).to.be.lessThan(50 * MEGABYTE);
    await target.close();
  });

  it("what is no call at all is told so, and the connection goes on where HTTP lets it", async () => {
    await start();
    const socket = await open();
    const ask = async (text: string): Promise<string> => {
      const from = socket.text.length;
      const answers = socket.statuses.length;
      await socket.send(text);
      await socket.until(({ statuses }) => statuses.length > answers);
      return socket.text.slice(from);
    };
    expect(await ask(head("GET / HTTP/1.1", "host: x"))).to.include("404");
    expect(await ask(head("DELETE /hostile.Target/echo HTTP/1.1", "host: x"))).to.include("405");
    expect(
      await ask(head("POST /hostile.Target/echo HTTP/1.1", "host: x", "content-type: text/x", "content-length: 0")),
    ).to.include("415");
    expect(await ask(`${post("echo", "content-length: 1")}{`)).to.include("invalid_argument");
    expect(
      await ask(`${post("echo", "content-length: 9", "content-encoding: snappy")}{"text":1}`.slice(0, -1)),
    ).to.include("unimplemented");
    expect(await ask(`${post("echo", "content-length: 4", "content-encoding: gzip")}gzip`)).to.include(
      "invalid_argument",
    );
    expect(await ask(echo("x", "connect-timeout-ms: -1"))).to.include("invalid_argument");
    expect(await ask(echo("still"))).to.include('"result":"still"');
    for (const method of ["CONNECT", "TRACE", "PROPFIND"]) {
      const other = await open();
      await other.send(head(`${method} * HTTP/1.1`, "host: x"));
      await other.until(({ statuses }) => statuses.length > 0, 5000);
      expect(other.text, method).to.match(/^$|^HTTP\/1\.1 (400|404|405)/);
    }
    await calm();
    await target.close();
  });
});
