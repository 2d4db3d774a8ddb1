import { expect } from "chai";
import { defaultContractLimits } from "../../../core/contract/limits.ts";
import { wireText } from "../../../core/contract/print-contract.ts";
import { readDescribed } from "../../../core/contract/read-contract.ts";
import { checkReadable } from "../../../core/type/compat.ts";
import { sameType } from "../../../core/type/same.ts";
import type { StructType, Type } from "../../../core/type/type.ts";
import { arg, contractOf, defineService, rpc, stream, t, topic } from "../../../index.ts";
import { failure } from "../../codecs/suite.ts";

const node = (type: unknown): StructType => type as StructType;
const service = (type: unknown) =>
  contractOf(defineService("test.S", {}, { call: rpc({ params: [arg("x", type as typeof t.int32)] }) }));

describe("t.transient", () => {
  const Session = node(
    t.struct("test.Session", {
      cache: t.transient(t.default(t.list(t.string), [])),
      id: t.int32,
      get parent() {
        return t.transient(t.optional(Session as never));
      },
      note: t.optional(t.string),
    }),
  );

  it("refuses a field, a case or a member of an error that is no type, where it is declared", () => {
    const text = "expected a type made by t, got string";
    expect(() => t.struct("test.X", { b: "string" })).to.throw(
      TypeError,
      "test.X.b: expected a type made by t, got string",
    );
    expect(() => t.struct("test.X", { a: t.bool, c: String })).to.throw(
      TypeError,
      /^test\.X\.c: expected a type made by t/,
    );
    expect(() => t.union("test.U", { b: "string" })).to.throw(TypeError, `test.U.b: ${text}`);
    expect(() => t.error("test.E", { b: "string" })).to.throw(TypeError, `test.E.b: ${text}`);
    expect(() => t.struct("test.X", { d: t.callback() })).to.throw(TypeError, "test.X.d: expected a type made by t");
  });

  it("takes a field out of what crosses a wire, and gives it no number", () => {
    expect(Session.fields.map(({ name, number }) => `${name} ${number}`)).to.deep.equal(["id 1", "note 2"]);
    expect(Session.transient?.map(({ name, optional }) => `${name} ${optional}`)).to.deep.equal([
      "cache false",
      "parent true",
    ]);
    expect(Session.transient?.[1]?.type).to.equal(Session);
    expect(node(t.struct("test.Bare", { id: t.int32 })).transient).to.equal(undefined);
  });

  it("needs what a reader is to give", () => {
    for (const wrong of [t.int32, t.field(3, t.optional(t.int32)), undefined])
      expect(() => t.transient(wrong as never)).to.throw(TypeError, "needs what a reader is to give");
  });

  it("stands in structs only", () => {
    const hidden = t.transient(t.optional(t.int32));
    const Bad = t.error("test.Bad", { hidden });
    expect(() => Bad.type.fields).to.throw(TypeError, "test.Bad.hidden: only a field of a struct can be transient");
    expect(() => t.union("test.U", { hidden }).fields).to.throw(TypeError, "only a field of a struct");
    expect(() => t.list(hidden as never)).to.throw(TypeError, "expected a type made by t");
    expect(() => service(hidden)).to.throw(TypeError, "test.S.call.x: expected a type made by t");
    expect(() => node(t.struct("test.P", { a: t.field(1, hidden as never) })).fields).to.throw(TypeError, "test.P.a");
  });

  it("is no part of the contract", () => {
    const Bare = t.struct("test.Session", { id: t.int32, note: t.optional(t.string) });
    expect(service(Session).fingerprint).to.equal(service(Bare).fingerprint);
    expect(sameType(Session, node(Bare))).to.equal(true);
    const Open = t.struct("test.Session", { id: t.int32, note: t.optional(t.string), cache: t.list(t.string) });
    expect(service(Session).fingerprint).not.to.equal(service(Open).fingerprint);
    expect(sameType(Session, node(Open))).to.equal(false);
    checkReadable(node(Open), Session, "x");
    checkReadable(Session, node(Open), "x");
  });
});

/** What the type model could say before it knew versions, numbers, encodings and transient fields. */
const Plain = (() => {
  const Node = t.struct("test.Node", {
    id: t.field(9, t.int64),
    when: t.optional(t.timestamp),
    tags: t.default(t.list(t.string), ["a"]),
    color: t.enums("test.Color", ["red", "green"]),
    choice: t.union("test.Choice", { bytes: t.bytes, map: t.map(t.decimal) }),
    get next() {
      return t.optional(Node);
    },
  });
  const Gone = t.error("test.Gone", { id: t.int64 });
  return defineService(
    "test.Plain",
    { version: "1.2.0" },
    {
      put: rpc({
        params: [arg("node", Node), arg("share", t.float32)],
        returns: Node,
        throws: [Gone],
      }),
      all: stream({ params: [arg("from", t.stream(t.int53))], yields: Node }),
      loose: rpc(),
      put2: topic(t.float64),
    },
  );
})();

