import { expect } from "chai";
import {
  bytesOf,
  createMetadata,
  type Interceptor,
  type Metadata,
  type MetadataInput,
  RpcError,
  valuesOf,
} from "../../../index.ts";
import { shop } from "./contract.ts";
import { type Fixture, refused } from "./fixture.ts";

const trace = new Uint8Array([0, 1, 250, 255]);
const given: MetadataInput = {
  "X-Tag": ["a", "b, c", ""],
  one: ["alone"],
  none: [],
  text: "a, b",
  "x-trace-bin": trace,
  "parts-bin": [new Uint8Array([1]), new Uint8Array(), "_-8"],
};
/** As they are read. */
const read = {
  "x-tag": "a, b, c, ",
  one: "alone",
  text: "a, b",
  "x-trace-bin": "AAH6/w==",
  "parts-bin": "AQ==, , /+8=",
};

function looked(metadata: Metadata): void {
  expect(Object.fromEntries(Object.entries(metadata))).to.deep.equal(read);
  expect(valuesOf(metadata, "x-tag")).to.deep.equal(["a", "b, c", ""]);
  expect(valuesOf(metadata, "one")).to.deep.equal(["alone"]);
  expect(valuesOf(metadata, "text")).to.deep.equal(["a, b"]);
  expect(valuesOf(metadata, "none")).to.deep.equal([]);
  expect(bytesOf(metadata, "x-trace-bin")).to.deep.equal([trace]);
  expect(bytesOf(metadata, "parts-bin")).to.deep.equal([
    new Uint8Array([1]),
    new Uint8Array(),
    new Uint8Array([255, 239]),
  ]);
}

export function metadataSuite(fixture: () => Fixture): void {
  describe("metadata of several values, and of bytes", () => {
    it("travel with a call and with its reply", async () => {
      const seen: Metadata[] = [];
      const { shop: client } = await fixture().pair(
        shop({
          nothing: async (ctx) => {
            seen.push(ctx.metadata);
            ctx.setReplyMetadata({ "x-tag": ["old", "values"], kept: ["k", "l"] });
            ctx.setReplyMetadata(given);
          },
        }),
      );
      const onReplyMetadata = (metadata: Metadata): void => void seen.push(metadata);
      await client.nothing.with({ metadata: given, onReplyMetadata })();
      expect(seen).to.have.length(2);
      const [there, back] = seen as [Metadata, Metadata];
      looked(there);
      const { kept, ...rest } = back;
      looked(rest);
      expect(kept).to.equal("k, l");
      expect(valuesOf(back, "kept")).to.deep.equal(["k", "l"]);
    });

    it("travel with a stream, before its items and at its end", async () => {
      const seen: unknown[] = [];
      const { shop: client } = await fixture().pair(
        shop({
          count: async function* (_to, ctx) {
            looked(ctx.metadata);
            ctx.setReplyMetadata({ "x-tag": ["a", "b"] });
            yield 1;
            ctx.setReplyMetadata({ "rows-bin": trace });
          },
        }),
      );
      const onReplyMetadata = (metadata: Metadata): void =>
        void seen.push([valuesOf(metadata, "x-tag"), bytesOf(metadata, "rows-bin")]);
      for await (const item of client.count.with({ metadata: given, onReplyMetadata })(1)) seen.push(item);
      expect(seen).to.deep.equal([[["a", "b"], []], 1, [["a", "b"], [trace]]]);
    });

    it("travel with an error", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          nothing: () => {
            throw new RpcError({ code: "ABORTED", message: "no", metadata: given });
          },
        }),
      );
      const error = await refused(client.nothing(), "ABORTED");
      looked(error.metadata);
    });

    it("are inherited by a handler's own calls", async () => {
      const inner = await fixture().pair(
        shop({
          read: async (_, ctx) =>
            JSON.stringify([valuesOf(ctx.metadata, "x-tag"), ctx.metadata["x-trace-bin"], ctx.metadata["text"] ?? "-"]),
        }),
      );
      const outer = await fixture().pair(
        shop({ read: (key) => inner.shop.read.with({ metadata: { "x-own": "1" } })(key) }),
      );
      expect(JSON.parse(await outer.shop.read.with({ metadata: given })("k"))).to.deep.equal([
        ["a", "b, c", ""],
        "AAH6/w==",
        "-",
      ]);
    });

    it("outlive interceptors that spread them, and may be added by them", async () => {
      const spreading: Interceptor = (next) => (call) =>
        next({ ...call, metadata: { ...call.metadata, "x-spread": "1", one: "replaced" } });
      const adding: Interceptor = (next) => (call) =>
        next({ ...call, metadata: createMetadata(call.metadata, { "x-more": ["1", "2"], "x-more-bin": trace }) });
      const replying: Interceptor = (next) => async (call) => ({
        ...(await next(call)),
        metadata: createMetadata({ by: ["a", "b"] }),
      });
      let seen: Metadata = {};
      let replied: Metadata = {};
      const { shop: client } = await fixture().pair(
        shop({
          nothing: async (ctx) => {
            seen = ctx.metadata;
          },
        }),
        { serve: { interceptors: [replying] }, connect: { interceptors: [spreading, adding] } },
      );
      const onReplyMetadata = (metadata: Metadata): void => {
        replied = metadata;
      };
      await client.nothing.with({ metadata: { ...given, one: ["x", "y"] }, onReplyMetadata })();
      expect(valuesOf(seen, "x-tag")).to.deep.equal(["a", "b, c", ""]);
      expect(valuesOf(seen, "one")).to.deep.equal(["replaced"]);
      expect(valuesOf(seen, "x-more")).to.deep.equal(["1", "2"]);
      expect(bytesOf(seen, "x-more-bin")).to.deep.equal([trace]);
      expect(seen["x-spread"]).to.equal("1");
      expect(valuesOf(replied, "by")).to.deep.equal(["a", "b"]);
    });

    it("that cannot travel are refused where they are written", async () => {
      const { shop: client } = await fixture().pair(shop());
      const wrong: readonly (readonly [unknown, RegExp])[] = [
        [{ a: ["x", 1] }, /^metadata "a": a value is a string, got number$/],
        [{ a: ["x", "\n"] }, /^metadata "a": a value is text without control characters/],
        [{ a: new Uint8Array([1]) }, /^metadata "a": bytes stand under a name that ends in -bin; call it so$/],
        [{ "a-bin": "no base64" }, /^metadata "a-bin": a name that ends in -bin has bytes; give a Uint8Array, or its/],
        [{ "a-bin": 7 }, /^metadata "a-bin": a name that ends in -bin has bytes/],
        [{ a: [["x"]] }, /^metadata "a": a value is a string, got object$/],
      ];
      for (const [metadata, reason] of wrong) {
        const call = async () => client.nothing.with({ metadata: metadata as MetadataInput })();
        await refused(call(), "INVALID_ARGUMENT", reason);
      }
      const many = { "x-many": Array.from({ length: 30_000 }, () => "x") };
      await refused(client.nothing.with({ metadata: many })(), "RESOURCE_EXHAUSTED", /^metadata: 12\d{4} bytes/);
      await client.nothing();
    });
  });
}
