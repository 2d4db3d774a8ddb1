import { expect } from "chai";
import { Adapters } from "../../adapters.ts";
import type { Codec } from "../../core/codec.ts";
import { compareContracts } from "../../evolution/compare.ts";
import type { Change } from "../../evolution/outcome.ts";
import { arg, contractOf, defineService, rpc, t } from "../../index.ts";
import { contractWith } from "./measure.ts";

describe("compareContracts, by what stands where", () => {
  let codecs: readonly Codec[];
  before(async () => {
    codecs = await new Adapters([]).allCodecs();
  });

  const compare = (old: object, next: object): readonly Change[] =>
    compareContracts(
      contractWith(t.struct("shop.Order", old as never)),
      contractWith(t.struct("shop.Order", next as never)),
      codecs,
    );
  const stored = (change: Change | undefined, codec: string): string | undefined => {
    const verdict = change?.verdicts[codec]?.stored;
    return verdict && `${verdict.toOld.outcome} ${verdict.toNew.outcome}`;
  };
  const told = (changes: readonly Change[]): string[] => changes.map(({ path, what }) => `${path}: ${what}`);

  it("tells a change of a type once, by the type's name, wherever the type stands", () => {
    const item = (fields: object) => t.struct("shop.Item", fields as never) as never;
    const holding = (one: never) => ({ first: one, all: t.list(one), by: t.map(t.list(one)), maybe: t.optional(one) });
    const changes = compare(
      holding(item({ sku: t.string })),
      holding(item({ sku: t.string, qty: t.optional(t.int32) })),
    );
    expect(told(changes)).to.deep.equal(["shop.Item.qty: optional field added"]);
    expect(stored(changes[0], "json")).to.equal("ok ok");
    // Within another message there is always something behind that is read as the missing field.
    expect(stored(changes[0], "avro")).to.match(/^(refused|garbled) (refused|garbled)$/);
  });

  it("tells callers by HTTP of paths that they no longer find, and Trunkline's peers of none", () => {
    const version = (options: object) =>
      contractOf(defineService("shop.Orders", {}, { get: rpc({ params: [arg("id", t.int64)], ...options } as never) }));
    const old = version({ noSideEffects: true, http: { get: "/v1/{id}" } });
    const next = version({ http: { get: "/v2/{id}", additionalBindings: [{ post: "/v1/get", body: "*" }] } });
    const changes = compareContracts(old, next, codecs);
    expect(told(changes)).to.deep.equal([
      "shop.Orders.get: no longer idempotent",
      "shop.Orders.get: no longer to be asked by GET",
      "shop.Orders.get: no longer at GET /v1/{id}",
      "shop.Orders.get: now at GET /v2/{id}",
      "shop.Orders.get: now at POST /v1/get with * as its body",
    ]);
    expect(changes.map((change) => stored(change, "json"))).to.deep.equal([
      "ok ok",
      "ok refused",
      "ok refused",
      "ok ok",
      "ok ok",
    ]);
    for (const { verdicts } of changes) expect(verdicts["json"]?.negotiated.toNew.outcome).to.equal("ok");
    expect(compareContracts(next, next, codecs)).to.deep.equal([]);
  });

  it("follows types that contain themselves", () => {
    const tree = (more: object): never => {
      const Tree: object = t.struct("shop.Tree", {
        label: t.string,
        get kids() {
          return t.list(Tree as never);
        },
        ...more,
      } as never);
      return Tree as never;
    };
    const changes = compare({ root: tree({}) }, { root: tree({ note: t.optional(t.string) }) });
    expect(told(changes)).to.deep.equal(["shop.Tree.note: optional field added"]);
    expect(stored(changes[0], "protobuf")).to.equal("ok ok");
  });

  it("tries every change alone, whatever else changed", () => {
    const changes = compare(
      { a: t.int32, b: t.string, c: t.enums("shop.Color", ["red"]) },
      { a: t.int64, b: t.string, c: t.enums("shop.Color", ["red", "blue"]), d: t.optional(t.bool) },
    );
    expect(told(changes)).to.have.members([
      "shop.Order.a: int32 → int64",
      "shop.Color.blue: member added",
      "shop.Order.d: optional field added",
    ]);
    const added = changes.find(({ path }) => path === "shop.Order.d");
    expect(stored(added, "protobuf")).to.equal("ok ok");
  });

  it("says nothing of a codec that can carry neither version, and refuses where it can carry one", () => {
    const [added] = compare({ any: t.any }, { any: t.any, note: t.optional(t.string) });
    expect(Object.keys(added?.verdicts ?? {})).to.have.members(["json", "msgpack", "hessian2"]);
    const [untyped] = compare({ n: t.string }, { n: t.any });
    expect(stored(untyped, "avro")).to.equal("ok refused");
  });

  it("writes what a form can carry", () => {
    const [form] = compare({ n: t.int53 }, { n: t.encoded(t.int53, { protobuf: "uint32" }) });
    expect(form?.what).to.equal("int53 → int53 (protobuf: uint32)");
    expect(stored(form, "json")).to.equal("ok ok");
    expect(stored(form, "protobuf")).to.not.equal("ok ok");
  });

  it("tells a number that was taken over from what was misread by it", () => {
    const changes = compare({ note: t.optional(t.string), name: t.string }, { name: t.string });
    expect(told(changes)).to.deep.equal([
      "shop.Order.note: optional field removed",
      "shop.Order: numbers of fields changed: name 2 → 1",
    ]);
    expect(stored(changes[0], "protobuf")).to.equal("ok ok");
    expect(stored(changes[1], "protobuf")).to.equal("garbled garbled");
  });

  it("finds what stands in callbacks, streams and declared errors", () => {
    const version = (type: never): never =>
      contractOf(
        defineService(
          "shop.Orders",
          {},
          {
            watch: rpc({
              params: [arg("step", t.callback([arg("at", type)])), arg("lines", t.stream(type))],
              throws: [t.error("shop.Late", { by: type })],
            }),
          },
        ),
      ) as never;
    const changes = compareContracts(version(t.int32 as never), version(t.string as never), codecs);
    expect(told(changes)).to.have.members([
      "shop.Orders.watch.step.at: int32 → string",
      "shop.Orders.watch.lines.result: int32 → string",
      "shop.Late.by: int32 → string",
    ]);
  });
});
