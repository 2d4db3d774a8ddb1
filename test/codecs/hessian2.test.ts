import { expect } from "chai";
import fc from "fast-check";
import { double, hessian2, javaClassOf, long, type Typed, typed } from "../../codecs/hessian2/index.ts";
import { defaultCodecLimits } from "../../core/codec.ts";
import { t } from "../../core/t.ts";
import { codecSuite, decode, encode, failure, roundTrip } from "./suite.ts";
import { All, Empty, holding, Item, Node, Order, order, Payment } from "./types.ts";

const codec = hessian2();
const exact = hessian2({ exact: true });
const Any = t.struct("A", { value: t.any });
/** The class that holds one untyped value, defined and begun. */
const HEAD = "43 01 41 91 05 76616c7565 60".replaceAll(" ", "");
/** Hexadecimal bytes, and text in quotes. */
const bytesOf = (source: string): Buffer =>
  Buffer.concat(
    (source.match(/"[^"]*"|[0-9a-f]{2}/g) ?? []).map((part) =>
      part[0] === '"' ? Buffer.from(part.slice(1, -1)) : Buffer.from(part, "hex"),
    ),
  );
const hexOf = (source: string): string => bytesOf(source).toString("hex");
const hex = (type: unknown, value: unknown, by = codec): string => Buffer.from(encode(by, type, value)).toString("hex");
const parse = (type: unknown, source: string, by = codec): unknown => decode(by, type, type, bytesOf(source));
const wrong = (type: unknown, source: string): string => failure(() => parse(type, source)).message;
/** Reads one untyped value. */
const read = (source: string, by = codec): unknown => (parse(Any, HEAD + source, by) as { value: unknown }).value;
const write = (value: unknown, by = codec): string => hex(Any, { value }, by).slice(HEAD.length);
/** Reads one value of a type, of a class that only this codec's exact way understands. */
const readAs = (type: unknown, source: string): unknown =>
  (parse(holding(type), `43 01 "X" 91 05 "value" 60 ${source}`) as { value: unknown }).value;

codecSuite("hessian2", hessian2({ cycles: false }));
codecSuite("hessian2, exact", hessian2({ cycles: false, exact: true }));

