import { expect } from "chai";
import { createMetadata, valuesOf } from "../../../core/metadata.ts";
import { frame } from "../../../core/wire/frame.ts";
import { FrameParser } from "../../../core/wire/parser.ts";
import { RpcError, retain } from "../../../index.ts";
import { bindFrame, clientSide, Gone, op, readyClient, readyServer, Small, serverSide } from "./fixture.ts";
import { frameOf, hello, splitFrames, u16, u32 } from "./frames.ts";
import { open, send } from "./outgoing.ts";

const hex = (text: string): string => Buffer.from(text).toString("hex");
const written = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Every frame as docs/protocol.md draws it: name, flags, body in hex, the whole frame in hex. */
const table: readonly (readonly [keyof typeof frame, number, string, string])[] = [
  ["HELLO", 0, `54524e4b0101${hex("{}")}`, "0000000a01005 4524e4b01017b7d"],
  ["WELCOME", 0, `01${hex("{}")}`, "000000050200 017b7d"],
  ["BIND", 0, `00010203${hex("{}")}`, "000000080300 00010203 7b7d"],
  ["BOUND", 0, `0001${hex("{}")}`, "000000060400 0001 7b7d"],
  [
    "CALL",
    0,
    `0002000000030000753000000bb8${hex('{"n":1}')}`,
    "000000170500 0002 00000003 00007530 00000bb8 7b226e223a317d",
  ],
  [
    "CALL",
    1,
    `000200000003000000000000 0bb80002${hex("{}")}${hex("{}")}`,
    "000000160501 0002 00000003 00000000 00000bb8 0002 7b7d 7b7d",
  ],
  ["REPLY", 0, `00000003${hex("{}")}`, "000000080600 00000003 7b7d"],
  [
    "REPLY",
    9,
    `000000030002${hex("{}")}0002${hex("{}")}${hex("{}")}`,
    "000000100609 00000003 0002 7b7d 0002 7b7d 7b7d",
  ],
  ["ERROR", 0, `00000003050002${hex("{}")}`, "0000000b0700 00000003 05 0002 7b7d"],
  ["DATA", 0, `00000003${hex("{}")}`, "000000080800 00000003 7b7d"],
  ["DATA", 1, `000000030002${hex("{}")}${hex("{}")}`, "0000000c0801 00000003 0002 7b7d 7b7d"],
  [
    "DATA",
    16,
    `00000003${hex("{}")}0000000400000005 00000002`,
    "000000140810 00000003 7b7d 00000004 00000005 00000002",
  ],
  ["END", 0, "00000003", "000000060900 00000003"],
  ["END", 8, `000000030002${hex("{}")}`, "0000000a0908 00000003 0002 7b7d"],
  ["CREDIT", 0, "0000000300020000", "0000000a0a00 00000003 00020000"],
  ["CANCEL", 0, "00000003", "000000060b00 00000003"],
  ["INVOKE", 0, `000000010000000300007530${hex("{}")}`, "000000100c00 00000001 00000003 00007530 7b7d"],
  ["RETAIN", 0, "00000001", "000000060d00 00000001"],
  ["RELEASE", 0, "00000001", "000000060e00 00000001"],
  ["PING", 0, "0000000700000bb8", "0000000a0f00 00000007 00000bb8"],
  ["PONG", 0, "0000000700000bb8", "0000000a1000 00000007 00000bb8"],
  ["GOAWAY", 0, hex("{}"), "000000041100 7b7d"],
  ["CUT", 0, hex("{}"), "000000041200 7b7d"],
  ["UNBIND", 0, "0001", "000000041300 0001"],
];

