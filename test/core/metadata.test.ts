import { expect } from "chai";
import {
  bytesOf,
  createMetadata,
  mergedMetadata,
  metadataJson,
  soundMetadata,
  travelling,
  valuesOf,
} from "../../core/metadata.ts";

describe("createMetadata", () => {
  it("copies, freezes and makes capitals of keys small", () => {
    const given = { "Retry-After": "5", a_1: "", "x.y": 'ö "quoted" \\ \ud83d\ude00' };
    const metadata = createMetadata(given);
    expect(metadata).to.deep.equal({ "retry-after": "5", a_1: "", "x.y": 'ö "quoted" \\ \ud83d\ude00' });
    expect(Object.isFrozen(metadata)).to.equal(true);
    expect(given).to.have.property("Retry-After");
  });

  const refused: readonly (readonly [entries: unknown, reason: RegExp])[] = [
    [{ "": "x" }, /^metadata "": a key is of letters, digits, \. _ - and begins/],
    [{ "-a": "x" }, /^metadata "-a": a key/],
    [{ "a b": "x" }, /^metadata "a b": a key/],
    [{ "a:": "x" }, /^metadata "a:": a key/],
    [{ "a\n": "x" }, /^metadata "a\\n": a key/],
    [{ ä: "x" }, /^metadata "ä": a key/],
    // The Kelvin sign, whose small letter is k.
    [{ "\u212a": "x" }, /a key is of/],
    [JSON.parse('{"__proto__":"x"}'), /^metadata "__proto__": a key/],
    [{ a: 5 }, /^metadata "a": a value is a string, got number/],
    [{ a: undefined }, /^metadata "a": a value is a string, got undefined/],
    [{ a: null }, /^metadata "a": a value is a string, got null/],
    [{ a: "x\ny" }, /^metadata "a": a value is text without control characters/],
    [{ a: "\u0000" }, /a value is text/],
    [{ a: "\t" }, /a value is text/],
    [{ a: "\u007f" }, /a value is text/],
    [{ a: "\ud800" }, /a value is text/],
    [{ A: "1", a: "2" }, /^metadata "a": the key stands twice, in another spelling/],
    [null, /^metadata: expected an object/],
    ["text", /^metadata: expected an object/],
    [["x"], /^metadata: expected an object/],
    [new Map([["a", "b"]]), /^metadata: expected an object/],
  ];
  for (const [entries, reason] of refused) {
    it(`refuses ${JSON.stringify(entries)}`, () => {
      expect(() => createMetadata(entries as Record<string, string>)).to.throw(TypeError, reason);
    });
  }

  it("never tells a value", () => {
    expect(() => createMetadata({ authorization: "secret\n" }))
      .to.throw()
      .with.property("message")
      .not.match(/secret/);
  });
});

describe("metadata of several values", () => {
  const bytes = new Uint8Array([251, 255]);

  it("are read as one text, and as they were", () => {
    const metadata = createMetadata({ "X-A": ["1", "2, 3"], b: ["only"], c: [], "d-bin": [bytes, bytes] });
    expect({ ...Object.fromEntries(Object.entries(metadata)) }).to.deep.equal({
      "x-a": "1, 2, 3",
      b: "only",
      "d-bin": "+/8=, +/8=",
    });
    expect(valuesOf(metadata, "X-a")).to.deep.equal(["1", "2, 3"]);
    expect(valuesOf(metadata, "b")).to.deep.equal(["only"]);
    expect(valuesOf(metadata, "toString")).to.deep.equal([]);
    expect(bytesOf(metadata, "D-Bin")).to.deep.equal([bytes, bytes]);
    expect(bytesOf(metadata, "e-bin")).to.deep.equal([]);
    expect(() => bytesOf(metadata, "b")).to.throw(
      TypeError,
      /^metadata "b": bytes stand under a name that ends in -bin/,
    );
    expect(JSON.stringify(metadataJson(metadata))).to.equal('{"x-a":["1","2, 3"],"b":"only","d-bin":"+/8=, +/8="}');
  });

  it("cost nothing where there are none: no member, and JSON of the very object", () => {
    const metadata = createMetadata({ a: "1", b: ["2"], "c-bin": [bytes, bytes] });
    expect(Reflect.ownKeys(metadata)).to.deep.equal(["a", "b", "c-bin"]);
    expect(metadataJson(metadata)).to.equal(metadata);
  });

  it("take base64 of both alphabets, padded or not, one by one or joined", () => {
    const metadata = createMetadata({ "a-bin": "-_8,AQ", "b-bin": ["+/8=", "AQ=="], "c-bin": "" });
    expect(metadata["a-bin"]).to.equal("+/8=, AQ==");
    expect(metadata["b-bin"]).to.equal("+/8=, AQ==");
    expect(bytesOf(metadata, "c-bin")).to.deep.equal([new Uint8Array()]);
    expect(createMetadata({ ...metadata })).to.deep.equal(metadata);
  });

  it("hold as long as nobody writes another text over them", () => {
    const metadata = createMetadata({ a: ["1", "2"], b: ["3", "4"] });
    const spread = createMetadata({ ...metadata, a: "new" });
    expect(valuesOf(spread, "a")).to.deep.equal(["new"]);
    expect(valuesOf(spread, "b")).to.deep.equal(["3", "4"]);
    const merged = mergedMetadata(metadata, createMetadata({ b: "5", c: ["6", "7"] }));
    expect(["a", "b", "c"].map((name) => valuesOf(merged, name))).to.deep.equal([["1", "2"], ["5"], ["6", "7"]]);
    const [last] = Object.getOwnPropertySymbols(mergedMetadata(metadata, createMetadata({ a: "1", b: "2" })));
    expect(last).to.equal(undefined);
  });

  it("are made of several objects, of which the last counts", () => {
    const metadata = createMetadata({ a: "1", B: ["2", "3"] }, { A: ["4", "5"] }, { c: "6" });
    expect(JSON.stringify(metadataJson(metadata))).to.equal('{"a":["4","5"],"b":["2","3"],"c":"6"}');
    expect(Object.isFrozen(metadata)).to.equal(true);
  });

  it("travel on where their name begins so", () => {
    const handed = travelling(createMetadata({ "x-a": ["1", "2"], b: ["3", "4"] }));
    expect(JSON.stringify(metadataJson(handed ?? {}))).to.equal('{"x-a":["1","2"]}');
  });

  it("are kept where something else is not sound", () => {
    const { metadata, refused } = soundMetadata({ a: ["1", "2"], "b c": "2", "d-bin": "!", e: [3] });
    expect(JSON.stringify(metadataJson(metadata))).to.equal('{"a":["1","2"]}');
    expect(refused).to.match(/^metadata "b c"/);
    expect(valuesOf(soundMetadata(createMetadata({ a: ["1", "2"] })).metadata, "a")).to.deep.equal(["1", "2"]);
  });
});

describe("soundMetadata", () => {
  it("keeps what may travel and tells of the rest", () => {
    const { metadata, refused } = soundMetadata({ A: "1", "b c": "2", d: 3 });
    expect(metadata).to.deep.equal({ a: "1" });
    expect(refused).to.match(/^metadata "b c"/);
    expect(soundMetadata({ a: "1" }).refused).to.equal(undefined);
    for (const none of [undefined, null, "text", ["x"], 5]) expect(soundMetadata(none).metadata).to.deep.equal({});
  });
});
