import { expect } from "chai";
import fc from "fast-check";
import { FrameParser } from "../../../core/wire/parser.ts";
import { bytesOf, frameOf, u32 } from "./frames.ts";

type Seen = [type: number, flags: number, body: string];

function collector(maxBytes = 1_000_000): { parser: FrameParser; seen: Seen[] } {
  const seen: Seen[] = [];
  const parser = new FrameParser((type, flags, bytes, body, end) => {
    seen.push([type, flags, Buffer.from(bytes.subarray(body, end)).toString("hex")]);
  }, maxBytes);
  return { parser, seen };
}

/** As a socket does it: the bytes are its own again as soon as `push` returns. */
function push(parser: FrameParser, bytes: Uint8Array): void {
  const lent = Uint8Array.from(bytes);
  parser.push(lent);
  lent.fill(0xee);
}

const frames = fc.array(
  fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 255 }),
    body: fc.uint8Array({ maxLength: 3000 }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe("wire: FrameParser", () => {
  it("finds the same frames wherever three of them are cut", () => {
    const bytes = Buffer.concat([frameOf(5, 1, "abc"), frameOf(9, 0), frameOf(6, 0, "defgh")]);
    const { parser: whole, seen: expected } = collector();
    push(whole, bytes);
    expect(expected).to.have.length(3);
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        const { parser, seen } = collector();
        for (const piece of [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)])
          push(parser, piece);
        expect(seen).to.deep.equal(expected);
      }
    }
  });

  it("finds the same frames in any chunks", () => {
    fc.assert(
      fc.property(
        frames,
        fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 40 }),
        (given, sizes) => {
          const bytes = Buffer.concat(given.map(({ type, flags, body }) => frameOf(type, flags, body)));
          const { parser, seen } = collector();
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length] as number;
            push(parser, bytes.subarray(at, at + size));
            at += size;
          }
          expect(seen).to.deep.equal(
            given.map(({ type, flags, body }) => [type, flags, Buffer.from(body).toString("hex")]),
          );
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });

  it("refuses a length below two and above the limit, before the rest has come", () => {
    for (const length of [0, 1])
      expect(() => collector().parser.push(bytesOf(u32(length)))).to.throw("shorter than its header");
    for (const length of [1001, 2 ** 31, 2 ** 32 - 1]) {
      expect(() => collector(1000).parser.push(bytesOf(u32(length)))).to.throw(
        `${length} bytes is over maxMessageBytes (1000)`,
      );
    }
    const { parser, seen } = collector(1000);
    parser.push(frameOf(5, 0, Buffer.alloc(998)));
    expect(seen).to.have.length(1);
  });

  it("refuses long frames during the handshake only", () => {
    const parser = new FrameParser(() => {}, 1000, 100);
    expect(() => parser.push(bytesOf(u32(101)))).to.throw("during the handshake");
    const later = new FrameParser(() => {}, 1000, 100);
    later.established();
    later.push(frameOf(5, 0, Buffer.alloc(998)));
  });

  it("sets aside what has arrived, not what was declared", () => {
    const before = process.memoryUsage().arrayBuffers;
    const parsers = Array.from({ length: 200 }, () => {
      const { parser } = collector(4 * 1024 * 1024);
      parser.push(bytesOf(u32(4 * 1024 * 1024), 5, 0, "a few bytes"));
      return parser;
    });
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(4 * 1024 * 1024);
    expect(parsers).to.have.length(200);
  });

  it("hands out nothing once it is stopped, not even the rest of a chunk", () => {
    const seen: number[] = [];
    const parser: FrameParser = new FrameParser((type) => {
      seen.push(type);
      parser.stop();
    }, 1000);
    parser.push(Buffer.concat([frameOf(1, 0), frameOf(2, 0), frameOf(3, 0).subarray(0, 5)]));
    parser.push(frameOf(4, 0));
    expect(seen).to.deep.equal([1]);
  });

  it("survives random bytes: frames within the limit, or a protocol error", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (chunks) => {
        const { parser, seen } = collector(100);
        try {
          for (const chunk of chunks) push(parser, chunk);
        } catch (error) {
          expect(String(error)).to.contain("protocol error");
        }
        for (const [, , body] of seen) expect(body.length / 2).to.be.at.most(98);
      }),
      { numRuns: 2000, seed: 11 },
    );
  });
});
