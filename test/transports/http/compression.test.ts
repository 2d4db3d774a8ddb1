import { expect } from "chai";
import { RpcError } from "../../../index.ts";
import { type Compression, compressions } from "../../../transports/http/compression.ts";

const text = new TextEncoder().encode("the same again and again, ".repeat(100));

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (RpcError.is(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "none";
}

describe("compression", () => {
  it("is what Node has", () => {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const zstd = major > 22 || (major === 22 && minor >= 15) ? ["zstd"] : [];
    expect([...compressions.keys()]).to.deep.equal(["gzip", "br", ...zstd, "deflate"]);
  });

  for (const one of compressions.values()) {
    it(`by ${one.name} goes both ways, of nothing too`, () => {
      const small = one.compress(text);
      expect(small.length).to.be.below(text.length / 5);
      expect([...one.decompress(small, text.length)]).to.deep.equal([...text]);
      expect(one.decompress(one.compress(new Uint8Array()), 10)).to.have.length(0);
      expect(one.decompress(new Uint8Array(), 10)).to.have.length(0);
    });

    it(`by ${one.name} refuses what is none, and more than the limit when it is unfolded`, () => {
      const noise = new Uint8Array(100).fill(0xa7);
      expect(refusal(() => one.decompress(noise, 1000))).to.match(/^INVALID_ARGUMENT: the message is no \w+: /);
      const bomb = one.compress(new Uint8Array(50_000_000));
      const before = process.memoryUsage().arrayBuffers;
      expect(refusal(() => one.decompress(bomb, 1000))).to.match(/^RESOURCE_EXHAUSTED: .*maxMessageBytes \(1000\)/);
      expect(process.memoryUsage().arrayBuffers - before).to.be.below(20_000_000);
      expect(refusal(() => (one as Compression).decompress(one.compress(text), text.length - 1))).to.match(
        /^RESOURCE_EXHAUSTED/,
      );
    });
  }
});
