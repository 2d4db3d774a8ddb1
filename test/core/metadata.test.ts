import { expect } from "chai";
import { createMetadata, soundMetadata } from "../../core/metadata.ts";

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

describe("soundMetadata", () => {
  it("keeps what may travel and tells of the rest", () => {
    const { metadata, refused } = soundMetadata({ A: "1", "b c": "2", d: 3 });
    expect(metadata).to.deep.equal({ a: "1" });
    expect(refused).to.match(/^metadata "b c"/);
    expect(soundMetadata({ a: "1" }).refused).to.equal(undefined);
    for (const none of [undefined, null, "text", ["x"], 5]) expect(soundMetadata(none).metadata).to.deep.equal({});
  });
});