describe("codec hessian2: the bytes", () => {
  it("of scalars are those of the specification", () => {
    const golden: [unknown, string][] = [
      [null, "4e"],
      [true, "54"],
      [false, "46"],
      [0, "90"],
      [-16, "80"],
      [47, "bf"],
      [-2048, "c000"],
      [-256, "c700"],
      [2047, "cfff"],
      [-262144, "d00000"],
      [262143, "d7ffff"],
      [262144, "4900040000"],
      [-(2 ** 31), "4980000000"],
      [0n, "e0"],
      [-8n, "d8"],
      [15n, "ef"],
      [-9n, "f7f7"],
      [16n, "f810"],
      [-2048n, "f000"],
      [2047n, "ffff"],
      [-262144n, "380000"],
      [262143n, "3fffff"],
      [262144n, "5900040000"],
      [2n ** 31n, "4c0000000080000000"],
      [-(2n ** 63n), "4c8000000000000000"],
      [2n ** 63n - 1n, "4c7fffffffffffffff"],
      [12.25, "5f00002fda"],
      [-0.5, "5ffffffe0c"],
      [Math.PI, "44400921fb54442d18"],
      [-0, "448000000000000000"],
      [2 ** 40, "444270000000000000"],
      ["", "00"],
      ["hello", "0568656c6c6f"],
      ["\u00c3", "01c383"],
      ["é".repeat(32), `3020${"c3a9".repeat(32)}`],
      ["x".repeat(1024), `530400${"78".repeat(1024)}`],
      ["a😀", "0361eda0bdedb880"],
      [Uint8Array.of(1, 2, 3), "23010203"],
      [new Uint8Array(16), `3410${"00".repeat(16)}`],
      [new Uint8Array(1024), `420400${"00".repeat(1024)}`],
      [new Date(894621091000), "4a000000d04b9284b8"],
      [new Date(894621060000), "4b00e3838f"],
      [[], "78"],
      [[0, 1], "7a9091"],
      [Array(8).fill(0), `5898${"90".repeat(8)}`],
      [{ a: 1 }, "48016191 5a"],
      [
        new Map<unknown, unknown>([
          [1, "fee"],
          [16n, "fie"],
        ]),
        '48 91 03"fee" f810 03"fie" 5a',
      ],
    ];
    for (const [value, source] of golden) {
      expect(write(value), String(value).slice(0, 40)).to.equal(hexOf(source));
      expect(read(source)).to.deep.equal(value);
    }
    for (const [value, source] of [
      [0, "5b"],
      [1, "5c"],
      [-128, "5d80"],
      [127, "5d7f"],
      [-32768, "5e8000"],
      [32767, "5e7fff"],
    ] as const) {
      expect(write(double(value))).to.equal(source);
      expect(read(source)).to.equal(value);
      expect(read(source, exact)).to.deep.equal(double(value));
    }
  });

  it("of a struct define its class once", () => {
    expect(hex(t.struct("L", { items: t.list(Item) }), { items: [order.items[0], order.items[0]] })).to.equal(
      hexOf(
        '43 01 "L" 91 05 "items" 60 7a 43 09 "shop.Item" 93 03 "sku" 03 "qty" 05 "price" ' +
          '61 07 "TL-4711" 93 44 4033fd70a3d70a3d 61 07 "TL-4711" 93 44 4033fd70a3d70a3d',
      ),
    );
    expect(hex(Empty, {})).to.equal(hexOf('43 0a "test.Empty" 90 60'));
    expect(hex(holding(Payment), { value: { kind: "cash", value: { amount: "1" } } })).to.equal(
      hexOf(
        '43 0b "test.Holder" 91 05 "value" 60 43 0c "shop.Payment" 92 04 "kind" 05 "value" 61 04 "cash" ' +
          '43 09 "shop.Cash" 91 06 "amount" 62 43 14 "java.math.BigDecimal" 91 05 "value" 63 01 "1"',
      ),
    );
    const E = t.struct("E", { a: t.optional(t.int53), b: t.list(t.enums("C", ["x", "y"])), c: t.map(t.int64) });
    expect(hex(E, { b: ["x", "y"], c: { k: 1n } })).to.equal(
      hexOf('43 01"E" 93 01"a" 01"b" 01"c" 60 4e 7a 43 01"C" 91 04"name" 61 01"x" 61 01"y" 48 01"k" e1 5a'),
    );
  });

  it("tell null from absent where both are values", () => {
    const Both = t.struct("B", { a: t.optional(t.any), b: t.bool, c: t.optional(t.any) });
    expect(hex(Both, { b: true })).to.equal(hexOf('43 01"B" 91 01"b" 60 54'));
    for (const value of [{ b: true }, { a: null, b: true }, { b: false, c: [] }, { a: {}, b: false, c: null }]) {
      expect(roundTrip(codec, Both, value)).to.deep.equal(value);
    }
  });

  it("of more than sixteen classes still fit", () => {
    const fields = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`f${i}`, t.struct(`S${i}`, { x: t.int32 })]),
    );
    const Wide = t.struct("Wide", fields);
    const value = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, { x: i }]));
    expect(roundTrip(codec, Wide, value)).to.deep.equal(value);
  });

  it("of long text and bytes are chunks that keep surrogate pairs together", () => {
    const text = `${"x".repeat(32767)}😀${"é".repeat(40000)}`;
    const source = write(text);
    expect(source.slice(0, 6)).to.equal("527fff");
    expect(read(source)).to.equal(text);
    const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i);
    expect(write(bytes).slice(0, 6)).to.equal("41ffff");
    expect(read(write(bytes))).to.deep.equal(bytes);
    expect(roundTrip(codec, holding(t.bytes), { value: bytes })).to.deep.equal({ value: bytes });
    expect(read('52 0001 "a" 00')).to.equal("a");
    expect(read('52 0001 "a" 52 0002 "bc" 01 "d"')).to.equal("abcd");
    expect(read('41 0001 "a" 21 "b"')).to.deep.equal(Uint8Array.from(Buffer.from("ab")));
    expect(read("01 c080")).to.equal("\0");
  });
});

