import { expect } from "chai";
import fc from "fast-check";
import { double, hessianEnvelope, long, typed } from "../../codecs/hessian2/index.ts";
import { Output } from "../../core/bytes/output.ts";
import { untypedRequest, untypedResponse } from "../../core/contract/contract.ts";
import { RpcError } from "../../core/error.ts";
import { t } from "../../core/schema/t.ts";
import type { StructType } from "../../core/type/type.ts";
import { failure } from "./suite.ts";
import { Order, order } from "./types.ts";

const envelope = hessianEnvelope({ exact: true });
const written = (write: (out: Output) => void): Uint8Array => {
  const out = new Output(16);
  out.begin(1 << 24);
  write(out);
  return out.toBytes();
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const method = (name: string, request: unknown, response: unknown, options: object = {}) =>
  envelope.method({
    name,
    request: request as StructType,
    response: response as StructType,
    bareRequest: false,
    bareResponse: false,
    untyped: false,
    ...options,
  });
const untyped = method("any", untypedRequest, untypedResponse, { untyped: true });
const place = method("place", Order, Order, { bareRequest: true, bareResponse: true });
const text = (value: string): string => Buffer.from(value).toString("hex");
const call = (source: string) => {
  const bytes = Buffer.from(source.replaceAll(" ", ""), "hex");
  return envelope.readCall(bytes, 0, bytes.length);
};
/** The reply of 1.0 to a call of `any`. */
const reply = (result: unknown): Uint8Array => {
  const message = written((out) => untyped.encodeReply({ result }, out));
  return written((out) => envelope.inVersion1(message, out));
};
/** A call of 1.0 with one argument: what a reply has stands in a call, too. */
const callWith = (value: unknown): Uint8Array =>
  Buffer.concat([Buffer.from("6302006d0003616e79", "hex"), reply(value).subarray(3)]);
const read = (bytes: Uint8Array): unknown => {
  const { args } = untyped.decodeCall(envelope.readCall(bytes, 0, bytes.length)) as { args: unknown[] };
  return args[0];
};

describe("codec hessian2: messages of Hessian 1.0", () => {
  it("reads a call by the bytes of the specification, and which version its answer is to have", () => {
    const add = method("add2", t.struct("R", { a: t.int32, b: t.int32 }), t.struct("S", { result: t.int32 }));
    for (const [version, answer] of [
      ["01", 1],
      ["02", 2],
    ] as const) {
      const one = call(`63 ${version} 00 6d 0004 61646432 49 00000002 49 00000003 7a`);
      expect([one.name, one.count, one.reply]).to.deep.equal(["add2", 2, answer]);
      expect(add.decodeCall(one)).to.deep.equal({ a: 2, b: 3 });
    }
    const none = call(`63 01 00 48 0003 ${text("who")} 53 0003 ${text("Ada")} 48 0001 ${text("n")} 4e 6d 0001 61 7a`);
    expect([none.count, [...none.headers]]).to.deep.equal([0, [["who", "Ada"]]]);
  });

  it("reads every form of a value", () => {
    const argument = (source: string): unknown => {
      const { args } = untyped.decodeCall(call(`63 01 00 6d 0001 61 ${source} 7a`)) as { args: unknown[] };
      return args.length === 1 ? args[0] : args;
    };
    expect(argument("4e")).to.equal(null);
    expect(argument("54 46")).to.deep.equal([true, false]);
    expect(argument("4c ffffffffffffffff")).to.equal(-1n);
    expect(argument("44 3ff8000000000000")).to.equal(1.5);
    expect(argument("44 3ff0000000000000")).to.deep.equal(double(1));
    expect(argument("64 0000000000000001")).to.deep.equal(new Date(1));
    // Chunks; a supplementary character is two sequences of three bytes.
    expect(argument("73 0001 61 53 0002 eda080edb080")).to.equal("a\u{10000}");
    expect(argument("58 0004 3c612f3e")).to.equal("<a/>");
    expect(argument("62 0001 01 42 0002 0203")).to.deep.equal(Uint8Array.of(1, 2, 3));
    expect(argument("56 6c 00000001 49 00000005 7a")).to.deep.equal([5]);
    expect(argument("56 7a")).to.deep.equal([]);
    expect(argument(`56 74 0004 ${text("[int")} 6c 00000000 7a`)).to.deep.equal(typed("[int", []));
    expect(argument("4d 74 0000 53 0001 61 49 00000001 7a")).to.deep.equal({ a: 1 });
    expect(argument(`4d 74 0011 ${text("java.util.TreeMap")} 7a`)).to.deep.equal(typed("java.util.TreeMap", {}));
    expect(argument(`4d 74 0008 ${text("shop.Dog")} 53 0004 ${text("name")} 53 0003 ${text("Rex")} 7a`)).to.deep.equal({
      name: "Rex",
    });
    const [one, two] = argument("56 7a 52 00000000") as unknown[];
    expect(one).to.equal(two);
    const self = argument(`4d 74 0001 61 53 0001 ${text("x")} 52 00000000 7a`) as { x: unknown };
    expect(self.x).to.equal(self);
  });

  it("writes replies and faults by the bytes of the specification", () => {
    expect(hex(reply(5))).to.equal("7201004900000005" + "7a");
    expect(hex(reply(null))).to.equal("7201004e7a");
    const fault = written((out) => envelope.writeFault({ code: "ServiceException", message: "no" }, out));
    expect(hex(written((out) => envelope.inVersion1(fault, out)))).to.equal(
      `720100 66 530004${text("code")} 530010${text("ServiceException")} 530007${text("message")} 530002${text("no")} 7a 7a`.replaceAll(
        " ",
        "",
      ),
    );
  });

  it("carries what 2.0 carries", () => {
    const shared = { a: [1] };
    const values: unknown[] = [
      1.5,
      double(3),
      -0,
      2n ** 62n,
      "é😀",
      "x".repeat(0x8000 - 1) + "😀".repeat(0x8000),
      new Uint8Array(70_000).fill(7),
      new Date(1_700_000_000_123),
      [shared, [shared]],
      new Map<unknown, unknown>([[1, "one"]]),
      typed("java.util.HashSet", ["a"]),
      typed("java.math.BigDecimal", "1.50"),
      typed("java.util.UUID", "00112233-4455-6677-8899-aabbccddeeff"),
    ];
    for (const value of values) expect(read(callWith(value)), String(value).slice(0, 40)).to.deep.equal(value);
    expect(read(callWith(long(5)))).to.equal(5n);
    const [first, [second]] = read(callWith([shared, [shared]])) as [unknown, unknown[]];
    expect(first).to.equal(second);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as unknown;
        if (JSON.stringify(json).includes("__proto__") || /\.0|e[+]?\d/.test(JSON.stringify(json))) return;
        const back = JSON.stringify(read(callWith(json)), (_, one) => (one?.type === "double" ? one.value : one));
        expect(JSON.parse(back)).to.deep.equal(json);
      }),
      { numRuns: 300 },
    );
    const message = written((out) => place.encodeReply(order, out));
    const bytes = written((out) => envelope.inVersion1(message, out));
    const asCall = Buffer.concat([Buffer.from("6302006d0005706c616365", "hex"), bytes.subarray(3)]);
    expect(place.decodeCall(envelope.readCall(asCall, 0, asCall.length))).to.deep.equal(order);
  });

  it("refuses what is malformed, and says where", () => {
    const refused = (source: string): string => failure(() => untyped.decodeCall(call(source))).message;
    expect(refused("63")).to.include("truncated");
    expect(refused("630100")).to.include("truncated");
    expect(refused("630100 7a")).to.include("a call without a method");
    expect(refused("630100 6d 0001 61")).to.include("truncated");
    expect(refused("630100 6d 0001 61 7a 7a")).to.include("bytes follow");
    expect(refused("630100 6d 0001 61 21 7a")).to.include("0x21 is no value, at byte 7");
    expect(refused("630100 6d 0001 61 52 00000000 7a")).to.include("a reference to value 0, of which there are 0");
    expect(refused("630100 6d 0001 61 52 ffffffff 7a")).to.include("a reference to value -1");
    expect(refused("630100 6d 0001 61 73 0001 61 7a")).to.include("a string breaks off");
    expect(refused("630100 6d 0001 61 62 0001 61 7a")).to.include("bytes break off");
    expect(refused("630100 6d 0001 61 64 7fffffffffffffff 7a")).to.include("a date beyond the year 275760");
    expect(refused("630100 6d 0001 61 4d 74 0001 61 4e 4e 7a 7a")).to.include("the name of a field is not a string");
    expect(refused(`630100 6d 0001 61 ${"56".repeat(100)}`)).to.include("nested deeper than maxDepth");
    expect(refused(`630100 6d 0001 61 ${`4d`.repeat(100)}`)).to.include("nested deeper than maxDepth");
  });

  it("survives random and mutated bytes, and charges what small bytes unfold to", () => {
    const good = callWith([order, [long(1)], order]);
    const attempt = (bytes: Uint8Array): void => {
      try {
        read(bytes);
      } catch (thrown) {
        expect(RpcError.is(thrown), String(thrown)).to.equal(true);
        expect((thrown as RpcError).code).to.equal("INVALID_ARGUMENT");
      }
    };
    for (let end = 0; end < good.length; end++) attempt(good.slice(0, end));
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(8), fc.uint8Array({ maxLength: 12 }), (at, drop, put) => {
        attempt(Uint8Array.from([...good.slice(0, at), ...put, ...good.slice(at + drop)]));
      }),
      { numRuns: 1000 },
    );
    const lists = Buffer.from(`6301006d000161${"567a".repeat(1_000_000)}7a`, "hex");
    expect(failure(() => envelope.readCall(lists, 0, lists.length)).message).to.include("maxMemoryBytes");
    const chunks = Buffer.from(`6301006d000161${"620000".repeat(1_000_000)}4200007a`, "hex");
    expect(failure(() => envelope.readCall(chunks, 0, chunks.length)).message).to.include("maxMemoryBytes");
  });
});
