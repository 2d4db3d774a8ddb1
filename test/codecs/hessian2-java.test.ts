import { expect } from "chai";
import { exceptionOf, hessian2, hessianEnvelope, hessianStreams } from "../../codecs/hessian2/index.ts";
import { Output } from "../../core/bytes/output.ts";
import { untypedRequest, untypedResponse } from "../../core/contract/contract.ts";
import { t } from "../../core/schema/t.ts";
import type { StructType } from "../../core/type/type.ts";
import { describeValue } from "../java/describe.ts";
import { JavaOrder, order } from "../java/order.ts";
import { type JavaPeer, missingJava, startJava } from "../java/peer.ts";
import { encode } from "./suite.ts";

const codec = hessian2();
const envelope = hessianEnvelope({ exact: true });
const Empty = t.struct("test.Void", {}) as unknown as StructType;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const lines = (bytes: Uint8Array): string[] => text(bytes).split("\n").slice(0, -1);
const readValue = (bytes: Uint8Array): unknown => hessianStreams({ exact: true }).reader(bytes, 0, bytes.length).read();
const written = (write: (out: Output) => void): Uint8Array => {
  const out = new Output(64);
  out.begin(1 << 24);
  write(out);
  return out.toBytes();
};
const method = (name: string, request: unknown, response: unknown, bareResponse = false) =>
  envelope.method({
    name,
    request: request as StructType,
    response: response as StructType,
    bareRequest: false,
    bareResponse,
    untyped: request === untypedRequest,
  });