describe("version ids, numbers and encodings of a type", () => {
  const Item = t.struct("test.Item", { sku: t.string }, { version: "3" });
  const Color = t.enums("test.Color", { red: 0, green: 5, blue: -1 });
  const Whole = t.struct("test.Whole", {
    item: Item,
    color: Color,
    count: t.encoded(t.int32, { protobuf: "sint32", avro: "int" }),
    ids: t.list(t.encoded(t.int64, { protobuf: "fixed64" })),
    flags: t.encoded(t.map(t.list(t.bool)), { protobuf: "bool" }),
    choice: t.encoded(
      t.union("test.Choice", { int: t.int32, other: t.encoded(t.enums("test.Other", ["x"]), { avro: "default:x" }) }),
      {
        avro: "union",
      },
    ),
    nothing: t.encoded(t.struct("test.Null", {}), { avro: "null" }),
    get next() {
      return t.encoded(t.optional(Whole), { avro: "null:1" });
    },
  });

  it("are members of it", () => {
    expect(Item.version).to.equal("3");
    expect(t.struct("test.None", {}).version).to.equal(undefined);
    expect(Color).to.deep.include({ members: ["red", "green", "blue"], numbers: [0, 5, -1] });
    expect(t.enums("test.Plain", { a: 0, b: 1 }).numbers).to.equal(undefined);
    expect(t.encoded(t.int32, { protobuf: "sint32" })).to.deep.equal({
      kind: "int32",
      encoding: { protobuf: "sint32" },
    });
    expect((t.int32 as { encoding?: unknown }).encoding).to.equal(undefined);
    const again = t.encoded(t.encoded(Whole, { avro: "a" }), { avro: "b" });
    expect([again.encoding, again.fields.length]).to.deep.equal([{ avro: "b" }, node(Whole).fields.length]);
  });

  it("are refused where they make no sense", () => {
    for (const version of ["", 2, null])
      expect(() => t.struct("test.V", {}, { version: version as never })).to.throw(TypeError, "names a version");
    for (const number of [1.5, 2 ** 31, "1", undefined])
      expect(() => t.enums("test.E", { a: number as never })).to.throw(TypeError, "not a number of 32 bits");
    expect(() => t.enums("test.E", { a: 1, b: 1 })).to.throw(TypeError, "a number stands twice");
    expect(() => t.enums("test.E", {})).to.throw(TypeError, "needs at least one member");
    for (const word of ["", "a,b", "a=b", "a}", "a b"]) {
      expect(() => t.encoded(t.int32, { protobuf: word })).to.throw(TypeError, "is not a codec and its form");
      expect(() => t.encoded(t.int32, { [word]: "x" })).to.throw(TypeError, "is not a codec and its form");
    }
    expect(() => t.encoded("int32" as never, { protobuf: "sint32" })).to.throw(TypeError, "expected a type made by t");
  });

  it("change the fingerprint, each of them, and leave those of contracts without them alone", () => {
    const prints = [
      t.struct("test.X", { a: t.int32 }),
      t.struct("test.X", { a: t.int32 }, { version: "1" }),
      t.struct("test.X", { a: t.int32 }, { version: "2" }),
      t.struct("test.X", { a: t.encoded(t.int32, { protobuf: "sint32" }) }),
      t.struct("test.X", { a: t.encoded(t.int32, { protobuf: "fixed32" }) }),
      t.struct("test.X", { a: t.enums("test.E", { a: 0, b: 1 }) }),
      t.struct("test.X", { a: t.enums("test.E", { a: 0, b: 2 }) }),
      t.struct("test.X", { a: t.encoded(t.enums("test.E", ["a", "b"]), { avro: "default:a" }) }),
      t.struct("test.X", { a: t.optional(t.int32) }),
      t.struct("test.X", { a: t.encoded(t.optional(t.int32), { avro: "null:1" }) }),
      t.struct("test.X", { a: t.union("test.U", { a: t.int32 }) }),
      t.struct("test.X", { a: t.encoded(t.union("test.U", { a: t.int32 }), { avro: "union" }) }),
    ].map((type) => service(type).fingerprint);
    expect(new Set(prints).size).to.equal(prints.length);
    // A promise to peers of other versions of this framework.
    expect(contractOf(Plain).fingerprint).to.equal("9a29ddb40c43fe71");
  });

  it("must be the same wherever a contract has a type of that name", () => {
    const contract = (one: StructType, other: StructType): unknown =>
      defineService("a.S", {}, { put: rpc({ params: [arg("one", one), arg("list", t.list(other))] }) });
    const twin = (type: unknown, options = {}): StructType => t.struct("a.Twin", { x: type }, options) as never;
    contract(twin(t.int32), twin(t.int32));
    for (const other of [twin(t.string), twin(t.optional(t.int32)), twin(t.int32, { version: "2" })]) {
      expect(() => contract(twin(t.int32), other)).to.throw(TypeError, "a.S: two types that differ are called a.Twin");
    }
    const Nested = t.struct("a.Outer", { inner: t.struct("a.Outer", { x: t.int32 }) }) as StructType;
    expect(() => contract(Nested, Nested)).to.throw(TypeError, "are called a.Outer");
    const Gone = t.error("a.Twin", { x: t.int32 });
    expect(() =>
      defineService("a.S", {}, { put: rpc({ params: [arg("one", twin(t.int32))], throws: [Gone] }) }),
    ).to.throw(TypeError, "are called a.Twin");
  });

  it("survive printing and rebuilding", () => {
    const contract = service(Whole);
    const printed = JSON.parse(wireText(contract));
    const rebuilt = readDescribed(printed, defaultContractLimits).operations[0]?.request as StructType;
    expect(sameType(rebuilt, node(Whole))).to.equal(true);
    checkReadable(rebuilt, node(Whole), "x");
    checkReadable(node(Whole), rebuilt, "x");
    const [item, color, count] = rebuilt.fields.map(({ type }) => type as Type & Record<string, unknown>);
    expect(item).to.include({ name: "test.Item", version: "3" });
    expect(color).to.deep.include({ members: ["red", "green", "blue"], numbers: [0, 5, -1] });
    expect(count).to.deep.equal({ kind: "int32", encoding: { avro: "int", protobuf: "sint32" } });
  });

  it("make types different for a codec, whatever the order of the words", () => {
    const encoded = (words: Record<string, string>): Type => t.encoded(t.int32, words) as Type;
    expect(sameType(encoded({ a: "1", b: "2" }), encoded({ b: "2", a: "1" }))).to.equal(true);
    expect(sameType(encoded({ a: "1" }), encoded({ a: "2" }))).to.equal(false);
    expect(sameType(encoded({ a: "1" }), t.int32)).to.equal(false);
    expect(sameType(t.enums("test.E", { a: 0, b: 2 }), t.enums("test.E", ["a", "b"]))).to.equal(false);
  });
});

