import { expect } from "chai";
import { typed } from "../../codecs/hessian2/index.ts";
import { t } from "../../core/schema/t.ts";
import { parse, read, readAs, write } from "./hessian2-hex.ts";
import { failure } from "./suite.ts";
import { Item, Order } from "./types.ts";

describe("codec hessian2: what Java writes", () => {
  it("has fields in another order, more of them, subclasses and references", () => {
    const source =
      '43 0a"shop.Order" 95 05"items" 04"note" 08"customer" 02"id" 05"extra" 60 ' +
      '71 1a"java.util.Arrays$ArrayList" 43 08"shop.Dog" 94 05"price" 04"more" 03"qty" 03"sku" 61 5c 4e 92 01"s" ' +
      '4e 03"Ada" 97 7a 51 92 51 90';
    expect(parse(Order, source)).to.deep.equal({ id: 7, customer: "Ada", items: [{ sku: "s", qty: 2, price: 1 }] });
    const Pair = t.struct("P", { a: Item, b: Item, c: t.list(t.string), d: t.list(t.string) });
    const pair = parse(
      Pair,
      '43 01"P" 94 01"a"01"b"01"c"01"d" 60 43 09"shop.Item" 93 03"sku"03"qty"05"price" 61 01"s" 91 5b 51 91 79 01"x" 51 92',
    );
    expect(pair).to.deep.equal({
      a: { sku: "s", qty: 1, price: 0 },
      b: { sku: "s", qty: 1, price: 0 },
      c: ["x"],
      d: ["x"],
    });
    expect((pair as { a: object }).a).to.equal((pair as { b: object }).b);
  });

  it("has fields in every order, one message after the other", () => {
    const names = ["sku", "qty", "price", "more"];
    const values: Record<string, string> = { sku: '01"s"', qty: "92", price: "5c", more: '03"xyz"' };
    const orders = names.flatMap((_, i) => [names.toSpliced(i, 1), names.slice(i).concat(names.slice(0, i)).reverse()]);
    for (const order of [...orders, ...orders.toReversed(), ...orders]) {
      const fields = order.map((name) => `${name.length.toString(16).padStart(2, "0")}"${name}"`).join(" ");
      const source = `43 09"shop.Item" ${(0x90 + order.length).toString(16)} ${fields} 60 ${order.map((name) => values[name]).join(" ")}`;
      expect(parse(Item, source), source).to.deep.equal({
        sku: order.includes("sku") ? "s" : "",
        qty: order.includes("qty") ? 2 : 0,
        price: order.includes("price") ? 1 : 0,
      });
    }
  });

  it("has the same class for two structs", () => {
    const Short = t.struct("shop.Item", { price: t.float64, sku: t.string });
    const Both = t.struct("test.Both", { long: t.list(Item), short: t.list(Short) });
    const item = '61 5c 92 01"s"';
    const source = `43 09"test.Both" 92 05"short" 04"long" 60 7a 43 09"shop.Item" 93 05"price" 03"qty" 03"sku" ${item} ${item} 79 ${item}`;
    for (let i = 0; i < 3; i++) {
      expect(parse(Both, source)).to.deep.equal({
        long: [{ sku: "s", qty: 2, price: 1 }],
        short: [
          { price: 1, sku: "s" },
          { price: 1, sku: "s" },
        ],
      });
    }
  });

  it("has members whose names are alike", () => {
    const value = { a1b2c: 1, a3b4c: 2, a5b6c: [{ a3b4c: 3, a1b2c: 4 }], "": 5, ["__proto__"]: 6 };
    for (let i = 0; i < 3; i++) expect(read(write(value))).to.deep.equal(value);
  });

  it("has numbers, moments and texts of other types that fit", () => {
    expect(readAs(t.int32, "e5")).to.equal(5);
    expect(readAs(t.int64, "95")).to.equal(5n);
    expect(readAs(t.int53, "95")).to.equal(5);
    expect(readAs(t.float64, "95")).to.equal(5);
    expect(readAs(t.float64, "e5")).to.equal(5);
    expect(readAs(t.decimal, "95")).to.equal("5");
    expect(readAs(t.decimal, '03 "1.5"')).to.equal("1.5");
    expect(readAs(t.timestamp, '43 12"java.sql.Timestamp" 91 05"value" 61 4a 0000000000000001')).to.deep.equal(
      new Date(1),
    );
    expect(readAs(t.timestamp, write(typed("java.time.OffsetDateTime", "2024-02-29T01:00:00+01:00")))).to.deep.equal(
      new Date("2024-02-29T00:00:00Z"),
    );
    expect(readAs(t.enums("E", ["a", "b"]), '01"b"')).to.equal("b");
    expect(readAs(t.map(t.int32), "48 91 92 e3 94 5a")).to.deep.equal({ 1: 2, 3: 4 });
    expect(readAs(t.map(t.int32), '48 43 01"E" 91 04"name" 61 01"a" 91 51 92 92 46 93 5a')).to.deep.equal({
      a: 2,
      false: 3,
    });
    expect(failure(() => readAs(t.map(t.int32), "48 4e 91 5a")).message).to.include("a map's key, as a string");
    expect(failure(() => readAs(t.map(t.int32), '48 01"a" 01"b" 5a')).message).to.match(
      /^value\["a"\]: expected int32/,
    );
    expect(readAs(t.list(t.int32), '72 04"[int" 91 92')).to.deep.equal([1, 2]);
    expect(readAs(Item, '48 03"sku" 01"s" 03"qty" 91 05"price" 5c 5a')).to.deep.equal({ sku: "s", qty: 1, price: 1 });
    expect(readAs(t.optional(t.string), "4e")).to.equal(undefined);
    expect(readAs(t.list(t.string), "4e")).to.deep.equal([]);
  });
});
