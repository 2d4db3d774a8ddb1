import { expect } from "chai";
import { avro } from "../../codecs/avro/index.ts";
import { t } from "../../core/schema/t.ts";
import { avscOf, fromAvsc } from "../codecs/avsc.ts";
import { decode, encode } from "../codecs/suite.ts";

const codec = avro();
const version = (fields: object): never => t.struct("shop.Order", { id: t.int32, ...fields } as never) as never;

describe("evolution in another implementation of Avro, with the writer's schema", () => {
  it("reads a longer struct, a wider number and a default as we do", () => {
    const [old, next] = [
      version({ n: t.int32 }),
      version({ n: t.float64, note: t.optional(t.string), boxes: t.default(t.int32, 9) }),
    ];
    const bytes = encode(codec, old, { id: 7, n: 5 });
    const peer = avscOf(next);
    const theirs = fromAvsc(next, peer.fromBuffer(Buffer.from(bytes), peer.createResolver(avscOf(old))), peer);
    expect(theirs).to.deep.equal(decode(codec, old, next, bytes));
    expect(theirs).to.deep.equal({ id: 7, n: 5, boxes: 9 });
  });

  it("refuses a plain field that nobody wrote, which is zero here", () => {
    const [old, next] = [version({}), version({ n: t.int32 })];
    expect(() => avscOf(next).createResolver(avscOf(old))).to.throw("no matching field for default-less");
    expect(decode(codec, old, next, encode(codec, old, { id: 7 }))).to.deep.equal({ id: 7, n: 0 });
  });
});
