import { expect } from "chai";
import { cutReason } from "./cut.ts";
import { bindFrame, op, readyServer, type ServerSide } from "./fixture.ts";
import { bytesOf, callFrame, frameOf, u16, u32 } from "./frames.ts";

const STREAM = 4;
const ONEWAY = 2;

/** Every way to break a rule that costs the connection, and what the reason says. */
const breaches: readonly (readonly [what: string, bytes: readonly Buffer[], reason: string])[] = [
  ["a frame type that does not exist", [frameOf(0, 0), frameOf(99, 0)], "frame type 0 is unknown"],
  [
    "a frame type of the other direction",
    [frameOf("WELCOME", 0, 1, "{}")],
    "frame type 2 is unknown or not allowed here",
  ],
  [
    "a declared length over the limit",
    [Buffer.from("ffffffff0500", "hex")],
    "4294967295 bytes is over maxMessageBytes",
  ],
  ["a CALL shorter than its head", [frameOf("CALL", 0, u16(0), u32(0), u32(0))], "shorter than its fixed part"],
  ["an operation that was never bound", [callFrame(500, 0, {})], "an operation that was not bound"],
  [
    "a call number in use",
    [callFrame(op.wait, 3, { key: "a" }), callFrame(op.wait, 3, { key: "b" })],
    "call number 3 is in use",
  ],
  [
    "a call number over the limit",
    [callFrame(op.inc, 65_536, { n: 1 })],
    "call number 65536 is over maxPendingCalls (65536)",
  ],
  ["a call number far over the limit", [callFrame(op.inc, 0xffffffff, { n: 1 })], "over maxPendingCalls"],
  [
    "a unary method called as a stream",
    [callFrame(op.inc, 0, { n: 1 }, STREAM)],
    "inc was not called as the unary method",
  ],
  [
    "a stream called as a unary method",
    [callFrame(op.count, 0, { to: 1 })],
    "count was not called as the stream method",
  ],
  [
    "a oneway called as a unary method",
    [callFrame(op.note, 0, { line: "" })],
    "note was not called as the oneway method",
  ],
  [
    "a unary method called as a oneway",
    [callFrame(op.inc, 0, { n: 1 }, ONEWAY)],
    "inc was not called as the unary method",
  ],
  [
    "metadata longer than its frame",
    [frameOf("CALL", 1, u16(0), u32(0), u32(0), u32(0), u16(900), "{}")],
    "metadata is longer",
  ],
  ["metadata without a length", [frameOf("CALL", 1, u16(0), u32(0), u32(0), u32(0))], "metadata is longer"],
  ["a BIND shorter than its head", [frameOf("BIND", 0, u16(0))], "shorter than its fixed part"],
  ["a BIND that is not JSON", [frameOf("BIND", 0, u16(1), u16(7), "[[[")], "not JSON"],
  ["a BIND without operations", [bindFrame({ operations: "inc" }, 1, 7)], "BIND without operations"],
  ["a BIND with a number for a name", [bindFrame({ operations: [1] }, 1, 7)], "BIND without operations"],
  ["a BIND with a huge name", [bindFrame({ operations: ["x".repeat(100_000)] }, 1, 7)], "over 200 characters"],
  ["a BIND that leaves a gap", [bindFrame({}, 1, 8)], "leaves a gap"],
  ["a BIND of too many operations", [bindFrame({ operations: Array(65_536).fill("a") }, 1, 7)], "leaves a gap"],
  ["a BIND with the number of another", [bindFrame({}, 0, 7)], "the number of another binding"],
  ["lists in lists as a BIND", [frameOf("BIND", 0, u16(1), u16(7), "[".repeat(1000))], "nests deeper than 16"],
  ["a huge CUT", [frameOf("CUT", 0, { message: "x".repeat(70_000) })], "longer than 65536 bytes"],
  ["an answer to no callback", [frameOf("REPLY", 0, u32(0), "{}")], "an answer to callback 0, which nobody made"],
  ["an error to no callback", [frameOf("ERROR", 0, u32(7), 5, u16(2), "{}")], "an answer to callback 7"],
  ["an ERROR longer than its frame", [frameOf("ERROR", 0, u32(7), 5, u16(200), "{}")], "longer than the frame"],
  ["a CANCEL without a number", [frameOf("CANCEL", 0)], "shorter than its fixed part"],
  ["a CREDIT without bytes", [frameOf("CREDIT", 0, u32(1))], "shorter than its fixed part"],
  ["a PING without its time", [frameOf("PING", 0, bytesOf(0, 0, 0, 1))], "shorter than its fixed part"],
];