describe("a hostile description of a contract", () => {
  const described = (types: object): StructType => {
    const members = [{ kind: "rpc", name: "call", params: [{ name: "x", type: "test.X" }] }];
    const contract = { trunkline: "contract/1", name: "test.S", version: "1.0.0", members, types };
    return readDescribed(contract, defaultContractLimits).operations[0]?.request as StructType;
  };
  const refuses = (types: object, message: string): void => {
    const error = failure(() => {
      const request = described(types);
      checkReadable(request, node(t.struct("test.X", { a: t.int32 })), "x");
    });
    expect(error.code).to.equal("INVALID_ARGUMENT");
    expect(error.message).to.include(message);
  };
  const field = (type: unknown, more = {}) => ({ name: "a", number: 1, type, optional: false, ...more });
  const x = (...fields: unknown[]) => ({ "test.X": { kind: "struct", fields } });

  it("is refused, and costs nothing", () => {
    refuses({ "test.X": { kind: "struct", version: { toString: "x" }, fields: [] } }, "test.X.version: expected text");
    const color = (numbers: unknown) => ({ "test.E": { kind: "enum", members: ["a", "b"], numbers } });
    for (const numbers of [[0], [0, 1.5], [0, "1"]])
      refuses({ ...x(field("test.E")), ...color(numbers) }, "an enum does not have a number for each member");
    for (const numbers of ["01", { length: 2 }])
      refuses({ ...x(field("test.E")), ...color(numbers) }, "test.E.numbers: expected a list");
    refuses({ ...x(field("test.E")), ...color([1, 1]) }, "test.E: the number 1 stands twice");
    refuses(x(field("int32"), field("int32")), 'test.X: the field "a" stands twice');
    refuses(x({ ...field("int32"), name: "__proto__" }), "is not a usable name");
    refuses(x({ ...field("int32"), number: 0 }), "test.X.a: 0 is not the number of a field");
    refuses(x(field("test.X{a=b}")), "test.X cannot have a form of its own here");
    refuses(x(field(`${"list<".repeat(20)}test.X{a=b}${">".repeat(20)}`)), "cannot have a form of its own here");
    refuses(x(field("int32{}")), "is not described");
    refuses(x(field("int32{a=b")), "is not described");
    refuses(x(field(5)), "test.X.a: 5 is not a type");
    refuses(x(field("int32", { encoding: ["avro=x"] })), "test.X.a.encoding: expected an object");
    refuses(x(field("int32", { encoding: { avro: "}, evil(" } })), "is not a codec and its form");
    refuses({ "test.X": { kind: "struct", encoding: 5, fields: [] } }, "test.X.encoding: expected an object");
  });

  it("reaches no prototype by the names of codecs", () => {
    const types = x(field("int32{__proto__=x,constructor=y,=,a}"));
    const request = described(types);
    const [{ type } = { type: undefined }] = request.fields;
    const { encoding } = type as unknown as { encoding: Record<string, string> };
    expect(Object.getPrototypeOf(encoding)).to.equal(Object.prototype);
    expect(Object.keys(encoding)).to.have.members(["__proto__", "constructor", "", "a"]);
    expect(({} as { x?: unknown }).x).to.equal(undefined);
  });
});
