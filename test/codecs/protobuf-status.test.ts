import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AnySchema, anyPack, type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { decodeStatus, detailsOf, type ErrorDetail, encodeStatus, errorOf } from "../../codecs/protobuf/status.ts";
import { toBase64 } from "../../core/base64.ts";
import type { JsonValue } from "../../core/json-value.ts";
import { arg, contractOf, defineService, RpcError, rpc, t } from "../../index.ts";

const OutOfStock = t.error("shop.OutOfStock", { sku: t.string, left: t.int64 }, { code: "RESOURCE_EXHAUSTED" });
const Orders = defineService(
  "shop.Orders",
  { version: "1.0.0" },
  {
    place: rpc({ params: [arg("sku", t.string)], returns: t.bool, throws: [OutOfStock] }),
  },
);
const place = contractOf(Orders).methods[0];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const head = { code: "INTERNAL", message: "no" } as const;
const failed = (details: JsonValue): RpcError => new RpcError({ ...head, details });
/** What the other side makes of an error. */
const across = (error: RpcError, method = place): RpcError =>
  errorOf(error, decodeStatus(encodeStatus(3, "", detailsOf(error, method))).details, method);

describe("google.rpc.Status", () => {
  it("has the bytes of every other implementation", () => {
    const bytes = encodeStatus(5, "no such order", [{ type: "shop.OutOfStock", value: Uint8Array.of(10, 1, 97) }]);
    const any = anyPack(ValueSchema, create(ValueSchema));
    any.typeUrl = "type.googleapis.com/shop.OutOfStock";
    any.value = Uint8Array.of(10, 1, 97);
    const detail = hex(toBinary(AnySchema, any));
    expect(hex(bytes)).to.equal(`0805120d${hex(utf8("no such order"))}1a${(detail.length / 2).toString(16)}${detail}`);
    expect(decodeStatus(bytes)).to.deep.equal({
      code: 5,
      message: "no such order",
      details: [{ type: "shop.OutOfStock", value: Uint8Array.of(10, 1, 97) }],
    });
    expect(decodeStatus(new Uint8Array())).to.deep.equal({ code: 0, message: "", details: [] });
  });

  it("takes the type of a detail behind the last slash, whoever is its authority", () => {
    const bytes = Uint8Array.of(26, 9, 10, 7, ...utf8("a.b/c/X"));
    expect(decodeStatus(bytes).details).to.deep.equal([{ type: "X", value: new Uint8Array() }]);
  });

  it("refuses what is none", () => {
    for (const bytes of [Uint8Array.of(255), Uint8Array.of(26, 200, 1), Uint8Array.of(18, 1, 255)]) {
      expect(() => decodeStatus(bytes), hex(bytes)).to.throw(RpcError);
    }
    // Empty details, each of which takes two bytes and becomes an object.
    expect(() => decodeStatus(new Uint8Array(400_000).fill(26).map((_, at) => (at % 2 === 0 ? 26 : 0)))).to.throw(
      /maxMemoryBytes/,
    );
  });

  it("mends a message that is no text", () => {
    expect(decodeStatus(encodeStatus(2, "a\ud800", [])).message).to.equal("a\ufffd");
  });
});

