import { expect } from "chai";
import fc from "fast-check";
import { closeFrame, frame, openFrame } from "../../../core/wire/frame.ts";
import { Outbox } from "../../../core/wire/outbox.ts";
import { CapturePipe, settle } from "./capture-pipe.ts";
import { ManualPlatform } from "./manual-platform.ts";

function outbox(): { box: Outbox; pipe: CapturePipe } {
  const pipe = new CapturePipe();
  return { box: new Outbox(pipe, new ManualPlatform()), pipe };
}

/** A frame of `length` bytes, all of them `fill`. */
function write(box: Outbox, length: number, fill: number, underWay?: number): void {
  put(box, length, fill);
  box.frameDone(underWay);
}

function put(box: Outbox, length: number, fill: number): void {
  const { out } = box;
  out.begin(Number.POSITIVE_INFINITY);
  const from = openFrame(out, frame.DATA, 0, 0);
  out.ensure(length);
  out.buffer.fill(fill, out.position, out.position + length);
  out.position += length;
  closeFrame(out, from);
}

describe("wire: Outbox", () => {
  it("gathers the frames of a turn into few writes", async () => {
    const { box, pipe } = outbox();
    pipe.held = true;
    for (let i = 0; i < 20; i++) write(box, 10, i);
    expect(pipe.writesWaiting).to.equal(0);
    expect(box.bufferedBytes).to.equal(320);
    await settle();
    expect(pipe.writesWaiting).to.equal(1);
    expect(pipe.frames().map(({ body }) => body[0])).to.deep.equal(Array.from({ length: 20 }, (_, i) => i));
  });

  it("writes at once where one call alone is under way", () => {
    const { box, pipe } = outbox();
    write(box, 10, 1, 1);
    expect(pipe.frames()).to.have.length(1);
  });

  it("writes more at a time the longer a turn goes on, and begins with few in the next", async () => {
    const { box, pipe } = outbox();
    pipe.held = true;
    const writesOf = async (frames: number, length: number): Promise<number> => {
      for (let i = 0; i < frames; i++) write(box, length, i % 251);
      await settle();
      const { writesWaiting } = pipe;
      pipe.release();
      return writesWaiting;
    };
    // 32, 64, 128 and the rest.
    expect(await writesOf(300, 10)).to.equal(4);
    expect(await writesOf(33, 10)).to.equal(2);
    // 16 KiB at the most: nothing is copied into a larger buffer.
    expect(await writesOf(100, 1000)).to.equal(6);
    expect(box.out.buffer.length).to.be.at.most(32 * 1024);
    expect(pipe.frames()).to.have.length(433);
  });

  it("begins earlier with the items of streams", async () => {
    const { box, pipe } = outbox();
    pipe.held = true;
    for (let i = 0; i < 64; i++) {
      put(box, 10, i);
      box.itemDone();
    }
    expect(pipe.writesWaiting).to.equal(2);
    await settle();
    // 16, 32 and the rest.
    expect(pipe.writesWaiting).to.equal(3);
  });

  it("never overwrites bytes that have not left, whatever the sizes and the order of events", async () => {
    const event = fc.oneof(
      fc.record({ length: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 90_000 })) }),
      fc.record({ leave: fc.integer({ min: 1, max: 5 }) }),
      fc.constant({ turn: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 80 }), async (events) => {
        const { box, pipe } = outbox();
        pipe.held = true;
        const expected: string[] = [];
        for (const one of events) {
          if ("length" in one) {
            const fill = expected.length % 251;
            write(box, one.length, fill, expected.length % 3 === 0 ? 1 : undefined);
            expected.push(`${one.length} of ${one.length === 0 ? "" : fill}`);
          } else if ("leave" in one) pipe.release(one.leave);
          else await settle();
        }
        box.flush();
        const seen = pipe.frames().map(({ body }) => {
          expect(body.every((byte) => byte === body[0])).to.equal(true);
          return `${body.length} of ${body[0] ?? ""}`;
        });
        expect(seen).to.deep.equal(expected);
        pipe.release();
        expect(pipe.overwritten).to.equal(false);
        expect(box.bufferedBytes).to.equal(0);
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it("begins again at the front of its buffer when everything has left", async () => {
    const { box, pipe } = outbox();
    const { buffer } = box.out;
    for (let i = 0; i < 50; i++) {
      write(box, 100, i);
      await settle();
    }
    expect(box.out.buffer).to.equal(buffer);
    expect(pipe.frames()).to.have.length(50);
  });

  it("does not keep the buffer of a large message", async () => {
    const { box } = outbox();
    write(box, 1_000_000, 1);
    await settle();
    expect(box.out.buffer.length).to.be.below(100_000);
  });

  it("takes back a frame that could not be encoded", async () => {
    const { box, pipe } = outbox();
    write(box, 10, 1);
    box.out.begin(100);
    openFrame(box.out, frame.DATA, 0, 50_000);
    box.out.position += 50_000;
    box.out.rollback();
    write(box, 10, 2);
    await settle();
    expect(pipe.frames().map(({ body }) => body[0])).to.deep.equal([1, 2]);
  });

  it("writes nothing after close", async () => {
    const { box, pipe } = outbox();
    write(box, 10, 1);
    box.close();
    await settle();
    box.flush();
    expect(pipe.written).to.have.length(0);
  });

  it("tells when what was written has left, not before", async () => {
    const { box, pipe } = outbox();
    pipe.held = true;
    const left: string[] = [];
    write(box, 10, 1);
    box.whenLeft(() => left.push("first"));
    await settle();
    expect(left).to.deep.equal([]);
    write(box, 10, 2);
    box.whenLeft(() => left.push("second"));
    await settle();
    pipe.release(1);
    expect(left).to.deep.equal(["first"]);
    pipe.release();
    expect(left).to.deep.equal(["first", "second"]);
  });
});
