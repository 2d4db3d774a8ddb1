import { expect } from "chai";
import fc from "fast-check";
import { double, hessian2, javaClassOf, long, type Typed, typed } from "../../codecs/hessian2/index.ts";
import { Any, codec, exact, hexOf, read, write } from "./hessian2-hex.ts";
import { failure, roundTrip } from "./suite.ts";

describe("codec hessian2: untyped values", () => {
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
