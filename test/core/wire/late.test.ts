import { expect } from "chai";
import { op, readyServer, type ServerSide } from "./fixture.ts";
import { callFrame, type Frame, frameOf, type Timing, u32 } from "./frames.ts";

const STREAM = 4;
const ONEWAY = 2;

interface Recorded extends ServerSide {
  /** The handlers that ran, in order. */
  readonly ran: string[];
  readonly left: number[];
}

/**
 * A server whose clock is 500 ms ahead of its client's. It stood still from 1000 to 3000: what the client sent meanwhile is
 * stamped 500 to 2500.
 */
async function stalled(limits = {}, workMs = 0): Promise<Recorded> {
  const ran: string[] = [];
  const left: number[] = [];
  const work = (what: string): void => {
    ran.push(what);
    side.platform.block(workMs);
  };
  const side: ServerSide = await readyServer({
    limits,
    handlers: {
      inc: async (n, ctx) => {
        work(`inc ${n}`);
        left.push(ctx.timeLeft());
        return n + 1;
      },
      note: (line) => work(`note ${line}`),
      sum: async (numbers) => {
        work("sum");
        let sum = 0;
        for await (const number of numbers) sum += number;
        return sum;
      },
      count: async function* (to) {
        work("count");
        for (let i = 0; i < to; i++) yield i;
      },
    },
  });
  await side.receive(callFrame(op.text, 0, { length: 0 }, { sentAt: 500 }));
  side.platform.block(2000);
  side.pipe.frames();
  return Object.assign(side, { ran, left });
}

const inc = (callId: number, timing: Timing): Buffer => callFrame(op.inc, callId, { n: callId }, timing);
const codes = (frames: readonly Frame[]): string[] =>
  frames.map(({ type, body }) => `${type} ${body.readUInt32BE(0)}${type === "ERROR" ? ` code ${body[4]}` : ""}`);

