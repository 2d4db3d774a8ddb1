import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { canonicalForm } from "../../codecs/avro/canonical.ts";
import { type AvroSchema, avroFingerprint, avroSchema, singleObjects } from "../../codecs/avro/index.ts";
import { fromAvro } from "../../core/schema/avro.ts";
import { t } from "../../core/schema/t.ts";
import { root } from "../tools/project.ts";
import { failure } from "./suite.ts";
import { Order, order } from "./types.ts";

interface Vector {
  readonly input: string;
  readonly canonical: string;
  readonly fingerprint: bigint | undefined;
}

/** Apache Avro's own, `share/test/data/schema-tests.txt`: statements `<<NAME value`, long ones up to a line `NAME`. */
function readVectors(): Vector[] {
  const text = readFileSync(join(root, "test/data/avro/schema-tests.txt"), "utf8").replace(/^(#|\/\/).*$/gm, "");
  const statements = [...text.matchAll(/^<<(\w+)(?: (.*)|\n([\s\S]*?)\n\1)$/gm)].map(
    ([, name, line, block]) => [name, line ?? block ?? ""] as const,
  );
  return statements.flatMap(([name, input], i) => {
    if (name !== "INPUT") return [];
    const [[, canonical = ""] = [], [next, fingerprint = ""] = []] = statements.slice(i + 1, i + 3);
    return [{ input, canonical, fingerprint: next === "fingerprint" ? BigInt(fingerprint) : undefined }];
  });
}

const vectors = readVectors();

describe("avro: public vectors", () => {
  it("of the parsing canonical form and its fingerprint are met", () => {
    expect(vectors).to.have.length(34);
    expect(vectors.filter(({ fingerprint }) => fingerprint !== undefined)).to.have.length(26);
    for (const { input, canonical, fingerprint } of vectors) {
      const schema = JSON.parse(input) as AvroSchema;
      expect(canonicalForm(schema), input).to.equal(canonical);
      // Java's are signed.
      if (fingerprint === undefined) continue;
      for (const one of [schema, input]) expect(BigInt.asIntN(64, avroFingerprint(one)), input).to.equal(fingerprint);
    }
  });

  it("of schemas become types with the same fingerprint, but for the union of nothing", () => {
    let same = 0;
    for (const { input, canonical } of vectors) {
      if (canonical === "[]") {
        expect(() => fromAvro(input)).to.throw(TypeError, "[] is no union");
        continue;
      }
      expect(canonicalForm(avroSchema(fromAvro(JSON.parse(input)))), input).to.equal(canonical);
      same++;
    }
    expect(same).to.equal(33);
  });

  it("of the single-object encoding is read, and written the same", () => {
    // share/test/data/messageV1, written by Java.
    const schema = {
      type: "record",
      namespace: "org.apache.avro",
      name: "TestMessage",
      fields: [
        { name: "id", type: "long" },
        { name: "name", type: "string" },
        { name: "tags", type: { type: "array", items: "string" } },
      ],
    } as const;
    const java = Buffer.from(
      "c301a92de1f8a242f53d540842696c6c0412646f675f6c6f7665721263" + "61745f686174657200",
      "hex",
    );
    const messages = singleObjects(schema);
    const value = { id: 42n, name: "Bill", tags: ["dog_lover", "cat_hater"] };
    expect(messages.decode(java)).to.deep.equal(value);
    expect(Buffer.from(messages.encode(value)).toString("hex")).to.equal(java.toString("hex"));
  });
});

describe("avro: single objects", () => {
  const V1 = t.struct("shop.Order", { id: t.int53, customer: t.string });

  it("carry any type, from the middle of a buffer too", () => {
    const orders = singleObjects(Order);
    const bytes = Buffer.concat([Buffer.of(9), orders.encode(order)]).subarray(1);
    expect(orders.decode(bytes)).to.deep.equal(order);
    expect(avroFingerprint(Order).toString(16)).to.equal(Buffer.from(bytes.subarray(2, 10)).reverse().toString("hex"));
    const longs = singleObjects(t.list(t.int64));
    expect(longs.decode(longs.encode([1n, -1n]))).to.deep.equal([1n, -1n]);
    const union = singleObjects(["null", "long"]);
    expect(union.decode(union.encode({ kind: "long", value: 5n }))).to.deep.equal({ kind: "long", value: 5n });
  });

  it("of known writers are resolved, of others refused", () => {
    const bytes = singleObjects(V1).encode({ id: 1, customer: "Ada" });
    const read = singleObjects(Order, { writers: [V1] }).decode(bytes);
    expect(read).to.deep.equal({ id: 1, customer: "Ada", items: [] });
    const unknown = failure(() => singleObjects(Order).decode(bytes));
    expect(unknown.code).to.equal("FAILED_PRECONDITION");
    expect(unknown.message).to.equal(
      `avro: no schema has the fingerprint ${avroFingerprint(V1).toString(16).padStart(16, "0")}; give the writer's in writers`,
    );
  });

  it("that are none are refused, and limits hold", () => {
    const orders = singleObjects(Order);
    const bytes = orders.encode(order);
    for (const wrong of [bytes.subarray(0, 9), bytes.subarray(1), new Uint8Array(0)]) {
      expect(failure(() => orders.decode(wrong)).message).to.match(/this is no single object/);
    }
    const nothing = singleObjects(t.list(t.bytes), { limits: { maxDepth: 64, maxMemoryBytes: 10_000 } });
    const unfolding = nothing.encode(new Array(100).fill(new Uint8Array(0)));
    expect(failure(() => nothing.decode(unfolding)).message).to.include("maxMemoryBytes");
    expect(failure(() => orders.encode({ ...order, id: 0.5 })).message).to.equal("id: expected int53, got 0.5");
  });
});
