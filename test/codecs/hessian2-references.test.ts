import { expect } from "chai";
import { hessian2 } from "../../codecs/hessian2/index.ts";
import { t } from "../../core/schema/t.ts";
import { codec, exact, hex, hexOf, parse, read, readAs, write } from "./hessian2-hex.ts";
import { decode, encode, failure, roundTrip } from "./suite.ts";
import { holding, Item, Node, order, Payment } from "./types.ts";

const item = { sku: "TL-4711", qty: 3, price: 19.99 };
const Pair = t.struct("test.Pair", { a: Item, b: Item });
const uncycled = hessian2({ cycles: false });

describe("codec hessian2: references", () => {
  it("stand for a struct, list, map and union that comes again", () => {
    const cases: [unknown, unknown][] = [
      [Item, item],
      [t.list(t.string), ["one", "two"]],
      [t.map(t.int32), { one: 1, two: 2 }],
      [t.map(t.list(Item)), { one: [item] }],
      [Payment, { kind: "card", value: "4711 4711" }],
      [t.any, { one: [1] }],
    ];
    for (const [type, value] of cases) {
      const Two = t.struct("test.Two", { a: type as never, b: type as never });
      const two = { a: value, b: value };
      const bytes = encode(codec, Two, two);
      expect(bytes.length).to.be.lessThan(encode(codec, Two, { a: value, b: structuredClone(value) }).length);
      for (const by of [codec, exact, uncycled]) {
        const back = decode(by, Two, Two, bytes) as typeof two;
        expect(back).to.deep.equal(two);
        expect(back.a, JSON.stringify(value)).to.equal(back.b);
      }
      const { value: list } = roundTrip(codec, holding(t.list(type as never)), { value: [value, value] }) as {
        value: unknown[];
      };
      expect(list[0]).to.equal(list[1]);
    }
    expect(hex(Pair, { a: item, b: item }).slice(-4)).to.equal("5191");
  });

  it("hold for lists of one form, wherever they are declared, and for no value of another", () => {
    const Lists = t.struct("L", {
      a: t.list(t.int32),
      b: t.list(t.int32),
      long: t.list(t.int53),
      any: t.any,
    });
    const list = [1, 2];
    const value = { a: list, b: list, long: list, any: list };
    const back = roundTrip(codec, Lists, value) as typeof value;
    expect(back).to.deep.equal(value);
    expect(back.a).to.equal(back.b);
    expect(back.long).not.to.equal(back.a);
    // As Java would write it: one list for all four.
    const java = parse(Lists, '43 01"L" 94 01"a"01"b"04"long"03"any" 60 7a 91 92 5191 5191 5191');
    expect(java).to.deep.equal(value);
  });

  it("are found among many", () => {
    const items = Array.from({ length: 1000 }, (_, i) => ({ ...item, qty: i }));
    const value = [...items, ...items.toReversed()];
    const back = (roundTrip(codec, holding(t.list(Item)), { value }) as { value: unknown[] }).value;
    expect(back).to.deep.equal(value);
    for (let i = 0; i < 1000; i++) expect(back[i]).to.equal(back[1999 - i]);
  });

  it("never stand for defaults, which are a value each", () => {
    const Tagged = t.struct("T", { tags: t.default(t.list(t.string), ["a"]) });
    const { value } = roundTrip(codec, holding(t.list(Tagged)), { value: [{}, {}] }) as { value: { tags: string[] }[] };
    value[0]?.tags.push("mine");
    expect(value[1]).to.deep.equal({ tags: ["a"] });
  });

  it("count lists, maps and objects in the order in which they begin", () => {
    // 0 the holder, 1 the list, 2 a list in it, 3 a map, 4 its value, 5 an enum, 6 a decimal.
    const source =
      '7e 78 48 01"k" 79 91 5a 43 01"E" 91 04"name" 61 01"x" 43 14"java.math.BigDecimal" 91 05"value" 62 01"1" 51 94 51 93';
    for (const by of [codec, exact]) {
      const back = read(source, by) as unknown[];
      expect(back[4]).to.equal((back[1] as { k: unknown }).k);
      expect(back[5]).to.equal(back[1]);
    }
    const T = t.struct("T", {
      colors: t.list(t.enums("E", ["x", "y"])),
      sums: t.list(t.decimal),
      more: t.list(t.int32),
    });
    expect(
      parse(
        T,
        '43 01"T" 93 06"colors" 04"sums" 04"more" 60 7b 43 01"E" 91 04"name" 61 01"x" 51 92 61 01"y" ' +
          '7b 43 14"java.math.BigDecimal" 91 05"value" 62 01"1" 51 95 51 95 79 95',
      ),
    ).to.deep.equal({ colors: ["x", "x", "y"], sums: ["1", "1", "1"], more: [5] });
  });

  it("from fields that nobody asked for lead to values, and the other way round", () => {
    const Holder = t.struct("H", { items: t.list(Item), again: Item });
    const define = '43 01"H" 94 05"first" 05"items" 04"back" 05"again" 60';
    const write = '43 09"shop.Item" 94 03"sku" 05"owner" 03"qty" 05"price" 61 01"s" 5190 91 5b';
    const expected = { sku: "s", qty: 1, price: 0 };
    // `first` is unknown here, `items` refers to it; `owner` and `back` refer to what is being read.
    expect(parse(Holder, `${define} ${write} 79 5191 7a 5190 5191 5191`)).to.deep.equal({
      items: [expected],
      again: expected,
    });
    const back = parse(Holder, `${define} 4e 79 ${write} 7a 5191 5192 5192`) as { items: object[]; again: object };
    expect(back).to.deep.equal({ items: [expected], again: expected });
    expect(back.items[0]).to.equal(back.again);
  });

  it("let untyped values hold themselves, unless cycles are refused, on both sides", () => {
    const shared = { a: 1 };
    expect(write([shared, shared])).to.equal(hexOf('7a 48 01"a" 91 5a 51 92'));
    const cycle: Record<string, unknown> = { name: "loop", list: [] };
    cycle["self"] = cycle;
    (cycle["list"] as unknown[]).push(cycle);
    const source = write(cycle);
    for (const by of [codec, exact]) {
      const back = read(source, by) as typeof cycle;
      expect(back["self"]).to.equal(back);
      expect((back["list"] as unknown[])[0]).to.equal(back);
    }
    expect(failure(() => write(cycle, uncycled)).message).to.include("maxDepth");
    for (const by of [uncycled, hessian2({ cycles: false, exact: true })])
      expect(failure(() => read(source, by)).message).to.include("a value that does not contain itself");
    expect(write([shared, shared], uncycled)).to.equal(write([shared, shared]));
    const [one, two] = read(write([shared, shared]), uncycled) as [object, object];
    expect(one).to.equal(two);
  });

  it("never let a struct hold itself", () => {
    const node: Record<string, unknown> = { name: "a", children: [] };
    node["next"] = node;
    expect(failure(() => encode(codec, Node, node)).message).to.include("a cycle cannot be sent");
    expect(
      failure(() => parse(Node, '43 09"tree.Node" 93 04"name"08"children"04"next" 60 01"a" 78 51 90')).message,
    ).to.match(/^next: expected a value that does not contain itself/);
  });

  it("write a graph of a recursive type once", () => {
    let node: Record<string, unknown> = { name: "leaf", children: [] };
    for (let i = 0; i < 30; i++) node = { name: `n${i}`, children: [node, node] };
    const bytes = encode(codec, Node, node);
    expect(bytes.length).to.be.lessThan(1000);
    const back = decode(codec, Node, Node, bytes) as typeof node;
    const [a, b] = back["children"] as [object, object];
    expect(a).to.equal(b);
  });

  it("count what stands around untyped values", () => {
    const Mixed = t.struct("M", {
      items: t.list(Item),
      color: t.enums("C", ["x"]),
      any: t.any,
      cash: t.decimal,
      more: t.any,
    });
    const shared = [1];
    const value = {
      items: order.items,
      color: "x",
      any: [shared, shared],
      cash: "1.5",
      more: { shared, again: shared },
    };
    const back = roundTrip(codec, Mixed, value) as typeof value;
    expect(back).to.deep.equal(value);
    expect(back.any[0]).to.equal(back.any[1]);
    expect(back.any[0]).to.equal(back.more.shared);
  });

  it("to a value of a class of the library give the value", () => {
    const moment = '43 12"java.sql.Timestamp" 91 05"value" 61 4a 0000000000000001';
    expect(readAs(t.list(t.timestamp), `7a ${moment} 51 92`)).to.deep.equal([new Date(1), new Date(1)]);
    const [a, b] = read(`7a ${moment} 51 92`) as [Date, Date];
    expect(a).to.deep.equal(new Date(1));
    expect(a).to.equal(b);
  });
});
