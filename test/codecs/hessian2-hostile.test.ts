import { expect } from "chai";
import { defaultCodecLimits } from "../../core/codec.ts";
import { t } from "../../core/schema/t.ts";
import { Any, bytesOf, codec, exact, HEAD, parse, wrong } from "./hessian2-hex.ts";
import { decode, failure } from "./suite.ts";
import { All, Empty, holding, Item, Node, Order } from "./types.ts";

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

  it("that define without end cost what they say", () => {
    const fields = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, t.int32]));
    const Wide = t.struct("Wide", fields);
    // Three bytes a class, none of which has any of our fields.
    const classes = Buffer.concat([
      bytesOf('43 01"H" 91 05"value" 60'),
      Buffer.alloc(3 * 200_000, "430090", "hex"),
      bytesOf("4fd50d40"),
    ]);
    const [before, started] = [process.memoryUsage().rss, process.cpuUsage().user];
    failure(() => decode(codec, holding(Wide), holding(Wide), classes));
    // A class of 20,000 fields, and a list that says it has as many objects of it.
    const many = `43 01"E" d44e20 ${"00".repeat(20_000)}`;
    const listed = `43 01"H" 91 05"value" 60 58 d44e20 ${many} ${`61 ${"4e".repeat(20_000)}`.repeat(3)}`;
    expect(wrong(holding(t.list(Wide)), listed)).to.match(/truncated|expected/);
    expect(process.cpuUsage().user - started).to.be.lessThan(3_000_000);
    expect(process.memoryUsage().rss - before).to.be.lessThan(192 << 20);
  });

  it("that name ever new classes and members are forgotten", () => {
    const type = t.struct("H", { item: Item, any: t.any });
    const message = (i: number): Buffer =>
      bytesOf(
        `43 01"H" 92 04"item" 03"any" 60 43 09"shop.Item" 94 05"price" 06"${String(i).padStart(6, "x")}" 03"sku" 03"qty" ` +
          `61 5c 4e 01"s" 91 48 07"k${String(i).padStart(6, "x")}" 91 5a`,
      );
    const run = (from: number): void => {
      for (let i = from; i < from + 10_000; i++) {
        expect(decode(codec, type, type, message(i))).to.deep.equal({
          item: { sku: "s", qty: 1, price: 1 },
          any: { [`k${String(i).padStart(6, "x")}`]: 1 },
        });
      }
    };
    run(0);
    const before = process.memoryUsage().heapUsed;
    run(10_000);
    run(20_000);
    expect(process.memoryUsage().heapUsed - before).to.be.lessThan(32 << 20);
  });

  it("that fix a length below zero are refused", () => {
    for (const type of [t.any, t.list(t.int32), t.list(Item)])
      for (const head of ["58 8f", '56 01"x" 8f'])
        expect(wrong(holding(type), `43 01"H" 91 05"value" 60 ${head} 5a`)).to.include("a list of -1 items");
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
    const limits = { ...defaultCodecLimits, maxMemoryBytes: 1000 };
    const L = t.struct("L", { items: t.list(t.struct("E", { a: t.int32, b: t.list(t.int32), c: t.map(t.any) })) });
    const source = `43 01"L" 91 05"items" 60 43 01"E" 90 58 c9f4 ${"61".repeat(500)}`;
    expect(failure(() => decode(codec, L, L, bytesOf(source), { limits })).message).to.include("maxMemoryBytes");
  });

  it("of every type of the suite refuse another codec's", () => {
    for (const bytes of [Buffer.from('{"bool":true}'), Buffer.from("93c0c0c0", "hex")])
      expect(failure(() => decode(codec, All, All, bytes)).code).to.equal("INVALID_ARGUMENT");
  });
});