describe("wire: golden bytes", () => {
  for (const [name, flags, body, whole] of table) {
    const bytes = Buffer.from(whole.replace(/ /g, ""), "hex");
    const inner = Buffer.from(body.replace(/ /g, ""), "hex");

    it(`${name}${flags === 0 ? "" : ` with flags ${flags}`} is parsed and built`, () => {
      const seen: unknown[] = [];
      const parser = new FrameParser(
        (...frame) => seen.push([frame[0], frame[1], written(frame[2].subarray(frame[3], frame[4]))]),
        1000,
      );
      parser.push(bytes);
      expect(seen).to.deep.equal([[frame[name], flags, written(inner)]]);
      expect(written(frameOf(name, flags, inner))).to.equal(written(bytes));
    });
  }

  it("has every frame type in the table", () => {
    expect(new Set(table.map(([name]) => name))).to.deep.equal(new Set(Object.keys(frame)));
  });

  it("HELLO, BIND, CALL, CANCEL, CREDIT, DATA, END and PONG leave a client", async () => {
    const fresh = clientSide({ streamWindowBytes: 100, maxMessageBytes: 1000 }, { token: "k" });
    await fresh.receive();
    const json = '{"window":100,"maxMessageBytes":1000,"sentAt":1000,"credentials":{"token":"k"}}';
    expect(written(fresh.pipe.written)).to.equal(`0000005701 00 54524e4b 01 01`.replace(/ /g, "") + hex(json));

    const side = await readyClient({ streamWindowBytes: 64 });
    const sent = async (): Promise<string[]> => {
      await side.receive();
      return side.pipe.frames().map(({ type, flags, body }) => `${type} ${flags} ${written(body)}`);
    };
    const bind = splitFrames(side.pipe.written)[1];
    expect(bind?.type).to.equal("BIND");
    expect(written(bind?.body.subarray(0, 4) as Buffer)).to.equal("00000000");

    const call = send(side, "inc", [1], 500);
    expect(await sent()).to.deep.equal([`CALL 0 000000000000000001f4000003e8${hex('{"n":1}')}`]);
    call.abandon(new RpcError({ code: "CANCELLED", message: "enough" }));
    expect(await sent()).to.deep.equal(["CANCEL 0 00000000"]);

    send(side, "note", ["hi"], 500);
    expect(await sent()).to.deep.equal([`CALL 2 000100000000000001f4000003e8${hex('{"line":"hi"}')}`]);

    const reader = open(side, "count", [2]);
    expect(await sent()).to.deep.equal([`CALL 4 00020000000100000000000003e8${hex('{"to":2}')}`]);
    await side.receive(frameOf("DATA", 0, u32(1), '{"result":1}'), frameOf("DATA", 0, u32(1), '{"result":2}'));
    await reader.next();
    // 12 bytes of payload and 16 of overhead, twice, are more than half of 64.
    expect(await sent()).to.deep.equal([]);
    await reader.next();
    expect(await sent()).to.deep.equal(["CREDIT 0 0000000100000038"]);

    async function* two(): AsyncGenerator<number> {
      yield 1;
      yield 2;
    }
    send(side, "sum", [two()], 500);
    expect(await sent()).to.deep.equal([
      `CALL 0 000300000002000001f4000003e8${hex("{}")}`,
      `DATA 0 00000002${hex('{"result":1}')}`,
      `DATA 0 00000002${hex('{"result":2}')}`,
      "END 0 00000002",
    ]);
    await side.receive(frameOf("PING", 0, u32(77), u32(0)));
    expect(await sent()).to.deep.equal(["PONG 0 0000004d000003e8"]);

    const meta = send(side, "inc", [1], 500);
    meta.abandon(new RpcError({ code: "CANCELLED", message: "" }));
    await sent();
  });

  it("metadata and callbacks leave a client", async () => {
    const side = await readyClient();
    const call = send(side, "tell", [(n: number) => n + 1]);
    await side.receive(frameOf("INVOKE", 0, u32(1), u32(5), u32(30_000), '{"n":1}'));
    await side.receive(frameOf("INVOKE", 0, u32(9), u32(6), u32(30_000), '{"n":1}'));
    const [callFrame, reply, error] = side.pipe.frames();
    expect(callFrame?.body.subarray(14).toString()).to.equal('{"say":1}');
    expect(`${reply?.type} ${written(reply?.body as Buffer)}`).to.equal(`REPLY 00000005${hex('{"result":2}')}`);
    expect(`${error?.type} ${written(error?.body.subarray(0, 5) as Buffer)}`).to.equal("ERROR 0000000609");
    call.metadata = createMetadata({ a: "b" });
    side.session.send(call, side.operations[op.tell] as never);
    await side.receive();
    const [withMetadata] = side.pipe.frames();
    expect(withMetadata?.flags).to.equal(1);
    expect(withMetadata?.body.subarray(14, 25).toString("latin1")).to.equal('\0\x09{"a":"b"}');
    call.metadata = createMetadata({ a: ["b", "c"], "d-bin": [new Uint8Array([1]), new Uint8Array([2])] });
    side.session.send(call, side.operations[op.tell] as never);
    await side.receive();
    const several = '{"a":["b","c"],"d-bin":"AQ==, Ag=="}';
    expect(
      side.pipe
        .frames()[0]
        ?.body.subarray(14, 16 + several.length)
        .toString("latin1"),
    ).to.equal(`\0\x24${several}`);
  });

  it("WELCOME, BOUND, REPLY, ERROR, DATA, END, CREDIT, PING and GOAWAY leave a server", async () => {
    const side = serverSide({
      limits: { streamWindowBytes: 64, maxPendingCalls: 9, maxMessageBytes: 2000 },
      handlers: {
        inc: async (n, ...more) => {
          if (n < 0) throw new Gone({ key: "k" }, { message: "gone" });
          (more as unknown as [{ setReplyMetadata(entries: object): void }])[0]?.setReplyMetadata({ a: "b" });
          return n + 1;
        },
      },
    });
    const sent = (): string[] => side.pipe.frames().map(({ type, flags, body }) => `${type} ${flags} ${written(body)}`);
    await side.receive(hello());
    expect(sent()).to.deep.equal([
      `WELCOME 0 01${hex('{"instance":"i1","window":64,"maxMessageBytes":2000,"maxPendingCalls":9}')}`,
    ]);
    await side.receive(bindFrame());
    expect(sent()).to.deep.equal([`BOUND 0 0000${hex(`{"fingerprint":"${Small.fingerprint}"}`)}`]);
    await side.receive(frameOf("CALL", 0, u16(op.inc), u32(3), u32(0), u32(0), '{"n":1}'));
    expect(sent()).to.deep.equal([`REPLY 1 000000030009${hex('{"a":"b"}')}${hex('{"result":2}')}`]);
    await side.receive(frameOf("CALL", 0, u16(op.inc), u32(3), u32(0), u32(0), '{"n":-1}'));
    const head = '{"message":"gone","name":"a.Gone"}';
    const [error] = sent();
    expect(error?.startsWith("ERROR 0 00000003")).to.equal(true);
    expect(error?.endsWith(`0022${hex(head)}${hex('{"key":"k"}')}`)).to.equal(true);
    await side.receive(frameOf("CALL", 4, u16(op.count), u32(3), u32(0), u32(0), '{"to":1}'));
    expect(sent()).to.deep.equal([`DATA 0 00000003${hex('{"result":0}')}`, "END 0 00000003"]);
    await side.receive(
      frameOf("CALL", 0, u16(op.sum), u32(3), u32(0), u32(0), "{}"),
      ...[1, 2, 3].map((n) => frameOf("DATA", 0, u32(3), `{"result":${n}}`)),
    );
    await side.receive(frameOf("END", 0, u32(3)));
    expect(sent()).to.deep.equal(["CREDIT 0 0000000300000038", `REPLY 0 00000003${hex('{"result":6}')}`]);
    side.platform.advance(15_000);
    side.session.goaway("bye");
    await side.receive();
    expect(sent()).to.deep.equal(["PING 0 0000000000003e80", `GOAWAY 0 ${hex('{"reason":"bye"}')}`]);
  });

  it("metadata and trailers leave a server, and reach a client", async () => {
    type Replying = { setReplyMetadata(entries: object): void; setTrailers(entries: object): void };
    const context = (more: unknown[]): Replying => (more as [Replying])[0];
    const server = await readyServer({
      handlers: {
        inc: async (n, ...more) => {
          context(more).setTrailers({ t: ["1", "2"] });
          if (n > 1) context(more).setReplyMetadata({ h: "1" });
          return n;
        },
        count: async function* (to, ...more) {
          yield to;
          context(more).setReplyMetadata({ h: "2" });
          context(more).setTrailers({ t: "3" });
        },
      },
    });
    const call = (n: number) => server.receive(frameOf("CALL", 0, u16(op.inc), u32(3), u32(0), u32(0), `{"n":${n}}`));
    const sent = () => server.pipe.frames().map(({ type, flags, body }) => `${type} ${flags} ${written(body)}`);
    const trailers = `000f${hex('{"t":["1","2"]}')}`;
    await call(1);
    expect(sent()).to.deep.equal([`REPLY 8 00000003${trailers}${hex('{"result":1}')}`]);
    await call(2);
    expect(sent()).to.deep.equal([`REPLY 9 000000030009${hex('{"h":"1"}')}${trailers}${hex('{"result":2}')}`]);
    await server.receive(frameOf("CALL", 4, u16(op.count), u32(3), u32(0), u32(0), '{"to":1}'));
    expect(sent()).to.deep.equal([
      `DATA 0 00000003${hex('{"result":1}')}`,
      `END 9 000000030009${hex('{"h":"2"}')}0009${hex('{"t":"3"}')}`,
    ]);

    const side = await readyClient();
    const reply = send(side, "inc", [1]);
    await side.receive(frameOf("REPLY", 9, u32(0), u16(9), '{"h":"1"}', u16(15), '{"t":["1","2"]}', '{"result":2}'));
    expect(await reply.promise).to.equal(2);
    expect(reply.replyMetadata).to.deep.equal({ h: "1" });
    expect(valuesOf(reply.replyTrailers, "t")).to.deep.equal(["1", "2"]);
    const bare = send(side, "inc", [1]);
    await side.receive(frameOf("REPLY", 8, u32(0), u16(9), '{"t":"3"}', '{"result":2}'));
    expect(await bare.promise).to.equal(2);
    expect([bare.replyMetadata, bare.replyTrailers]).to.deep.equal([{}, { t: "3" }]);
  });

  it("INVOKE, RETAIN and RELEASE leave a server", async () => {
    const side = await readyServer({
      handlers: {
        tell: async (say) => {
          const kept = retain(say);
          await say(7);
          kept.release();
        },
      },
    });
    await side.receive(frameOf("CALL", 0, u16(op.tell), u32(0), u32(0), u32(0), '{"say":1}'));
    expect(side.pipe.frames().map(({ type, body }) => `${type} ${written(body)}`)).to.deep.equal([
      "RETAIN 00000001",
      `INVOKE 0000000100000000${"00007530"}${hex('{"n":7}')}`,
    ]);
    await side.receive(frameOf("REPLY", 0, u32(0), '{"result":1}'));
    expect(side.pipe.frames().map(({ type, body }) => `${type} ${written(body)}`)).to.deep.equal([
      "RELEASE 00000001",
      `REPLY 00000000${hex("{}")}`,
    ]);
  });
});
