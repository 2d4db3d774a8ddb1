import { expect } from "chai";
import { type Conformance, conformance, missingGo } from "./runner.ts";

describe("the conformance suite of Connect, gRPC and gRPC-Web, by http's server", function () {
  this.timeout(1_200_000);
  let suite: Conformance;
  before(async function () {
    const missing = await missingGo();
    if (missing === undefined) suite = await conformance();
    else {
      console.warn(`      ${missing}: the conformance suite is not run`);
      this.skip();
    }
  });

  it("passes every case", async () => {
    const { passed, failed } = await suite.run("server", "server.ts");
    expect(failed).to.equal("");
    expect(passed).to.be.above(7000);
  });
});