describe("codec hessian2: untyped values", () => {
  it("cost a reference where they come again, and may contain themselves", () => {
    const shared = { a: 1 };
    expect(write([shared, shared])).to.equal(hexOf('7a 48 01"a" 91 5a 51 92'));
    const [one, two] = read('7a 48 01"a" 91 5a 51 92') as [object, object];
    expect(one).to.equal(two);
    const cycle: Record<string, unknown> = { name: "loop", list: [] };
    cycle["self"] = cycle;
    (cycle["list"] as unknown[]).push(cycle);
    for (const by of [codec, exact]) {
      const back = read(write(cycle, by), by) as typeof cycle;
      expect(back["self"]).to.equal(back);
      expect((back["list"] as unknown[])[0]).to.equal(back);
    }
    expect(failure(() => write(cycle, hessian2({ cycles: false }))).message).to.include("maxDepth");
    const twice = hessian2({ cycles: false });
    expect(write([shared, shared], twice)).to.equal(write([shared, shared]));
  });

  it("count what stands around them", () => {
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

  it("keep the class of an object, unseen", () => {
    const source = '43 08 "shop.Dog" 92 04 "name" 03 "age" 61 03 "Rex" 93';
    const dog = read(source) as object;
    expect(dog).to.deep.equal({ name: "Rex", age: 3 });
    expect(Object.keys(dog)).to.deep.equal(["name", "age"]);
    expect(javaClassOf(dog)).to.equal("shop.Dog");
    expect(write(dog)).to.equal(hexOf(source));
    expect(write(typed("shop.Dog", { name: "Rex", age: 3 }))).to.equal(hexOf(source));
    expect(javaClassOf({})).to.equal(undefined);
  });

  it("take wrappers for what only Java has", () => {
    expect(write(long(5))).to.equal("e5");
    expect(write(long(-(2n ** 63n)))).to.equal("4c8000000000000000");
    expect(write(typed("java.lang.Short", 5))).to.equal("95");
    expect(write(typed("java.lang.Float", 0.1))).to.equal("443fb99999a0000000");
    expect(write(typed("char", "x"))).to.equal(hexOf('01"x"'));
    expect(write(typed("shop.Color", "RED"))).to.equal(hexOf('43 0a"shop.Color" 91 04"name" 61 03"RED"'));
    expect(write(typed("[int", [1, 2]))).to.equal(hexOf('72 04"[int" 91 92'));
    expect(write(Int32Array.of(1, 2))).to.equal(hexOf('72 04"[int" 91 92'));
    expect(write(Float64Array.of(1))).to.equal(hexOf('71 07"[double" 5c'));
    expect(write([typed("[int", []), typed("[int", Array(9).fill(1))])).to.equal(
      hexOf(`7a 70 04"[int" 56 90 99 ${"91".repeat(9)}`),
    );
    expect(write(new Set(["a"]))).to.equal(hexOf('71 11"java.util.HashSet" 01"a"'));
    expect(write(typed("java.util.TreeMap", { a: 1 }))).to.equal(hexOf('4d 11"java.util.TreeMap" 01"a" 91 5a'));
    for (const value of [
      typed("byte", 200),
      typed("int", 2 ** 31),
      long(1.5),
      long(2n ** 63n),
      typed("java.math.BigDecimal", "x"),
      typed("java.time.LocalDate", "2024"),
      typed("shop.X", 5),
      Promise.resolve(),
      new ArrayBuffer(1),
      new Uint16Array(1),
      new Date(Number.NaN),
      "\ud800",
      Symbol.iterator,
      { deep: [{ x: () => 0 }] },
    ]) {
      expect(failure(() => write(value)).code, String((value as Typed).type)).to.equal("INVALID_ARGUMENT");
    }
    expect(failure(() => write({ deep: [{ x: () => 0 }] })).message).to.equal(
      "deep[0].x: expected a value that can be carried, got a function",
    );
  });

  it("know the classes of the Java library", () => {
    const values: [string, unknown][] = [
      ["java.math.BigDecimal", "1.50"],
      ["java.math.BigInteger", -123456789012345678901234567890n],
      ["java.math.BigInteger", 0n],
      ["java.util.UUID", "00000000-0000-0001-8000-000000000002"],
      ["java.util.Locale", "en_US"],
      ["java.util.Calendar", new Date(5)],
      ["java.sql.Timestamp", new Date(1)],
      ["java.sql.Date", new Date(1)],
      ["java.sql.Time", new Date(1)],
      ["java.lang.Class", "java.lang.String"],
      ["java.net.URI", "http://x/y"],
      ["java.time.Instant", new Date(-1)],
      ["java.time.LocalDate", "2024-02-29"],
      ["java.time.LocalDate", "-0044-03-15"],
      ["java.time.LocalTime", "01:02:03.000004"],
      ["java.time.LocalDateTime", "2024-02-29T01:02:03"],
      ["java.time.OffsetDateTime", "2024-02-29T01:02:03.000000004+02:00"],
      ["java.time.OffsetTime", "01:02:03-05:30"],
      ["java.time.ZonedDateTime", "2024-02-29T01:02:03+01:00[Europe/Berlin]"],
      ["java.time.ZonedDateTime", "2024-02-29T01:02:03Z"],
      ["java.time.ZoneOffset", "+02:00:30"],
      ["java.time.ZoneId", "Europe/Berlin"],
      ["java.time.Year", "2024"],
      ["java.time.YearMonth", "2024-02"],
      ["java.time.MonthDay", "--02-29"],
      ["java.time.Duration", "PT5.000006S"],
      ["java.time.Duration", "-PT0.5S"],
      ["java.time.Period", "P1Y2M3D"],
    ];
    for (const [type, value] of values) {
      const source = write(typed(type, value));
      expect(read(source), type).to.deep.equal(value);
      expect(read(source, exact), type).to.deep.equal(typed(type, value));
      expect(write(read(source, exact))).to.equal(source);
    }
    expect(read(write(2n ** 70n))).to.equal(2n ** 70n);
    const caucho = hessian2({ java: "caucho" });
    for (const [type, value] of [
      ["java.util.UUID", "00000000-0000-0001-8000-000000000002"],
      ["java.util.Locale", "en_US"],
    ] as const) {
      expect(write(typed(type, value), caucho)).not.to.equal(write(typed(type, value)));
      expect(read(write(typed(type, value), caucho))).to.equal(value);
    }
    expect(read('43 30 21 "com.caucho.hessian.io.ShortHandle" 91 06 "_value" 61 95')).to.equal(5);
  });

  it("that are exact keep collections and numbers as Java had them", () => {
    const sources = [
      '71 14"java.util.LinkedList" 01"a"',
      '4d 11"java.util.TreeMap" 01"a" 5c 5a',
      '72 07"[double" 5c 5d02',
      '71 05"[[int" 71 04"[int" 91',
    ];
    for (const source of sources) expect(write(read(source, exact))).to.equal(hexOf(source));
    expect(read(sources[0] as string)).to.deep.equal(["a"]);
    expect(read(sources[1] as string, exact)).to.deep.equal(typed("java.util.TreeMap", { a: double(1) }));
    expect(read('55 04"[int" 91 92 5a')).to.deep.equal([1, 2]);
    expect(read("57 91 92 5a")).to.deep.equal([1, 2]);
    expect(read('7a 70 04"[int" 55 90 5a', exact)).to.deep.equal([typed("[int", []), typed("[int", [])]);
  });

  it("of any JSON come back, and prototypes stay what they are", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const value = JSON.parse(JSON.stringify(json));
        expect(roundTrip(codec, Any, { value })).to.deep.equal({ value });
        expect(roundTrip(exact, Any, { value })).to.deep.equal({ value });
      }),
    );
    const value = { ["__proto__"]: { polluted: 1 }, constructor: 1 };
    expect(roundTrip(codec, Any, { value })).to.deep.equal({ value });
    expect(read('43 01"X" 91 09"__proto__" 61 48 01"a" 91 5a')).to.have.own.property("__proto__");
    expect(({} as { a?: number; polluted?: number }).polluted).to.equal(undefined);
  });
});

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

  it("a graph of a recursive type is written once", () => {
    let node: Record<string, unknown> = { name: "leaf", children: [] };
    for (let i = 0; i < 30; i++) node = { name: `n${i}`, children: [node, node] };
    const bytes = encode(codec, Node, node);
    expect(bytes.length).to.be.lessThan(1000);
    const back = decode(codec, Node, Node, bytes) as typeof node;
    const [a, b] = back["children"] as [object, object];
    expect(a).to.equal(b);
  });
});