describe("wire: calls that come late", () => {
  it("never run when their time has passed on the way, and have what is left of it else", async () => {
    const side = await stalled();
    await side.receive(
      inc(1, { timeoutMs: 300, sentAt: 500 }),
      inc(2, { timeoutMs: 300, sentAt: 2100 }),
      inc(3, { timeoutMs: 300, sentAt: 2300 }),
      inc(4, { timeoutMs: 5000, sentAt: 600 }),
      inc(5, { sentAt: 600 }),
    );
    const [probe, first, second, ...answers] = side.pipe.frames();
    expect(codes([first, second] as Frame[])).to.deep.equal(["ERROR 1 code 4", "ERROR 2 code 4"]);
    expect(first?.body.toString()).to.contain("inc: the deadline had passed before the handler could begin");
    expect(first?.body.toString()).to.contain('"retryable":true');
    expect(probe?.type).to.equal("PING");
    expect(codes(answers)).to.deep.equal(["REPLY 3", "REPLY 4", "REPLY 5"]);
    expect(side.ran).to.deep.equal(["inc 3", "inc 4", "inc 5"]);
    // 3 took 200 ms longer than the fastest, 4 took 1900; a stamp is exact to a millisecond.
    expect(side.left).to.deep.equal([101, 3101, Number.POSITIVE_INFINITY]);
  });

  it("never run when their CANCEL has arrived too, in whichever read", async () => {
    const side = await stalled();
    side.session.onBytes(
      Buffer.concat([inc(1, { sentAt: 600 }), frameOf("CANCEL", 0, u32(1)), inc(2, { sentAt: 600 })]),
    );
    side.session.onBytes(callFrame(op.count, 3, { to: 1 }, { flags: STREAM, sentAt: 600 }));
    await side.receive(frameOf("CANCEL", 0, u32(3)));
    expect(codes(side.pipe.frames())).to.deep.equal(["ERROR 1 code 1", "ERROR 3 code 1", "REPLY 2"]);
    expect(side.ran).to.deep.equal(["inc 2"]);
  });

  it("run in their order, and those behind them too; streams lose nothing", async () => {
    const side = await stalled();
    await side.receive(
      inc(1, { sentAt: 600 }),
      callFrame(op.note, 0, { line: "a" }, { flags: ONEWAY, sentAt: 600 }),
      callFrame(op.sum, 2, {}, { sentAt: 600 }),
      frameOf("DATA", 0, u32(2), '{"result":20}'),
      frameOf("DATA", 0, u32(2), '{"result":22}'),
      frameOf("END", 0, u32(2)),
      callFrame(op.count, 3, { to: 2 }, { flags: STREAM, sentAt: 2499 }),
      inc(4, { sentAt: 2499 }),
    );
    // A generator runs when its first item is asked for.
    expect(side.ran.filter((what) => what !== "count")).to.deep.equal(["inc 1", "note a", "sum", "inc 4"]);
    const frames = side.pipe.frames();
    expect(codes(frames)).to.have.members(["REPLY 1", "REPLY 2", "DATA 3", "DATA 3", "END 3", "REPLY 4"]);
    expect(
      frames
        .find(({ body }) => body.readUInt32BE(0) === 2)
        ?.body.subarray(4)
        .toString(),
    ).to.equal('{"result":42}');
  });

  it("run at once when they come in time", async () => {
    const side = await stalled();
    side.session.onBytes(inc(1, { sentAt: 2490 }));
    expect(side.ran).to.deep.equal(["inc 1"]);
    await side.receive();
  });

  it("are looked at again when they begin: handlers before them take time", async () => {
    const side = await stalled({}, 300);
    await side.receive(...[1, 2, 3].map((id) => inc(id, { timeoutMs: 2490, sentAt: 600 })));
    for (let turns = 0; turns < 10; turns++) await side.receive();
    // Less than 600 ms were left of each.
    expect(side.ran).to.deep.equal(["inc 1", "inc 2"]);
  });

  it("also where nothing was late before: each call of a read is looked at by itself", async () => {
    const side = await stalled({}, 200);
    await side.receive(Buffer.concat([1, 2, 3, 4].map((id) => inc(id, { timeoutMs: 300, sentAt: 2500 }))));
    for (let turns = 0; turns < 10; turns++) await side.receive();
    expect(side.ran).to.deep.equal(["inc 1", "inc 2"]);
  });

  it("let what arrives meanwhile be read between them", async () => {
    const side = await stalled({}, 30);
    const cancel = (): void => side.session.onBytes(frameOf("CANCEL", 0, u32(4)));
    side.session.onBytes(Buffer.concat([1, 2, 3, 4].map((id) => inc(id, { sentAt: 600 }))));
    for (let turns = 0; side.ran.length < 1 && turns < 100; turns++)
      await new Promise((resolve) => setImmediate(resolve));
    cancel();
    for (let turns = 0; side.ran.length < 3 && turns < 100; turns++) await side.receive();
    await side.receive();
    expect(side.ran).to.deep.equal(["inc 1", "inc 2", "inc 3"]);
  });

  describe("that are oneway", () => {
    const note = (timing: Timing): Buffer => callFrame(op.note, 0, { line: "n" }, { ...timing, flags: ONEWAY });

    it("are dropped when their time has passed, and onError is told", async () => {
      const side = await stalled();
      await side.receive(note({ timeoutMs: 300, sentAt: 600 }));
      expect(side.ran).to.deep.equal([]);
      expect(String(side.errors)).to.contain("note: the deadline had passed before the handler could begin");
    });

    it("run although the client has closed behind them, and calls do not", async () => {
      const side = await stalled();
      side.session.onBytes(Buffer.concat([note({ sentAt: 600 }), inc(1, { sentAt: 600 })]));
      side.pipe.close();
      expect(side.ran).to.deep.equal(["note n"]);
      await side.receive();
      expect(side.ran).to.deep.equal(["note n"]);
    });

    it("do not run after this side has cut the connection", async () => {
      const side = await stalled();
      side.session.onBytes(Buffer.concat([note({ sentAt: 600 }), frameOf(99, 0)]));
      await side.receive();
      expect(side.session.closed).to.equal(true);
      expect(side.ran).to.deep.equal([]);
    });
  });

  it("are not kept beyond maxPendingCalls: they begin at once", async () => {
    const side = await stalled({ maxPendingCalls: 3 });
    const note = callFrame(op.note, 0, { line: "n" }, { flags: ONEWAY, sentAt: 600 });
    side.session.onBytes(Buffer.concat([note, note, note]));
    expect(side.ran).to.have.length(0);
    side.session.onBytes(note);
    expect(side.ran).to.have.length(4);
    await side.receive();
    expect(side.ran).to.have.length(4);
  });

  it("are not kept beyond maxQueuedBytes: they begin at once", async () => {
    const side = await stalled({ maxQueuedBytes: 50 });
    side.session.onBytes(inc(1, { sentAt: 600 }));
    side.session.onBytes(inc(2, { sentAt: 600 }));
    expect(side.ran).to.have.length(0);
    side.session.onBytes(inc(3, { sentAt: 600 }));
    expect(side.ran).to.have.length(3);
    await side.receive();
    expect(side.ran).to.have.length(3);
  });

  it("are believed to be in time after the client's clock stood still: a PING finds out", async () => {
    const side = await stalled();
    // The client's machine was suspended: by its clock hardly any time has passed.
    await side.receive(inc(1, { timeoutMs: 1000, sentAt: 510 }));
    const [ping, error] = side.pipe.frames();
    expect(error?.type).to.equal("ERROR");
    await side.receive(inc(2, { timeoutMs: 1000, sentAt: 511 }));
    expect(codes(side.pipe.frames())).to.deep.equal(["ERROR 2 code 4"]);
    side.platform.block(3);
    await side.receive(frameOf("PONG", 0, ping?.body.subarray(0, 4) as Buffer, u32(513)));
    await side.receive(inc(3, { timeoutMs: 1000, sentAt: 513 }));
    expect(codes(side.pipe.frames())).to.deep.equal(["REPLY 3"]);
    expect(side.ran).to.deep.equal(["inc 3"]);
  });

  it("are known as late by the HELLO and the PINGs of an idle connection", async () => {
    const side = await stalled();
    for (let at = 3000; at < 120_000; at += 30_000) {
      side.platform.block(30_000);
      await side.receive(frameOf("PING", 0, u32(0), u32(side.platform.now() - 500)));
    }
    side.platform.block(2000);
    await side.receive(inc(1, { timeoutMs: 300, sentAt: side.platform.now() - 2500 }));
    expect(side.ran).to.deep.equal([]);
  });
});
