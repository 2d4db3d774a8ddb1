import { createRequire } from "node:module";
import { expect } from "chai";
import fc from "fast-check";
import {
  exceptionOf,
  exceptionType,
  hessianEnvelope,
  hessianStreams,
  long,
  typed,
} from "../../codecs/hessian2/index.ts";
import { Output } from "../../core/bytes/output.ts";
import { defaultCodecLimits } from "../../core/codec.ts";
import { untypedRequest, untypedResponse } from "../../core/contract/contract.ts";
import { RpcError } from "../../core/error.ts";
import { t } from "../../core/schema/t.ts";
import type { ErrorType, StructType, Type } from "../../core/type/type.ts";
import { failure } from "./suite.ts";
import { Item, Order, order } from "./types.ts";

const envelope = hessianEnvelope();
const streams = hessianStreams();
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
const add = method("add2", t.struct("R", { a: t.int32, b: t.int32 }), t.struct("S", { result: t.int32 }));
const untyped = method("any", untypedRequest, untypedResponse, { untyped: true });
const place = method("place", Order, Order, { bareRequest: true, bareResponse: true });
const nothing = method("nothing", t.struct("R", {}), t.struct("S", {}));
const carry = (of: typeof add, request: unknown): unknown => {
  const bytes = written((out) => of.encodeCall(request, out));
  return of.decodeCall(envelope.readCall(bytes, 0, bytes.length));
};
const reply = (of: typeof add, response: unknown): unknown => {
  const bytes = written((out) => of.encodeReply(response, out));
  return of.decodeReply(bytes, 0, bytes.length);
};

