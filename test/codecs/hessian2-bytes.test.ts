import { expect } from "chai";
import { double, typed } from "../../codecs/hessian2/index.ts";
import { t } from "../../core/schema/t.ts";
import { codec, exact, hex, hexOf, read, readAs, write } from "./hessian2-hex.ts";
import { roundTrip } from "./suite.ts";
import { Empty, holding, Item, order, Payment } from "./types.ts";

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
    expect(hex(t.struct("L", { items: t.list(Item) }), { items: [order.items[0], { ...order.items[0] }] })).to.equal(
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

  it("of every form of a number, moment, list and map are understood", () => {
    const forms: [string, unknown][] = [
      ["49 00000001", 1],
      ["c801", 1],
      ["d40001", 1],
      ["4c 0000000000000001", 1n],
      ["59 ffffffff", -1n],
      ["f801", 1n],
      ["3c0001", 1n],
      ["44 3ff0000000000000", 1],
      ["5d ff", -1],
      ["5e ff00", -256],
      ["5f fffffc18", -1],
      ["4b ffffffff", new Date(-60_000)],
      ["4a ffffffffffffffff", new Date(-1)],
      ['55 01"t" 91 5a', [1]],
      ['56 01"t" 91 91', [1]],
      ["57 91 5a", [1]],
      ["58 91 91", [1]],
      ['71 01"t" 91', [1]],
      ["79 91", [1]],
      ['4d 01"t" 01"k" 91 5a', { k: 1 }],
      ['48 01"k" 91 5a', { k: 1 }],
      ["48 5a", {}],
      ["00", ""],
      ["20", new Uint8Array(0)],
    ];
    for (const [source, value] of forms) {
      expect(read(source), source).to.deep.equal(value);
      // The same where a type waits for it.
      if (typeof value === "bigint") expect(readAs(t.int64, source), source).to.equal(value);
      if (typeof value === "number") expect(readAs(t.float64, source), source).to.equal(value);
      if (value instanceof Date) expect(readAs(t.timestamp, source), source).to.deep.equal(value);
      if (Array.isArray(value)) expect(readAs(t.list(t.int32), source), source).to.deep.equal(value);
    }
    // Types are counted as they are written out, of lists and maps alike, and classes wherever they are defined.
    expect(read('7c 71 01"a" 91 4d 01"b" 5a 71 90 92 4d 91 5a', exact)).to.deep.equal([
      typed("a", [1]),
      typed("b", {}),
      typed("a", [2]),
      typed("b", {}),
    ]);
    expect(read('7a 43 01"Y" 91 01"y" 61 43 01"Z" 90 62 43 01"W" 90 61 54')).to.deep.equal([{ y: {} }, { y: true }]);
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
    expect(read('41 0001 "a" 41 0000 42 0001 "b"')).to.deep.equal(Uint8Array.from(Buffer.from("ab")));
    expect(read("01 c080")).to.equal("\0");
    // A pair that is split between chunks, each half as Java writes a unit, is whole again.
    expect(read('52 0002 "a" eda0bd 01 edb880')).to.equal("a😀");
    expect(readAs(t.string, '52 0002 "a" eda0bd 30 02 edb880 "b"')).to.equal("a😀b");
    expect(readAs(t.bytes, '41 0001 "a" 34 02 "bc"')).to.deep.equal(Uint8Array.from(Buffer.from("abc")));
  });
});