describe("codec hessian2: Java", function () {
  this.timeout(300_000);
  let java: JavaPeer;

  before(async function () {
    const missing = await missingJava();
    if (missing === undefined) {
      java = await startJava();
      return;
    }
    if (process.env["CI"] === "true") throw new Error(`${missing}: the tests against Java cannot run`);
    console.warn(`      SKIPPED: all tests of Hessian against real Java, since ${missing}`);
    this.skip();
  });
  after(() => java?.close());

  /** The result of a method of Caucho's test interface, in exact values. */
  async function call(name: string, args: unknown[]): Promise<unknown> {
    const { encodeCall, decodeReply } = method(name, untypedRequest, untypedResponse);
    const bytes = await java.post(
      "/test",
      written((out) => encodeCall({ args }, out)),
    );
    const { value, fault } = decodeReply(bytes, 0, bytes.length);
    if (fault !== undefined) throw new Error(`${name}: ${fault.code} ${fault.message}`);
    return (value as { result: unknown }).result;
  }

  it("serves every method of Caucho's test interface, every number of the right type", async () => {
    const methods = lines(await java.post("/methods")).map((line) => line.split(" ")[0] as string);
    expect(methods).to.have.length(183);
    const failed: string[] = [];
    for (const name of methods) {
      if (name.startsWith("arg")) {
        const value = name === "argNull" ? null : await call(name.replace(/^arg/, "reply"), []);
        const answer = await call(name, [value]);
        if (answer !== true) failed.push(`${name}: ${describeValue(answer)}`);
        continue;
      }
      const expected = text(await java.post("/expected", name));
      const answer = describeValue(await call(name, []));
      if (answer !== expected) failed.push(`${name}: ${answer.slice(0, 200)} instead of ${expected.slice(0, 200)}`);
    }
    expect(failed).to.deep.equal([]);
  });

  for (const peer of ["caucho", "dubbo"] as const) {
    const streams = hessianStreams({ java: peer });

    it(`reads what ${peer} writes, and is read by it: a value of every type`, async () => {
      const rows = lines(await java.post(`/${peer}/values`)).map(
        (line) => line.split("\t") as [string, string, string],
      );
      expect(rows.length).to.be.above(40);
      const failed: string[] = [];
      for (const [name, source, expected] of rows) {
        try {
          const value = readValue(Buffer.from(source, "hex"));
          const read = describeValue(value);
          if (read !== expected) failed.push(`${name} was read as ${read} instead of ${expected}`);
          const bytes = written((out) => streams.writer(out).write(value));
          const back = text(await java.post(`/${peer}/describe`, bytes));
          if (back !== expected) failed.push(`${name} was written as ${back} instead of ${expected}`);
        } catch (thrown) {
          failed.push(`${name}: ${String(thrown)}`);
        }
      }
      expect(failed).to.deep.equal([]);
    });

    it(`counts references as ${peer} does, after a value of every type`, async () => {
      const wrong: unknown[] = [];
      for (const line of lines(await java.post(`/${peer}/values`))) {
        const [name, source = ""] = line.split("\t");
        const shared = { list: ["shared"] };
        const value = readValue(Buffer.from(source, "hex"));
        const sent = written((out) => streams.writer(out).write([value, value, shared, shared, shared.list]));
        const [, map, list] = /; @(\d+); @(\d+); \]$/.exec(text(await java.post(`/${peer}/describe`, sent))) ?? [];
        expect(Number(list), name).to.equal(Number(map) + 1);
        const answer = await java.post(`/${peer}/echo`, sent);
        try {
          const [, , one, two] = readValue(answer) as unknown[];
          expect(one).to.equal(two);
        } catch {
          wrong.push(name);
        }
      }
      // Where it miscounts its own references: it cannot read them itself.
      expect(wrong).to.deep.equal(peer === "dubbo" ? ["URI", "Calendar"] : []);
    });

    it(`sends a struct, list and map once, and gets them once from ${peer}`, async () => {
      const type = JavaOrder as unknown as StructType;
      const [item] = order.items;
      const items = [item, item];
      const value = { ...order, items, colors: ["red", "red"], parent: { ...order.parent, items, any: undefined } };
      const { any: _, ...parent } = value.parent;
      const bytes = encode(codec, type, { ...value, parent });
      const apart = encode(codec, type, { ...value, parent: { ...parent, items: [{ ...item }, { ...item }] } });
      expect(bytes.length).to.be.lessThan(apart.length);
      const answer = await java.post(`/${peer}/echo`, bytes);
      const back = codec.compile(type, type).decode(answer, 0, answer.length) as typeof value;
      expect(back.items).to.deep.equal(items);
      expect(back.items[0]).to.equal(back.items[1]);
      expect(back.parent.items).to.equal(back.items);
    });

    it(`carries a typed struct to ${peer} and back`, async () => {
      const bytes = encode(codec, JavaOrder, order);
      const back = await java.post(`/${peer}/echo`, bytes);
      const type = JavaOrder as unknown as StructType;
      expect(codec.compile(type, type).decode(back, 0, back.length)).to.deep.equal({
        ...order,
        parent: { ...order.parent, any: null },
      });
      const described = text(await java.post(`/${peer}/describe`, bytes));
      expect(described).to.include("java.math.BigDecimal 12.50");
      expect(described).to.include("color=shop.Color blue");
    });
  }

  it("calls a Java service by types, and understands its exceptions", async () => {
    const ask = async (of: ReturnType<typeof method>, request: unknown) => {
      const bytes = await java.post(
        "/shop",
        written((out) => of.encodeCall(request, out)),
      );
      return of.decodeReply(bytes, 0, bytes.length);
    };
    const add = method("add", t.struct("R", { a: t.int32, b: t.int32 }), t.struct("S", { result: t.int32 }));
    expect(await ask(add, { a: 2, b: 40 })).to.deep.equal({ value: { result: 42 } });
    const place = method(
      "place",
      t.struct("R", { order: JavaOrder, amount: t.int64, note: t.optional(t.string) }),
      JavaOrder,
      true,
    );
    const placed = await ask(place, { order: { ...order, items: [] }, amount: 2n, note: "n" });
    expect((placed.value as typeof order).id).to.equal(order.id + 2n);
    expect((placed.value as typeof order).note).to.equal("n");
    const fail = method("fail", t.struct("R", { sku: t.string }), Empty);
    const { fault } = await ask(fail, { sku: "s" });
    expect(fault?.code).to.equal("ServiceException");
    expect(exceptionOf(fault?.detail)).to.deep.equal({ name: "shop.OutOfStock", message: "no s" });
    expect(fault?.detail).to.have.property("sku", "s");
    const unknown = await ask(method("nobody", t.struct("R", {}), Empty), {});
    expect(unknown.fault?.code).to.equal("NoSuchMethodException");
  });
});
