import { expect } from "chai";
import type { RpcError } from "../../../index.ts";
import { Gone, readyClient } from "./fixture.ts";
import { frameOf, u16, u32 } from "./frames.ts";
import { open, send } from "./outgoing.ts";

/** What rejects, as `CODE: message`. */
async function failure(promise: PromiseLike<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
  return "nothing failed";
}

/** Every way to break a rule; call 0 is unary, call 1 a stream of results, both in progress. */
const breaches: readonly (readonly [what: string, bytes: readonly Buffer[], reason: string])[] = [
  ["a frame type that does not exist", [frameOf(77, 0)], "frame type 77 is unknown"],
  ["a frame type of the other direction", [frameOf("HELLO", 0, "TRNK", 1, 1, "{}")], "frame type 1 is unknown"],
  ["an answer to a call that nobody made", [frameOf("REPLY", 0, u32(2), "{}")], "call 2, which nobody made"],
  ["two answers to one call", [frameOf("END", 0, u32(1)), frameOf("END", 0, u32(1))], "call 1, which nobody made"],
  ["a REPLY to a stream", [frameOf("REPLY", 0, u32(1), "{}")], "a REPLY to a stream"],
  ["metadata longer than its DATA", [frameOf("DATA", 1, u32(1), u16(50), "{}")], "metadata is longer"],
  ["an END to a unary call", [frameOf("END", 0, u32(0))], "an END for a call that is not a stream"],
  ["a REPLY without a number", [frameOf("REPLY", 0)], "shorter than its fixed part"],
  ["metadata longer than its REPLY", [frameOf("REPLY", 1, u32(0), u16(50), "{}")], "metadata is longer"],
  ["trailers longer than their REPLY", [frameOf("REPLY", 8, u32(0), u16(50), "{}")], "metadata is longer"],
  ["no trailers behind the metadata", [frameOf("REPLY", 9, u32(0), u16(2), "{}")], "metadata is longer"],
  ["trailers longer than their END", [frameOf("END", 9, u32(1), u16(2), "{}", u16(3), "{}")], "metadata is longer"],
  ["an ERROR without a head", [frameOf("ERROR", 0, u32(0))], "shorter than its head"],
  ["an ERROR longer than its frame", [frameOf("ERROR", 0, u32(0), 5, u16(99), "{}")], "longer than the frame"],
  ["a BOUND without a BIND", [frameOf("BOUND", 0, u16(9), "{}")], "BOUND without BIND"],
  ["a huge GOAWAY", [frameOf("GOAWAY", 0, { reason: "x".repeat(70_000) })], "longer than 65536 bytes"],
  ["a GOAWAY that is not JSON", [frameOf("GOAWAY", 0, "no")], "not JSON"],
  ["an INVOKE shorter than its head", [frameOf("INVOKE", 0, u32(1))], "shorter than its fixed part"],
  ["a declared length over the limit", [Buffer.from("7fffffff0600", "hex")], "over maxMessageBytes"],
];