describe("error details", () => {
  it("carry a declared error as a message of its name, which comes back as its class", () => {
    const error = new OutOfStock({ sku: "A-1", left: 3n }, { message: "sold out", retryable: true });
    const details = detailsOf(error, place);
    expect(details).to.deep.equal([{ type: "shop.OutOfStock", value: Uint8Array.of(10, 3, ...utf8("A-1"), 16, 3) }]);
    const arrived = across(error);
    expect(arrived).to.be.instanceOf(OutOfStock);
    expect(arrived).to.include({
      sku: "A-1",
      left: 3n,
      message: "sold out",
      code: "RESOURCE_EXHAUSTED",
      retryable: true,
    });
    expect(arrived.details).to.equal(undefined);
  });

  it("carry a declared error together with its details", () => {
    const arrived = across(new OutOfStock({ sku: "A", left: 1n }, { details: { shelf: [1, null] } }));
    expect(arrived).to.be.instanceOf(OutOfStock);
    expect(arrived.details).to.deep.equal({ shelf: [1, null] });
  });

  it("leave out fields that do not fit, and keep bytes that cannot be read", () => {
    const wrong = new OutOfStock({ sku: 1 as never, left: 1n });
    expect(detailsOf(wrong, place)).to.deep.equal([]);
    const arrived = errorOf(head, [{ type: "shop.OutOfStock", value: Uint8Array.of(10, 9) }], place);
    expect(arrived).to.not.be.instanceOf(OutOfStock);
    expect(arrived).to.include(head);
    expect(arrived.details).to.deep.equal([{ type: "shop.OutOfStock", value: "Cgk=" }]);
  });

  it("send nothing of an error of another method but its code", () => {
    expect(detailsOf(new OutOfStock({ sku: "A", left: 1n }), undefined)).to.deep.equal([]);
  });

  for (const details of [
    null,
    true,
    0,
    -1.5,
    "",
    "text",
    [],
    {},
    [[], {}, ""],
    [{ type: "shop.Sku", value: "no base64!" }],
    [{ type: "no name", value: "" }],
    [{ type: "shop.Sku", value: "", debug: 1 }],
    JSON.parse('{ "__proto__": { "a": [1, { "b": null }] }, "": "x" }'),
    Array.from({ length: 30 }).reduce<JsonValue>((inner) => [inner], 1),
  ] as JsonValue[]) {
    it(`carry ${JSON.stringify(details)} as google.protobuf.Value`, () => {
      const sent = detailsOf(failed(details), place);
      expect(sent.map(({ type }) => type)).to.deep.equal(["google.protobuf.Value"]);
      const peer: Value = fromBinary(ValueSchema, (sent[0] as ErrorDetail).value);
      expect(hex(toBinary(ValueSchema, peer))).to.equal(hex((sent[0] as ErrorDetail).value));
      expect(across(failed(details)).details).to.deep.equal(details);
    });
  }

  it("carry text that is none with U+FFFD", () => {
    expect(across(failed({ "a\ud800": "b\udc00" })).details).to.deep.equal({ "a\ufffd": "b\ufffd" });
  });

  it("of a foreign peer are its types and bytes, and say what they say where that is known", () => {
    const info = Uint8Array.from([10, 3, ...utf8("OUT"), 18, 4, ...utf8("shop"), 26, 6, 10, 1, 107, 18, 1, 118]);
    const arrived = errorOf(
      head,
      [
        { type: "google.rpc.ErrorInfo", value: info },
        { type: "x.Y", value: info },
      ],
      place,
    );
    expect(arrived.details).to.deep.equal([
      {
        type: "google.rpc.ErrorInfo",
        value: toBase64(info),
        debug: { reason: "OUT", domain: "shop", metadata: { k: "v" } },
      },
      { type: "x.Y", value: toBase64(info) },
    ]);
    // Whoever throws it again sends the same.
    expect(detailsOf(arrived, place)).to.deep.equal([
      { type: "google.rpc.ErrorInfo", value: info },
      { type: "x.Y", value: info },
    ]);
    expect(across(arrived).details).to.deep.equal(arrived.details);
  });

  it("say when to try again", () => {
    const value = Uint8Array.of(10, 3, 8, 150, 1);
    expect(errorOf(head, [{ type: "google.rpc.RetryInfo", value }], undefined).details).to.deep.equal([
      { type: "google.rpc.RetryInfo", value: toBase64(value), debug: { retryDelay: "150s" } },
    ]);
  });

  it("that are JSON and stand beside others are shown with them", () => {
    const [value] = detailsOf(failed({ a: 1 }), undefined) as [ErrorDetail];
    const arrived = errorOf(head, [value, { type: "x.Y", value: new Uint8Array() }], undefined);
    expect(arrived.details).to.deep.equal([
      { type: "google.protobuf.Value", value: toBase64(value.value), debug: { a: 1 } },
      { type: "x.Y", value: "" },
    ]);
    expect(detailsOf(arrived, undefined)).to.deep.equal([value, { type: "x.Y", value: new Uint8Array() }]);
  });

  it("of a hostile peer stay small", () => {
    const big = { type: "x.Big", value: new Uint8Array(1_000_000) };
    const many = Array.from({ length: 10_000 }, () => ({ type: "x".repeat(10_000), value: new Uint8Array(100) }));
    const info = {
      type: "google.rpc.ErrorInfo",
      value: Uint8Array.from([10, 128, 64, ...new Uint8Array(8192).fill(1)]),
    };
    for (const details of [[big], many, [big, { type: "x.Y", value: new Uint8Array() }], [info, info, info]]) {
      const arrived = errorOf(head, details, place);
      expect(JSON.stringify(arrived.details)).to.have.length.below(32_768 + 6000);
    }
    expect(errorOf(head, [big, { type: "x.Y", value: new Uint8Array() }], place).details).to.deep.equal([
      { type: "x.Big" },
      { type: "x.Y", value: "" },
    ]);
  });

  it("whose JSON is too deep or too large arrive as bytes", () => {
    let value = Uint8Array.of(32, 1);
    for (let level = 0; level < 40; level++) {
      const list = [10, ...lengthOf(value), ...value];
      value = Uint8Array.from([50, ...lengthOf(list), ...list]);
    }
    const detail = { type: "google.protobuf.Value", value };
    expect(errorOf(head, [detail], place).details).to.deep.equal([{ type: detail.type, value: toBase64(value) }]);
  });
});

function lengthOf({ length }: { readonly length: number }): number[] {
  return length < 128 ? [length] : [(length & 127) | 128, length >> 7];
}
