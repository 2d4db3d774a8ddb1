import { expect } from "chai";
import { connect, defineService, implement, RpcError, rpc, serve, t } from "../../../index.ts";

const Till = defineService("test.Till", {}, { charge: rpc({ params: [t.int32], returns: t.int32 }) });

describe("failover", () => {
  it("does not believe a handler that its call was never executed", async () => {
    let charged = 0;
    const charge = (): never => {
      charged++;
      // What a handler's own call to a third service that is down fails with, passed on.
      throw new RpcError({ code: "UNAVAILABLE", message: "the bank cannot be reached", retryable: true });
    };
    await using a = await serve({ services: [implement(Till, { charge })], listen: ["tcp://127.0.0.1:0"] });
    await using b = await serve({ services: [implement(Till, { charge })], listen: ["tcp://127.0.0.1:0"] });
    await using client = await connect({ endpoints: [...a.endpoints, ...b.endpoints] });
    const till = await client.refer(Till);

    const error = await till.charge(5).then(
      () => undefined,
      (thrown: RpcError) => thrown,
    );

    expect(error?.message).to.equal("the bank cannot be reached");
    expect(charged).to.equal(1);
  });
});

describe("a declared error", () => {
  const Short = t.error("test.Short", { missing: t.int32 });
  const Bank = defineService("test.Bank", {}, { pay: rpc({ params: [t.int32], throws: [Short] }) });

  for (const listen of ["tcp://127.0.0.1:0", "memory://declared-errors"]) {
    it(`arrives over ${listen.split(":")[0]} with its fields, details and metadata`, async () => {
      const pay = (amount: number): never => {
        throw new Short(
          { missing: amount },
          { message: "not enough", details: { hint: "wait" }, metadata: { bank: "x" } },
        );
      };
      await using server = await serve({ services: [implement(Bank, { pay })], listen: [listen] });
      await using client = await connect({ endpoints: server.endpoints });
      const bank = await client.refer(Bank);

      const error = await bank.pay(7).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );

      expect(error).to.be.instanceOf(Short);
      expect(error).to.include({ missing: 7, message: "not enough", code: "FAILED_PRECONDITION" });
      expect(error).to.have.deep.property("details", { hint: "wait" });
      expect(error).to.have.deep.property("metadata", { bank: "x" });
    });
  }

  it("has one of the codes, which a name that every object has is not", () => {
    for (const code of ["NOWHERE", "toString"])
      expect(() => t.error("test.Odd", {}, { code: code as "UNKNOWN" })).to.throw(TypeError, `${code} is not a code`);
  });
});
