import { expect } from "chai";
import fc from "fast-check";
import { Output } from "../../core/bytes/output.ts";
import { type Codec, defaultCodecLimits } from "../../core/codec.ts";
import type { RpcError } from "../../core/error.ts";
import { t } from "../../core/schema/t.ts";
import type { OptionalType, StructType } from "../../core/type/type.ts";
import { typeAndValue, typedAndValue } from "./arbitrary.ts";
import { decode, encode, failure, roundTrip } from "./coding.ts";
import { memorySuite } from "./memory-suite.ts";
import { All, all, Color, Empty, holding, Item, Node, Optionals, Order, order, Typed, typed } from "./types.ts";

export { decode, encode, failure, roundTrip } from "./coding.ts";

/** What a codec does otherwise than the rest, and why. */
export interface SuiteExceptions {
  /** Its untyped values may hold themselves, and come back so; a reason. */
  readonly cycles?: string;
  /** It bounds no memory, and does not look whether reader and writer fit; a reason. */
  readonly trusting?: string;
}

/** What every codec must do; run by each of them. One that writes no types is not asked to carry `t.any`. */
export function codecSuite(name: string, codec: Codec, exceptions: SuiteExceptions = {}): void {
  const every: StructType = codec.selfDescribing ? (All as StructType) : (Typed as StructType);
  const value: typeof typed = codec.selfDescribing ? all : typed;

  describe(`codec ${name}`, () => {
    it("says what its messages are called where content has a type", () => {
      expect(codec.mediaTypes).to.not.deep.equal([]);
      const sound = /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/;
      expect(codec.mediaTypes.filter((type) => !sound.test(type))).to.deep.equal([]);
      expect(Object.isFrozen(codec.mediaTypes)).to.equal(true);
    });

    it("carries every type", () => {
      expect(roundTrip(codec, every, value)).to.deep.equal(value);
    });

    if (!codec.selfDescribing) {
      it("refuses a type with untyped values, and names the field", () => {
        const error = failure(() => codec.compile(All as StructType, All as StructType));
        expect(error.code).to.equal("FAILED_PRECONDITION");
        expect(error.message).to.match(/^test\.All\.any: /);
      });
    }

    it("carries an order, an empty struct and optional fields in every combination", () => {
      expect(roundTrip(codec, Order, order)).to.deep.equal(order);
      expect(roundTrip(codec, Empty, {})).to.deep.equal({});
      const full = { a: 1, b: "b", c: { sku: "s", qty: 1, price: 0.5 }, d: [true, false], e: "green" };
      for (let bits = 0; bits < 32; bits++) {
        const value = Object.fromEntries(Object.entries(full).filter((_, i) => bits & (1 << i)));
        const read = roundTrip(codec, Optionals, value) as object;
        expect(read).to.deep.equal(value);
        expect(Object.keys(read)).to.have.members(Object.keys(value));
      }
    });

    it("takes what every object inherits for no field of it", () => {
      const Named = t.struct("test.Inherited", {
        id: t.int32,
        toString: t.optional(t.string),
        valueOf: t.default(t.int32, 7),
      });
      expect(roundTrip(codec, Named, { id: 1 })).to.deep.equal({ id: 1, valueOf: 7 });
      const own = { id: 1, toString: "text", valueOf: 8 };
      expect(roundTrip(codec, Named, own)).to.deep.equal(own);
    });

    it("carries the ends of every range", () => {
      const cases: [unknown, unknown[]][] = [
        [
          t.int32,
          [0, 1, -1, 127, 128, -32, -33, 255, 256, 65535, 65536, 2147483647, -2147483648, -128, -129, -32768, -32769],
        ],
        [
          t.int53,
          [
            0,
            4294967295,
            4294967296,
            -4294967296,
            -4294967297,
            Number.MAX_SAFE_INTEGER,
            Number.MIN_SAFE_INTEGER,
            1e15,
            999999999999999,
          ],
        ],
        [
          t.int64,
          [
            0n,
            2n ** 53n,
            -(2n ** 53n),
            2n ** 63n - 1n,
            -(2n ** 63n),
            123456789012345678n,
            -1n,
            2n ** 32n,
            -(2n ** 32n) - 1n,
          ],
        ],
        [
          t.float64,
          [
            0,
            -0,
            1.5,
            0.1,
            19.99,
            1e21,
            1e-7,
            5e-324,
            Number.MAX_VALUE,
            Number.NaN,
            Number.POSITIVE_INFINITY,
            Number.NEGATIVE_INFINITY,
            123456789.123,
            9999999999999998,
          ],
        ],
        [
          t.float32,
          [0, -0, 0.5, Math.fround(0.1), Math.fround(3.4028234663852886e38), Number.NaN, Number.NEGATIVE_INFINITY],
        ],
        [
          t.timestamp,
          [
            "0001-01-01T00:00:00.000Z",
            "9999-12-31T23:59:59.999Z",
            "1970-01-01T00:00:00.000Z",
            "1969-12-31T23:59:59.999Z",
            "2106-02-07T06:28:16.000Z",
            "2514-05-30T01:53:04.000Z",
          ].map((text) => new Date(text)),
        ],
        [t.decimal, ["0", "-12.50", "1e400", "+.5"]],
        [t.bytes, [0, 1, 2, 3, 255, 256, 65535, 65536].map((length) => Uint8Array.from({ length }, (_, i) => i))],
        [
          t.string,
          [
            "",
            '"',
            "\\",
            "\u0000\u001f\u007f",
            "ü".repeat(15),
            "ü".repeat(16),
            "ü".repeat(20),
            "漢".repeat(11),
            "😀".repeat(100),
            "a".repeat(31),
            "a".repeat(32),
            "a".repeat(255),
            "a".repeat(256),
            "é".repeat(130),
            "漢".repeat(30000),
            "\u2028",
            "a".repeat(70000),
          ],
        ],
        [t.list(t.bool), [0, 15, 16, 65535, 65536].map((length) => Array.from({ length }, (_, i) => i % 3 === 0))],
      ];
      for (const [type, values] of cases) {
        for (const value of values) {
          const read = (roundTrip(codec, holding(type), { value }) as { value: unknown }).value;
          expect(
            Object.is(read, value) || typeof value === "object",
            `${String(value).slice(0, 40)} became ${String(read).slice(0, 40)}`,
          ).to.equal(true);
          if (typeof value === "object") expect(read).to.deep.equal(value);
        }
      }
    });

    it("rounds to float32 and gives integers no negative zero", () => {
      const Small = t.struct("test.Small", { f: t.float32, i: t.int32, j: t.int53 });
      expect(roundTrip(codec, Small, { f: 0.1, i: -0, j: -0 })).to.deep.equal({ f: Math.fround(0.1), i: 0, j: 0 });
    });

    it("writes the default where a field is undefined", () => {
      const { port: _, tags: __, ...rest } = value;
      const read = roundTrip(codec, every, rest);
      expect(read).to.deep.equal({ ...rest, port: 8080, tags: ["a"] });
      (read as typeof typed).tags.push("mine");
      expect((roundTrip(codec, every, rest) as typeof typed).tags).to.deep.equal(["a"]);
    });

    it("writes defaults wherever a struct stands, also where the default itself leaves some out", () => {
      const Line = t.struct("test.Line", {
        sku: t.string,
        qty: t.default(t.int32, 1),
        made: t.default(t.list(t.int32), [2]),
      });
      const Cart = t.struct("test.Cart", {
        first: Line,
        list: t.list(Line),
        map: t.map(Line),
        maybe: t.optional(Line),
        either: t.union("test.Either", { line: Line, none: t.bool }),
        spare: t.default(Line, { sku: "spare" }),
        spares: t.default(t.list(Line), [{ sku: "a" }, { sku: "b", qty: 5 }]),
      });
      const line = { sku: "x" };
      const given = { first: line, list: [line], map: { a: line }, maybe: line, either: { kind: "line", value: line } };
      const full = { sku: "x", qty: 1, made: [2] };
      const expected = {
        first: full,
        list: [full],
        map: { a: full },
        maybe: full,
        either: { kind: "line", value: full },
        spare: { ...full, sku: "spare" },
        spares: [
          { ...full, sku: "a" },
          { ...full, sku: "b", qty: 5 },
        ],
      };
      expect(roundTrip(codec, Cart, given)).to.deep.equal(expected);
      const undefinedMembers = { ...given, first: { ...line, qty: undefined, made: undefined }, spare: undefined };
      expect(roundTrip(codec, Cart, undefinedMembers)).to.deep.equal(expected);
      // What is written says the same to a reader without defaults.
      const Plain = t.struct("test.Line", { sku: t.string, qty: t.int32, made: t.list(t.int32) });
      expect(roundTrip(codec, holding(Line), { value: line }, holding(Plain))).to.deep.equal({ value: full });
    });

    it("ignores members that the type does not have, and keeps maps' keys away from prototypes", () => {
      const value = { ...order, extra: 1, items: order.items.map((item) => ({ ...item, extra: [] })) };
      expect(roundTrip(codec, Order, value)).to.deep.equal(order);
      const read = (
        roundTrip(codec, holding(t.map(Item)), { value: { ["__proto__"]: { sku: "s", qty: 1, price: 2 } } }) as {
          value: object;
        }
      ).value;
      expect(Object.getPrototypeOf(read)).to.equal(Object.prototype);
      expect(Object.keys(read)).to.deep.equal(["__proto__"]);
      expect(({} as { sku?: string }).sku).to.equal(undefined);
    });

    it("carries recursive structs, and refuses cycles and depth on both sides", () => {
      const leaf = (name: string): Record<string, unknown> => ({ name, children: [] });
      const tree = { name: "root", children: [leaf("a"), { ...leaf("b"), next: leaf("c") }], next: leaf("d") };
      expect(roundTrip(codec, Node, tree)).to.deep.equal(tree);
      const cycle = leaf("cycle");
      cycle["next"] = cycle;
      expect(failure(() => encode(codec, Node, cycle)).message).to.include("maxDepth");
      let deep = leaf("end");
      for (let i = 0; i < 40; i++) deep = { ...leaf("x"), next: deep };
      const bytes = encode(codec, Node, deep);
      expect(decode(codec, Node, Node, bytes)).to.deep.equal(deep);
      expect(
        failure(() => decode(codec, Node, Node, bytes, { limits: { ...defaultCodecLimits, maxDepth: 20 } })).message,
      ).to.include("maxDepth");
    });

    it("refuses values that do not fit, and gives the path", () => {
      const wrong = (type: unknown, value: unknown): string => {
        const error = failure(() => encode(codec, type, value));
        expect(error.code).to.equal("INVALID_ARGUMENT");
        return error.message;
      };
      expect(wrong(Order, { ...order, items: [order.items[0], { ...order.items[1], qty: "x" }] })).to.equal(
        'items[1].qty: expected int32, got "x"',
      );
      expect(wrong(Order, { ...order, id: 0.5 })).to.equal("id: expected int53, got 0.5");
      expect(wrong(Order, { ...order, customer: "\ud800" })).to.match(/^customer: expected string, well-formed/);
      expect(wrong(Order, { ...order, customer: `${"x".repeat(40)}\udc00` })).to.match(
        /^customer: expected string, well-formed/,
      );
      expect(wrong(Order, { ...order, items: { length: 0 } })).to.equal("items: expected a list, got an object");
      expect(wrong(Order, undefined)).to.include("expected shop.Order, got undefined");
      expect(wrong(Order, null)).to.include("expected shop.Order, got null");
      expect(wrong(Empty, [])).to.include("expected test.Empty");
      const cases: [unknown, unknown[]][] = [
        [t.bool, [1, null, undefined]],
        [t.int32, [2147483648, 1.5, "1", 1n, Number.NaN, null, {}, Symbol.iterator]],
        [t.int53, [2 ** 53, 0.1, "1", 1n]],
        [t.int64, [1, 2n ** 63n, -(2n ** 63n) - 1n, "1"]],
        [t.decimal, [1, "1,5", "", "NaN"]],
        [t.float32, [1e39, "1", 1n]],
        [t.float64, ["1", null, 1n]],
        [t.string, [1, null, new String("x")]],
        [t.bytes, [[1], "AQ==", new ArrayBuffer(1)]],
        [t.timestamp, [0, new Date(Number.NaN), "2024-01-01", new Date(8.64e15)]],
        [t.list(t.int32), [{}, "x", [1, "2"]]],
        [t.map(t.int32), [[], { a: "1" }, null, new Date()]],
        [Color, ["pink", 0, null]],
        [Item, [{}, null, [], { sku: "s", qty: 1 }]],
      ];
      for (const [type, values] of cases) {
        for (const value of values) expect(wrong(holding(type), { value })).to.match(/^value/);
      }
      for (const value of [{}, { kind: "x", value: 1 }, { kind: "card" }, null, { kind: "__proto__", value: {} }]) {
        expect(wrong(holding(t.union("test.U", { card: t.string })), { value })).to.match(/^value/);
      }
      if (!codec.selfDescribing) return;
      expect(wrong(holding(t.any), { value: [() => 0] })).to.include(
        "[0]: expected a value that can be carried, got a function",
      );
    });

    if (codec.selfDescribing) {
      const { cycles } = exceptions;
      it(
        cycles === undefined
          ? "refuses untyped values that hold themselves"
          : `carries untyped values that hold themselves, ${cycles}`,
        () => {
          const cycle: unknown[] = [];
          cycle.push([cycle]);
          if (cycles === undefined) {
            expect(failure(() => encode(codec, holding(t.any), { value: cycle })).message).to.include("maxDepth");
            return;
          }
          const { value: back } = roundTrip(codec, holding(t.any), { value: cycle }) as { value: unknown[][] };
          expect(back[0]?.[0]).to.equal(back);
        },
      );
    }

    if (exceptions.trusting === undefined) memorySuite(codec);

    describe("between versions of a type", () => {
      const V1 = t.struct("v.Order", { id: t.int32, customer: t.string, old: t.list(Item), price: t.float32 });
      const V2 = t.struct("v.Order", {
        note: t.optional(t.string),
        price: t.float64,
        customer: t.string,
        id: t.int53,
        retries: t.default(t.int32, 3),
        tags: t.list(t.string),
        color: Color,
        limits: t.default(t.map(t.int32), { a: 1 }),
      });
      const v1 = { id: 7, customer: "Ada", old: [{ sku: "s", qty: 1, price: 2 }], price: 0.5 };
      const asV2 = { id: 7, customer: "Ada", price: 0.5, retries: 3, tags: [], color: "red", limits: { a: 1 } };

      for (const foreign of [false, true]) {
        it(`matches fields by name, ${foreign ? "a foreign" : "an own"} writer`, () => {
          expect(roundTrip(codec, V1, v1, V2, { foreign })).to.deep.equal(asV2);
          const v2 = { ...asV2, note: "n", tags: ["x"] };
          const V1b = t.struct("v.Order", { customer: t.string, id: t.int53 });
          expect(roundTrip(codec, V2, v2, V1b, { foreign })).to.deep.equal({ id: 7, customer: "Ada" });
        });
        it(`widens numbers, ${foreign ? "a foreign" : "an own"} writer`, () => {
          const widen = (from: unknown, to: unknown, value: unknown): unknown =>
            (roundTrip(codec, holding(from), { value }, holding(to), { foreign }) as { value: unknown }).value;
          expect(widen(t.int32, t.int64, -5)).to.equal(-5n);
          expect(widen(t.int32, t.int53, -5)).to.equal(-5);
          expect(widen(t.int32, t.float64, -5)).to.equal(-5);
          expect(widen(t.int53, t.int64, 2 ** 40)).to.equal(2n ** 40n);
          expect(widen(t.int53, t.float64, 2 ** 40)).to.equal(2 ** 40);
          expect(widen(t.int64, t.int53, 2n ** 40n)).to.equal(2 ** 40);
          expect(widen(t.float32, t.float64, 0.5)).to.equal(0.5);
          expect(failure(() => widen(t.int64, t.int53, 2n ** 60n)).message).to.match(/^value: expected int53/);
          expect(widen(t.list(t.int32), t.list(t.int64), [1, 2])).to.deep.equal([1n, 2n]);
          expect(widen(t.map(t.int32), t.map(t.float64), { a: 1 })).to.deep.equal({ a: 1 });
        });
        it(`follows unions and enums by name, ${foreign ? "a foreign" : "an own"} writer`, () => {
          const U1 = t.union("U", { gone: t.bool, card: t.int32 });
          const U2 = t.union("U", { card: t.int53, cash: t.string });
          const E1 = t.enums("E", ["old", "a", "b"]);
          const E2 = t.enums("E", ["b", "a"]);
          const W = t.struct("W", { u: U1, e: t.list(E1) });
          const R = t.struct("R", { e: t.list(E2), u: U2 });
          expect(roundTrip(codec, W, { u: { kind: "card", value: 4 }, e: ["a", "b"] }, R, { foreign })).to.deep.equal({
            u: { kind: "card", value: 4 },
            e: ["a", "b"],
          });
          expect(
            failure(() => roundTrip(codec, W, { u: { kind: "gone", value: true }, e: [] }, R, { foreign })).message,
          ).to.match(/^u: expected .*card, cash, got "gone"/);
          expect(
            failure(() => roundTrip(codec, W, { u: { kind: "card", value: 4 }, e: ["a", "old"] }, R, { foreign }))
              .message,
          ).to.match(/^e\[1\]: expected one of b, a, got/);
        });
      }

      it("fills what an optional writer left out, and names a struct that is missing", () => {
        const W = t.struct("W", { n: t.optional(t.int32), item: t.optional(Item) });
        const R = t.struct("R", { n: t.int32, item: t.optional(Item) });
        expect(roundTrip(codec, W, {}, R)).to.deep.equal({ n: 0 });
        const Needs = t.struct("R", { n: t.int32, item: Item });
        expect(failure(() => roundTrip(codec, W, {}, Needs)).message).to.match(/^item: expected shop.Item/);
      });

      if (exceptions.trusting === undefined)
        it("refuses, when compiling, a reader that lacks a struct or has another kind", () => {
          const compile = (writer: unknown, reader: unknown): RpcError =>
            failure(() => codec.compile(writer as StructType, reader as StructType));
          const missing = compile(Empty, t.struct("R", { item: Item }));
          expect(missing.code).to.equal("FAILED_PRECONDITION");
          expect(missing.message).to.include("R.item");
          expect(compile(holding(t.string), holding(t.int32)).code).to.equal("FAILED_PRECONDITION");
        });

      it("reads recursive types of different versions", () => {
        const Newer = t.struct("tree.Node", {
          weight: t.default(t.int32, 1),
          get next(): OptionalType {
            return t.optional(Newer);
          },
          name: t.string,
        });
        const value = { name: "a", children: [], next: { name: "b", children: [{ name: "x", children: [] }] } };
        const expected = { name: "a", weight: 1, next: { name: "b", weight: 1 } };
        expect(roundTrip(codec, Node, value, Newer)).to.deep.equal(expected);
        expect(roundTrip(codec, Node, value, Newer, { foreign: true })).to.deep.equal(expected);
      });
    });

    it("makes no code of a foreign writer", () => {
      const evil = {
        kind: "struct",
        name: "x",
        fields: [
          {
            name: 'a"];globalThis.hacked=1;//',
            number: 1,
            type: { kind: "string" },
            optional: false,
            defaultValue: undefined,
          },
        ],
      };
      const compiled = codec.compile(
        evil as unknown as StructType,
        t.struct("R", { a: t.optional(t.string) }) as unknown as StructType,
        { foreign: true },
      );
      expect(failure(() => compiled.encodeInto({}, new Output())).code).to.equal("INTERNAL");
      expect((globalThis as { hacked?: number }).hacked).to.equal(undefined);
    });

    it("carries random values of random types", () => {
      fc.assert(
        fc.property(codec.selfDescribing ? typeAndValue : typedAndValue, ({ type, value }) => {
          expect(roundTrip(codec, type, value)).to.deep.equal(value);
        }),
        { numRuns: 300 },
      );
    });
  });
}