describe("wire: hostile clients", () => {
  for (const [what, bytes, reason] of breaches) {
    it(`are cut for ${what}`, async () => {
      const side = await readyServer();
      const other = await readyServer();
      await side.receive(...bytes);
      const frames = side.pipe.frames();
      const { code, message } = cutReason(frames);
      expect(code).to.equal(13);
      expect(message).to.contain(reason);
      expect(side.pipe.over).to.equal(true);
      expect(side.lost).to.equal(true);
      expect(side.errors.map(String).join())
        .to.match(/the connection from .* was cut: /)
        .and.contain(reason);
      await side.receive(callFrame(op.inc, 1, { n: 1 }));
      expect(side.pipe.frames()).to.deep.equal([]);
      await answers(other);
    });
  }

  it("may send what crossed with the end of a call", async () => {
    const side = await readyServer();
    await side.receive(
      ...[frameOf("CANCEL", 0, u32(9)), frameOf("DATA", 0, u32(9), "junk"), frameOf("END", 0, u32(9))],
      ...[
        frameOf("CREDIT", 0, u32(9), u32(1)),
        frameOf("PONG", 0, u32(1), u32(0)),
        frameOf("CANCEL", 0, u32(0xffffffff)),
      ],
    );
    await answers(side);
  });

  it("lose one call by arguments that cannot be read, and nothing else", async () => {
    const side = await readyServer();
    const junk = ["", "{", '{"n":"x"}', '{"n":2147483648}', "[]", "null", `${"[".repeat(100_000)}`, '{"n":1}}'];
    for (const args of junk) await side.receive(frameOf("CALL", 0, u16(op.inc), u32(1), u32(0), u32(0), args));
    const frames = side.pipe.frames();
    expect(frames.map(({ type }) => type)).to.deep.equal(junk.map(() => "ERROR"));
    await answers(side);
  });

  it("lose one call by metadata that is malformed, and nothing else", async () => {
    const side = await readyServer();
    const malformed = [
      "{,",
      "[]",
      '"text"',
      "null",
      '{"a b":"x"}',
      '{"__proto__":"x"}',
      '{"a":1}',
      '{"a":"\\n"}',
      '{"a":"","A":""}',
    ];
    for (const json of malformed) {
      await side.receive(frameOf("CALL", 1, u16(op.inc), u32(1), u32(0), u32(0), u16(json.length), json, '{"n":1}'));
      const [error] = side.pipe.frames();
      expect(error?.type).to.equal("ERROR");
      expect(error?.body.toString("latin1")).to.match(/the call cannot be read: metadata/);
      await side.receive(
        frameOf("CALL", 1 | ONEWAY, u16(op.note), u32(0), u32(0), u32(0), u16(json.length), json, '{"line":""}'),
      );
      expect(side.pipe.frames()).to.deep.equal([]);
      expect(String(side.errors.pop())).to.match(/the call cannot be read: metadata/);
    }
    await answers(side);
  });

  it("may write the keys of metadata in capitals", async () => {
    const seen: unknown[] = [];
    const side = await readyServer({
      handlers: {
        inc: async (n, ...more) => {
          seen.push((more as unknown as [{ metadata: unknown }])[0]?.metadata);
          return n;
        },
      },
    });
    await side.receive(frameOf("CALL", 1, u16(op.inc), u32(1), u32(0), u32(0), u16(9), '{"A":"B"}', '{"n":1}'));
    expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["REPLY"]);
  });

  it("lose one stream by an item that cannot be read", async () => {
    const side = await readyServer();
    await side.receive(callFrame(op.sum, 1, {}), frameOf("DATA", 0, u32(1), "junk"));
    const [error] = side.pipe.frames();
    expect(error?.type).to.equal("ERROR");
    await side.receive(frameOf("DATA", 0, u32(1), "junk"), frameOf("END", 0, u32(1)));
    await answers(side);
  });

  it("are cut when a stream sends more than its credit", async () => {
    const side = await readyServer({
      limits: { streamWindowBytes: 1000 },
      handlers: { sum: () => new Promise(() => {}) },
    });
    const item = frameOf("DATA", 0, u32(1), '{"result":1}');
    await side.receive(callFrame(op.sum, 1, {}));
    // 28 each: after 36 the reader holds 1008, more than its window.
    for (let i = 0; i < 36; i++) await side.receive(item);
    expect(side.session.closed).to.equal(false);
    await side.receive(item);
    expect(cutReason(side.pipe.frames()).message).to.contain("more than its credit");
  });

  it("hear nothing back after CUT of their own", async () => {
    const side = await readyServer();
    await side.receive(frameOf("CUT", 0, { code: 13, message: "you are odd" }));
    expect(side.pipe.frames()).to.deep.equal([]);
    expect(side.pipe.destroyed).to.equal(true);
  });

  it("do not keep their socket by not taking the reason", async () => {
    const side = await readyServer({ limits: { handshakeTimeoutMs: 300 } });
    side.pipe.held = true;
    await side.receive(frameOf(99, 0));
    expect(side.pipe.destroyed).to.equal(false);
    side.platform.advance(300);
    expect(side.pipe.destroyed).to.equal(true);
    side.pipe.close();
    expect(side.platform.timers).to.equal(0);
  });
});

async function answers(side: ServerSide): Promise<void> {
  await side.receive(callFrame(op.inc, 77, { n: 41 }));
  const [reply] = side.pipe.frames();
  expect(reply?.body.toString("latin1")).to.equal('\0\0\0\x4d{"result":42}');
}