describe("codec hessian2: bad bytes", () => {
  it("are refused with the path, or the position", () => {
    expect(wrong(Order, "")).to.equal("hessian2: truncated at byte 0");
    expect(wrong(Empty, '43 0a"test.Empty" 90 60 00')).to.equal("hessian2: 1 bytes follow the message, at byte 14");
    expect(wrong(Order, '43 09"shop.Item" 93 03"sku"03"qty"05"price" 60 01"s" 91 5b')).to.equal(
      "the value: expected shop.Order, got an object of the class shop.Item",
    );
    expect(wrong(Any, `${HEAD}45`)).to.equal("hessian2: 0x45 is no value, at byte 11");
    expect(wrong(Any, `${HEAD}51`)).to.equal("hessian2: truncated at byte 12");
    expect(wrong(Any, `${HEAD}5195`)).to.equal("hessian2: a reference to value 5, of which there are 1, at byte 11");
    expect(wrong(Any, `${HEAD}4f95`)).to.include("an object of class 5, of which there are 1");
    expect(wrong(Any, `${HEAD}7195`)).to.include("a reference to type 5, of which there are 0");
    expect(wrong(Any, `${HEAD}0180000000`)).to.include("no UTF-8 of Java's");
    expect(wrong(Any, `${HEAD}02f09f9880`)).to.include("no UTF-8 of Java's");
    expect(wrong(Any, `${HEAD}4a7fffffffffffffff`)).to.include("a date beyond");
    expect(wrong(Any, `${HEAD}520001"a"91`)).to.include("a string breaks off");
    expect(wrong(Any, `${HEAD}410001"a"91`)).to.include("bytes break off");
    expect(wrong(holding(t.string), '43 0b"test.Holder" 91 05"value" 60 01eda0bd')).to.match(/^value: expected string/);
    expect(wrong(holding(t.int32), '43 0b"test.Holder" 91 05"value" 60 01"x"')).to.equal(
      'value: expected int32, got "x"',
    );
    expect(wrong(Node, '43 09"tree.Node" 93 04"name"08"children"04"next" 60 01"a" 78 51 90')).to.match(
      /^next: expected a value that does not contain itself/,
    );
  });

  it("that declare more than they hold allocate nothing", () => {
    const before = process.memoryUsage().rss;
    const huge = "49 7fffffff";
    for (const type of [t.list(t.string), t.list(Item), t.map(t.int32), t.any, t.string, t.bytes, Item]) {
      for (const head of [
        `58 ${huge}`,
        `56 01"x" ${huge}`,
        "53 ffff",
        "42 ffff",
        `43 01"Y" ${huge}`,
        `4f ${huge}`,
        "58 49ffffffff",
        `43 01"Z" 49 ffffffff`,
      ])
        expect(wrong(holding(type), `43 0b"test.Holder" 91 05"value" 60 ${head}`)).to.match(
          /truncated|expected|hessian2/,
        );
    }
    expect(process.memoryUsage().rss - before).to.be.lessThan(64 << 20);
  });

  it("that nest without end are refused", () => {
    expect(wrong(Any, `${HEAD}${"79".repeat(10000)}4e`)).to.include("maxDepth");
    expect(wrong(Any, `${HEAD}${"57".repeat(10000)}4e`)).to.include("maxDepth");
    expect(wrong(Any, `${HEAD}${"430090".repeat(5)}${"48".repeat(10000)}`)).to.include("maxDepth");
  });

  it("that refer to what they hold expand nothing", () => {
    // Thirty lists of two references each to the one before: 2^30 strings, were they copied.
    let source = '79 01"x"';
    for (let i = 1; i <= 30; i++) source += ` 7a 51 ${(0x91 + i).toString(16)} 51 ${(0x91 + i).toString(16)}`;
    const bomb = `58 ${(0x90 + 31).toString(16)} ${source}`;
    for (const [type, by] of [
      [t.any, codec],
      [t.any, exact],
      [t.list(t.list(t.any)), codec],
    ] as const) {
      const value = (parse(holding(type), `43 0b"test.Holder" 91 05"value" 60 ${bomb}`, by) as { value: unknown[] })
        .value;
      expect(value).to.have.length(31);
    }
    // As a type that nests, the same costs at most one value for each list and level.
    const Deep = [1, 2, 3, 4, 5, 6, 7, 8].reduce((item: unknown) => t.list(item as never), t.any as unknown);
    const started = performance.now();
    failure(() => parse(holding(Deep), `43 0b"test.Holder" 91 05"value" 60 ${bomb}`));
    expect(performance.now() - started).to.be.lessThan(500);
  });

  it("that refer to what is costly to make pay once", () => {
    const words = 1000;
    const number = `43 14"java.math.BigInteger" 92 06"signum"03"mag" 61 91 56 04"[int" 49 ${words.toString(16).padStart(8, "0")} ${"bf".repeat(words)}`;
    const items = 100_000;
    const many = `58 49 ${(items + 1).toString(16).padStart(8, "0")} ${number} ${"5192".repeat(items)}`;
    for (const type of [t.list(t.decimal), t.list(t.any)]) {
      const started = performance.now();
      const { value } = parse(holding(type), `43 0b"test.Holder" 91 05"value" 60 ${many}`) as { value: unknown[] };
      expect(value).to.have.length(items + 1);
      expect(performance.now() - started).to.be.lessThan(1000);
    }
    const long = number.replace(/49 \w{8} .*/, `49 ${(200_000).toString(16).padStart(8, "0")} ${"bf".repeat(200_000)}`);
    const started = performance.now();
    expect(wrong(holding(t.int64), `43 0b"test.Holder" 91 05"value" 60 ${long}`)).to.include("java.math.BigInteger");
    expect(performance.now() - started).to.be.lessThan(1000);
  });

  it("that go deep by references end at maxDepth", () => {
    let source = "";
    for (let i = 0; i < 5000; i++) {
      const index = Buffer.alloc(5);
      index[0] = 0x49;
      index.writeInt32BE(i + 1, 1);
      source += i === 0 ? "78" : `7951${index.toString("hex")}`;
    }
    const Skips = t.struct("S", { last: t.any });
    const list = `43 01"S" 92 04"skip"04"last" 60 58 ${"49 00001388"} ${source} 51 49 00001389`;
    expect(wrong(Skips, list)).to.include("maxDepth");
  });

  it("that fill in defaults without end are refused", () => {
    const limits = { ...defaultCodecLimits, maxElements: 1000 };
    const L = t.struct("L", { items: t.list(t.struct("E", { a: t.int32, b: t.list(t.int32), c: t.map(t.any) })) });
    const source = `43 01"L" 91 05"items" 60 43 01"E" 90 58 c9f4 ${"61".repeat(500)}`;
    expect(failure(() => decode(codec, L, L, bytesOf(source), { limits })).message).to.include("maxElements");
  });

  it("of every type of the suite refuse another codec's", () => {
    for (const bytes of [Buffer.from('{"bool":true}'), Buffer.from("93c0c0c0", "hex")])
      expect(failure(() => decode(codec, All, All, bytes)).code).to.equal("INVALID_ARGUMENT");
  });
});
