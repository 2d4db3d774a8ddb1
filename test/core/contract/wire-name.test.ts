import { expect } from "chai";
import { namedOperation, wireName } from "../../../core/contract/wire-name.ts";
import { contractOf, defineService, rpc, t, topic } from "../../../index.ts";

const Orders = contractOf(
  defineService(
    "shop.Orders",
    {},
    { place: rpc({}), Place: rpc({}), Cancel: rpc({}), placedPublish: rpc({}), placed: topic(t.string) },
  ),
);
const meant = (name: string): string | undefined => namedOperation(Orders, name)?.name;

describe("wire names", () => {
  it("are words, each of one operation", () => {
    expect(Orders.operations.map((operation) => wireName(Orders, operation))).to.deep.equal([
      "place",
      "Place",
      "Cancel",
      "placedPublish",
      "placedPublish2",
      "placedSubscribe",
    ]);
  });

  it("are found, and so are the operations' own names, and either with the other first letter", () => {
    for (const operation of Orders.operations) {
      expect(meant(operation.name)).to.equal(operation.name);
      expect(meant(wireName(Orders, operation))).to.equal(operation.name);
    }
    expect(["cancel", "PlacedSubscribe", "PlacedPublish", "PlacedPublish2"].map(meant)).to.deep.equal([
      "Cancel",
      "placed.subscribe",
      "placedPublish",
      "placed.publish",
    ]);
    expect(["CANCEL", "", "__proto__", "constructor", "placed"].map(meant)).to.deep.equal(Array(5).fill(undefined));
  });
});
