import { expect } from "chai";
import { op, readyClient, readyServer } from "./fixture.ts";
import { callFrame, frameOf, u32 } from "./frames.ts";

const BEAT = 15_000;

describe("wire: heartbeat", () => {
  it("pings after one beat of silence and cuts after two, on both sides, whenever the last byte came", async () => {
    for (const lateMs of [0, 1, BEAT / 2, BEAT - 1]) {
      for (const side of [await readyServer(), await readyClient()]) {
        side.platform.advance(lateMs);
        await side.receive(frameOf("PONG", 0, u32(0), u32(0)));
        side.platform.advance(BEAT - 1);
        await side.receive();
        expect(side.pipe.frames()).to.deep.equal([]);
        side.platform.advance(1);
        await side.receive();
        expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["PING"]);
        side.platform.advance(BEAT - 1);
        expect(side.session.closed).to.equal(false);
        side.platform.advance(1);
        expect(side.session.closed).to.equal(true);
        expect(side.pipe.destroyed).to.equal(true);
        expect(side.platform.timers).to.equal(0);
      }
    }
  });

  it("beats though rounding leaves less than a clock can move by, wherever in a millisecond the last byte came", async () => {
    for (let i = 1; i < 100; i++) {
      const side = await readyClient();
      side.platform.advance(i * 7.3);
      await side.receive(frameOf("PONG", 0, u32(0), u32(0)));
      side.platform.advance(BEAT + 1);
      await side.receive();
      expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["PING"]);
      side.platform.advance(BEAT + 1);
      expect(side.session.closed).to.equal(true);
    }
  });

  it("lives as long as the other side answers, or sends anything", async () => {
    const side = await readyServer();
    for (let i = 0; i < 20; i++) {
      side.platform.advance(BEAT);
      await side.receive(i % 2 === 0 ? frameOf("PONG", 0, u32(0), u32(0)) : Buffer.of(0).subarray(0, 0));
    }
    expect(side.session.closed).to.equal(false);
  });

  it("gives one more beat where this process itself had stalled, since the answer may wait unread", async () => {
    const side = await readyServer();
    side.platform.advance(BEAT);
    side.platform.block(10 * BEAT);
    side.platform.advance(0);
    expect(side.session.closed).to.equal(false);
    side.platform.advance(BEAT);
    expect(side.session.closed).to.equal(true);
  });

  it("pings again after what was answered", async () => {
    const side = await readyServer();
    const pings: number[] = [];
    for (let i = 0; i < 40; i++) {
      side.platform.advance(BEAT / 4);
      await side.receive();
      const pinged = side.pipe.frames().some(({ type }) => type === "PING");
      if (!pinged) continue;
      pings.push(i);
      // The answer is under way for a moment, so that it is younger than the PING.
      side.platform.advance(BEAT / 20);
      await side.receive(frameOf("PONG", 0, u32(0), u32(0)));
    }
    expect(side.session.closed).to.equal(false);
    expect(pings.length).to.equal(10);
  });

  it("does not cut a client that is slow to take what it asked for, but one that takes nothing", async () => {
    const side = await readyServer({ limits: { maxBufferedBytes: 1000 } });
    side.pipe.held = true;
    for (let i = 0; i < 6; i++) await side.receive(callFrame(op.text, i, { length: 2000 }));
    expect(side.pipe.paused).to.equal(true);
    for (let i = 0; i < 5; i++) {
      side.platform.advance(BEAT);
      side.pipe.release(1);
      await side.receive();
    }
    expect(side.session.closed).to.equal(false);
    for (let i = 0; i < 3; i++) side.platform.advance(BEAT);
    expect(side.session.closed).to.equal(true);
  });
});