describe("wire: hostile servers", () => {
  for (const [what, bytes, reason] of breaches) {
    it(`are left for ${what}, and every call is settled`, async () => {
      const side = await readyClient();
      const call = send(side, "inc", [1]);
      const next = open(side, "count", [3]).next();
      next.catch(() => {});
      await side.receive(...bytes);
      expect(side.lost?.message).to.contain(reason);
      expect(side.pipe.over).to.equal(true);
      expect(await failure(call.promise)).to.match(/^UNAVAILABLE: .*the connection was lost.*outcome unknown/);
      if (what !== "two answers to one call") expect(await failure(next)).to.contain(reason);
    });
  }

  it("are left when a stream sends more than its credit", async () => {
    const side = await readyClient({ streamWindowBytes: 100 });
    const reader = open(side, "count", [3]);
    const item = frameOf("DATA", 0, u32(0), '{"result":1}');
    await side.receive(item, item, item, item);
    expect(side.lost).to.equal(undefined);
    await side.receive(item);
    expect(side.lost?.message).to.contain("more than its credit");
    // What had come before is still read; then the error.
    for (let i = 0; i < 4; i++) expect(await reader.next()).to.deep.equal({ value: 1, done: false });
    expect(await failure(reader.next())).to.contain("more than its credit");
  });

  it("lose one call by a reply that cannot be read", async () => {
    const side = await readyClient();
    const [bad, good] = [send(side, "inc", [1]), send(side, "inc", [2])];
    await side.receive(frameOf("REPLY", 0, u32(0), "junk"), frameOf("REPLY", 0, u32(1), '{"result":3}'));
    expect(await failure(bad.promise)).to.contain("DATA_LOSS: inc: the reply could not be read");
    expect(await good.promise).to.equal(3);
  });

  for (const json of ["[,", "[]", '"a"', '{"a b":"x"}', '{"__proto__":"x"}', '{"a":1}', '{"a":"\\n"}']) {
    it(`lose one call by the metadata ${json}, and nothing else`, async () => {
      const side = await readyClient();
      const bad = send(side, "inc", [1]);
      const told: unknown[] = [];
      const stream = open(side, "count", [3], (metadata) => told.push(metadata));
      await side.receive(frameOf("REPLY", 1, u32(0), u16(json.length), json, '{"result":3}'));
      await side.receive(frameOf("END", 1, u32(1), u16(json.length), json));
      expect(await failure(bad.promise)).to.match(/^DATA_LOSS: inc: the reply could not be read: .*metadata/);
      expect(await failure(stream.next())).to.match(/^DATA_LOSS: count: the reply could not be read: .*metadata/);
      expect(told).to.deep.equal([]);
      const streaming = open(side, "count", [3], (metadata) => told.push(metadata));
      const data = frameOf("DATA", 1, u32(1), u16(json.length), json, '{"result":1}');
      await side.receive(data, frameOf("ERROR", 0, u32(1), 1, u16(2), "{}"));
      expect(await failure(streaming.next())).to.match(/^DATA_LOSS: count: the reply could not be read: .*metadata/);
      expect(told).to.deep.equal([]);
      const trailing = send(side, "inc", [1]);
      await side.receive(frameOf("REPLY", 8, u32(trailing.callId), u16(json.length), json, '{"result":3}'));
      expect(await failure(trailing.promise)).to.match(/^DATA_LOSS: inc: the reply could not be read: .*metadata/);
      const failing = send(side, "inc", [1]);
      const head = `{"message":"no","metadata":${json},"retryable":true}`;
      await side.receive(frameOf("ERROR", 0, u32(failing.callId), 5, u16(head.length), head));
      expect(await failure(failing.promise)).to.match(/^NOT_FOUND: (no|NOT_FOUND)$/);
      expect(side.session.closed).to.equal(false);
      expect(side.session.pendingCount).to.equal(0);
    });
  }

  it("may give details of any size and depth: what is too much is left out", async () => {
    const side = await readyClient();
    const details = ["[".repeat(20_000) + "]".repeat(20_000), JSON.stringify("x".repeat(60_000)), '{"a":1}'];
    const seen: unknown[] = [];
    for (const text of details) {
      const call = send(side, "inc", [1]);
      const head = `{"message":"no","details":${text}}`;
      await side.receive(frameOf("ERROR", 0, u32(call.callId), 5, u16(head.length), head));
      seen.push(await call.promise.catch((error: RpcError) => [error.code, error.message, error.details]));
    }
    expect(seen).to.deep.equal([
      ["NOT_FOUND", "no", undefined],
      ["NOT_FOUND", "no", undefined],
      ["NOT_FOUND", "no", { a: 1 }],
    ]);
    expect(side.session.closed).to.equal(false);
  });

  it("lose one stream by an item that cannot be read, and are told to stop it", async () => {
    const side = await readyClient();
    const reader = open(side, "count", [3]);
    await side.receive(frameOf("DATA", 0, u32(0), "junk"));
    expect(await failure(reader.next())).to.contain("DATA_LOSS");
    expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["CALL", "CANCEL"]);
    await side.receive(frameOf("DATA", 0, u32(0), '{"result":1}'), frameOf("ERROR", 0, u32(0), 1, u16(2), "{}"));
    expect(side.session.closed).to.equal(false);
    expect(side.session.pendingCount).to.equal(0);
  });

  it("may declare an error whose fields cannot be read: its code and message arrive", async () => {
    const side = await readyClient();
    const head = JSON.stringify({ message: "gone", name: "a.Gone" });
    const [good, bad] = [send(side, "inc", [1]), send(side, "inc", [1])];
    await side.receive(frameOf("ERROR", 0, u32(0), 2, u16(head.length), head, '{"key":"k"}'));
    await side.receive(frameOf("ERROR", 0, u32(1), 2, u16(head.length), head, '{"key":5}'));
    const error = await good.promise.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Gone);
    expect(await failure(bad.promise)).to.equal("UNKNOWN: gone");
    expect(side.session.closed).to.equal(false);
  });

  it("may use a code that nobody knows, and an ERROR without a message", async () => {
    const side = await readyClient();
    const call = send(side, "inc", [1]);
    await side.receive(frameOf("ERROR", 0, u32(0), 200, u16(2), "{}"));
    expect(await failure(call.promise)).to.equal("UNKNOWN: UNKNOWN");
  });

  it("may send what crossed with the end of a call", async () => {
    const side = await readyClient();
    await side.receive(frameOf("DATA", 0, u32(9), "junk"), frameOf("CREDIT", 0, u32(9), u32(1)));
    await side.receive(frameOf("RETAIN", 0, u32(9)), frameOf("RELEASE", 0, u32(9)), frameOf("PONG", 0, u32(1), u32(0)));
    expect(side.session.closed).to.equal(false);
  });

  it("cannot make a number be used again before its final frame, also after CANCEL", async () => {
    const side = await readyClient();
    const first = send(side, "inc", [1]);
    first.abandon(side.lost ?? new Gone({ key: "" }));
    send(side, "inc", [2]);
    await side.receive();
    const numbers = (): number[] =>
      side.pipe
        .frames()
        .filter(({ type }) => type === "CALL")
        .map(({ body }) => body.readUInt32BE(2));
    expect(numbers()).to.deep.equal([0, 1]);
    await side.receive(frameOf("ERROR", 0, u32(0), 1, u16(2), "{}"));
    send(side, "inc", [3]);
    await side.receive();
    expect(numbers()).to.deep.equal([0]);
  });

  it("do not cost a number by arguments that do not fit", async () => {
    const side = await readyClient();
    for (let i = 0; i < 10; i++) {
      expect(() => send(side, "inc", ["text"])).to.throw("expected int32");
      expect(() => send(side, "tell", ["not a function"])).to.throw("expected a function");
    }
    send(side, "inc", [1]);
    await side.receive(frameOf("REPLY", 0, u32(0), '{"result":2}'));
    expect(() => send(side, "tell", ["not a function"])).to.throw("expected a function");
    side.pipe.frames();
    send(side, "inc", [1]);
    await side.receive();
    expect(side.pipe.frames()[0]?.body.readUInt32BE(2)).to.equal(0);
  });
});
