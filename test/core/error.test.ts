import { expect } from "chai";
import { RpcError, t } from "../../index.ts";

describe("RpcError", () => {
  it("has its message in JSON, and neither cause nor stack", () => {
    const error = new RpcError({
      code: "NOT_FOUND",
      message: "no order 7",
      metadata: { tenant: "eu" },
      details: { id: 7 },
      cause: new Error("secret"),
      retryable: true,
    });
    expect(JSON.parse(JSON.stringify({ error }))).to.deep.equal({
      error: {
        name: "RpcError",
        code: "NOT_FOUND",
        message: "no order 7",
        metadata: { tenant: "eu" },
        details: { id: 7 },
        retryable: true,
      },
    });
  });

  it("of a declared type has its fields in JSON, whatever they are", () => {
    const Sold = t.error("test.Sold", { sku: t.string, ids: t.list(t.int64) });
    const error = new Sold({ sku: "a", ids: [1n, 2n] }, { message: "sold out" });
    expect(JSON.parse(JSON.stringify(error))).to.include({ name: "test.Sold", sku: "a", message: "sold out" });
    expect(JSON.parse(JSON.stringify(error)).ids).to.deep.equal(["1", "2"]);
    const cyclic = Object.assign(new RpcError({ code: "ABORTED", message: "m" }), { self: {} as unknown });
    cyclic.self = cyclic;
    const owner = { cyclic, back: {} as unknown };
    cyclic.self = owner;
    owner.back = owner;
    expect(JSON.parse(JSON.stringify(cyclic))).to.include({ code: "ABORTED", message: "m" });
  });
});
