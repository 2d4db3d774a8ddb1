import { expect } from "chai";
import { defineService, oneway, rpc, stream, t, topic } from "../../../index.ts";

describe("core: the operations of a contract", () => {
  it("have names that stand in a URL as they are, those of topics too, and none stands for two", () => {
    const contract = defineService(
      "test.Named",
      {},
      {
        place: rpc({ returns: t.string }),
        placed: topic(t.string),
        placed_publish: rpc({ returns: t.string }),
        publish: oneway(),
        watch: stream({ yields: t.string }),
      },
    );
    const names = contract.operations.map(({ name }) => name);
    expect(names.filter((name) => encodeURIComponent(name) !== name)).to.deep.equal([]);
    expect(new Set(names).size).to.equal(names.length);
    expect(names.slice(-2)).to.deep.equal(["placed.publish", "placed.subscribe"]);
  });
});