describe("codec hessian2: the envelope of Hessian's calls", () => {
  it("has the bytes of the specification", () => {
    // add2(2, 3) and its reply.
    expect(hex(written((out) => add.encodeCall({ a: 2, b: 3 }, out)))).to.equal(
      "4802004304616464329292 93".replace(" ", ""),
    );
    expect(hex(written((out) => add.encodeReply({ result: 5 }, out)))).to.equal("4802005295");
    expect(hex(written((out) => nothing.encodeReply({}, out)))).to.equal("480200524e");
    const fault = written((out) => envelope.writeFault({ code: "ServiceException", message: "no" }, out));
    expect(hex(fault)).to.equal(
      `48020046 48 04${Buffer.from("code").toString("hex")} 10${Buffer.from("ServiceException").toString("hex")} 07${Buffer.from("message").toString("hex")} 02${Buffer.from("no").toString("hex")} 5a`.replaceAll(
        " ",
        "",
      ),
    );
  });

  it("carries calls and replies of every form", () => {
    expect(carry(add, { a: 2, b: -3 })).to.deep.equal({ a: 2, b: -3 });
    expect(carry(nothing, {})).to.deep.equal({});
    expect(carry(place, order)).to.deep.equal(order);
    expect(carry(untyped, { args: [1, "two", [3n]] })).to.deep.equal({ args: [1, "two", [3n]] });
    expect(reply(add, { result: 1 })).to.deep.equal({ value: { result: 1 } });
    expect(reply(nothing, {})).to.deep.equal({ value: {} });
    expect(reply(place, order)).to.deep.equal({ value: order });
    expect(reply(untyped, { result: { a: [1] } })).to.deep.equal({ value: { result: { a: [1] } } });
    const optional = method("o", t.struct("R", { a: t.optional(t.string), b: t.default(t.int32, 7) }), untypedResponse);
    expect(carry(optional, {})).to.deep.equal({ b: 7 });
  });

  it("carries faults, and exceptions as objects of their classes", () => {
    const OutOfStock = { kind: "error", name: "shop.OutOfStock", fields: Item.fields } as unknown as ErrorType;
    const type = exceptionType(OutOfStock);
    expect(type.fields.map((field) => field.name)).to.deep.equal(["detailMessage", "sku", "qty", "price"]);
    const detail = typed("shop.OutOfStock", { detailMessage: "none left", cause: null, sku: "s" });
    const bytes = written((out) =>
      envelope.writeFault({ code: "ServiceException", message: "none left", detail }, out),
    );
    const { fault } = add.decodeReply(bytes, 0, bytes.length);
    expect(fault?.message).to.equal("none left");
    expect(exceptionOf(fault?.detail)).to.deep.equal({ name: "shop.OutOfStock", message: "none left" });
    for (const other of [null, 1, {}, fault]) expect(exceptionOf(other)).to.equal(undefined);
    const odd = Buffer.from("4802004691", "hex");
    expect(add.decodeReply(odd, 0, odd.length).fault).to.deep.equal({
      code: "ServiceException",
      message: "",
      detail: undefined,
    });
  });

  it("refuses what does not fit, on both sides", () => {
    expect(failure(() => written((out) => add.encodeCall({ a: 2, b: "3" }, out))).message).to.equal(
      'b: expected int32, got "3"',
    );
    const refused = (source: string, of = add): string => {
      const bytes = Buffer.from(source, "hex");
      return failure(() => of.decodeCall(envelope.readCall(bytes, 0, bytes.length))).message;
    };
    expect(refused("")).to.include("truncated");
    expect(refused("480100")).to.include("does not begin with H 02 00");
    expect(refused("48020052")).to.include("no call");
    expect(refused("480200439192")).to.include("without a name");
    expect(refused("48020043016197")).to.include("without a name or a number of arguments");
    expect(refused("480200430161919192")).to.include("takes 2 arguments, and 1 were sent");
    expect(refused("48020043016192919292")).to.include("bytes follow");
    expect(refused("480200430161929178")).to.equal("b: expected int32, got a list of 0");
    const bytes = Buffer.from("48020043", "hex");
    expect(failure(() => add.decodeReply(bytes, 0, bytes.length)).message).to.include("no reply");
  });

  it("survives random and mutated bytes", () => {
    const good = written((out) => untyped.encodeCall({ args: [order, [long(1)], order] }, out));
    const attempt = (bytes: Uint8Array): void => {
      for (const run of [
        () => untyped.decodeCall(envelope.readCall(bytes, 0, bytes.length)),
        () => place.decodeReply(bytes, 0, bytes.length),
      ]) {
        try {
          run();
        } catch (thrown) {
          expect(RpcError.is(thrown), String(thrown)).to.equal(true);
          expect((thrown as RpcError).code).to.equal("INVALID_ARGUMENT");
        }
      }
    };
    for (let end = 0; end < good.length; end++) attempt(good.slice(0, end));
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(8), fc.uint8Array({ maxLength: 12 }), (at, drop, put) => {
        attempt(Uint8Array.from([...good.slice(0, at), ...put, ...good.slice(at + drop)]));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("codec hessian2: streams of values", () => {
  it("share classes and references between typed and untyped values", () => {
    const shared = { a: 1 };
    const type = Order as unknown as Type;
    const bytes = written((out) => {
      const writer = streams.writer(out);
      writer.write("2.0.2");
      writer.writeAs(type, order);
      writer.write([shared]);
      writer.writeAs(type, order);
      writer.write(shared);
      writer.writeAs(t.int64 as unknown as Type, 5n);
    });
    const reader = streams.reader(bytes, 0, bytes.length);
    expect(reader.read()).to.equal("2.0.2");
    expect(reader.readAs(type)).to.deep.equal(order);
    const [first] = reader.read() as unknown[];
    expect(reader.read()).to.deep.equal({ ...order, id: BigInt(order.id), note: null });
    expect(reader.read()).to.deep.equal(first);
    expect(failure(() => reader.close()).message).to.include("bytes follow");
    expect(reader.readAs(t.int64 as unknown as Type)).to.equal(5n);
    reader.close();
    expect(failure(() => streams.writer(new Output()).writeAs(type, {})).message).to.include("id: expected int53");
    const lists = written((out) => streams.writer(out).write(Array.from({ length: 100 }, () => [])));
    const tight = hessianStreams({ limits: { ...defaultCodecLimits, maxMemoryBytes: 1000 } });
    expect(failure(() => tight.reader(lists, 0, lists.length).read()).message).to.include("maxMemoryBytes");
  });
});

describe("codec hessian2: beside hessian.js", () => {
  interface HessianJs {
    encode(value: unknown, version: string): Uint8Array;
    decode(bytes: Uint8Array, version: string): unknown;
  }
  const peer = createRequire(import.meta.url)("hessian.js") as HessianJs;

  /** It bends whole numbers beyond a long. */
  const safely = (_: string, one: unknown): unknown =>
    Number.isInteger(one) && !Number.isSafeInteger(one) ? 0.5 : one;

  it("reads what it writes, and is read by it", () => {
    const values = fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.parse(JSON.stringify(json), safely) as unknown);
    fc.assert(
      fc.property(values, (value) => {
        if (JSON.stringify(value).includes("__proto__")) return;
        const bytes = written((out) => streams.writer(out).write(value));
        expect(peer.decode(Buffer.from(bytes), "2.0")).to.deep.equal(value);
        const theirs = peer.encode(value, "2.0");
        // It makes longs of whole numbers beyond an int.
        const read = streams.reader(theirs, 0, theirs.length).read();
        const numbers = JSON.stringify(read, (_, one) => (typeof one === "bigint" ? Number(one) : one));
        expect(JSON.parse(numbers)).to.deep.equal(value);
      }),
      { numRuns: 300 },
    );
  });

  it("writes an order in the very same bytes", () => {
    const items = order.items.map(({ sku, qty, price }) => ({
      $class: "shop.Item",
      $: { sku, qty, price: { $class: "double", $: price } },
    }));
    const theirs = peer.encode(
      { $class: "shop.Order", $: { id: { $class: "long", $: order.id }, customer: order.customer, items, note: null } },
      "2.0",
    );
    expect(hex(written((out) => streams.writer(out).writeAs(Order as unknown as Type, order)))).to.equal(hex(theirs));
  });
});
