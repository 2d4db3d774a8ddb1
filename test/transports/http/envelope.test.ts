import { expect } from "chai";
import { EnvelopeReader, envelope, flag, joined } from "../../../transports/http/envelope.ts";
import { Random } from "../random.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function read(chunks: readonly Uint8Array[], maxBytes = 1000) {
  const seen: [number, string][] = [];
  const reader = new EnvelopeReader(maxBytes, (flags, payload) => void seen.push([flags, textOf(payload)]));
  for (const chunk of chunks) reader.push(chunk);
  return { seen, partial: reader.partial };
}

describe("an envelope", () => {
  it("has its flags and the length before the payload", () => {
    expect([...envelope(flag.COMPRESSED, bytesOf("ab"))]).to.deep.equal([1, 0, 0, 0, 2, 97, 98]);
    expect([...envelope(0, new Uint8Array(70_000)).subarray(0, 5)]).to.deep.equal([0, 0, 1, 0x11, 0x70]);
  });

  it("is read however the body was cut, empty ones too", () => {
    const body = joined([
      envelope(0, bytesOf("one")),
      envelope(0, bytesOf("")),
      envelope(flag.TRAILERS, bytesOf("three")),
      envelope(flag.END_STREAM, bytesOf("")),
    ]);
    const expected = [
      [0, "one"],
      [0, ""],
      [flag.TRAILERS, "three"],
      [flag.END_STREAM, ""],
    ];
    expect(read([body])).to.deep.equal({ seen: expected, partial: false });
    expect(read([...body].map((byte) => Uint8Array.of(byte)))).to.deep.equal({ seen: expected, partial: false });
    const random = new Random(7);
    for (let round = 0; round < 200; round++) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < body.length; ) {
        const size = random.int(0, 8);
        chunks.push(body.subarray(at, at + size));
        at += size;
      }
      expect(read(chunks).seen).to.deep.equal(expected);
    }
  });

  it("is known to be cut, in its head and in its payload", () => {
    const body = envelope(0, bytesOf("one"));
    for (let length = 0; length <= body.length; length++) {
      expect(read([body.subarray(0, length)]).partial).to.equal(length > 0 && length < body.length);
    }
  });

  it("over the limit is refused as soon as its length is known", () => {
    expect(read([envelope(0, new Uint8Array(10))], 10).seen).to.have.length(1);
    const reader = new EnvelopeReader(10, () => {});
    expect(() => reader.push(Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff))).to.throw(/larger than maxMessageBytes \(10\)/);
  });
});
