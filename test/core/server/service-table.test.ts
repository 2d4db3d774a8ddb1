import { expect } from "chai";
import { ServiceTable } from "../../../core/server/service-table.ts";
import type { ServedService, WantedService } from "../../../core/transport.ts";
import { defineService, RpcError, rpc } from "../../../index.ts";

function served(name: string, version = "1.0.0", group = ""): ServedService {
  return { contract: defineService(name, { version, group }, { ping: rpc() }), operations: [] };
}

const health = served("trunkline.Health");
const lone = served("a.Lone", "1.4.0", "blue");
const [one, older, two] = [served("a.Many", "1.2.0"), served("a.Many", "1.0.0"), served("a.Many", "2.0.0")];
const blue = served("a.Many", "1.0.0", "blue");
const [left, right] = [served("a.Sides", "1.0.0", "left"), served("a.Sides", "1.0.0", "right")];
const table = new ServiceTable([lone, one, older, two, blue, left, right], [health]);

const found: readonly (readonly [string, WantedService | undefined, ServedService])[] = [
  ["a.Lone", undefined, lone],
  ["a.Lone", {}, lone],
  ["a.Lone", { version: "1.0.0" }, lone],
  ["a.Lone", { group: "blue" }, lone],
  ["a.Lone", { version: "1.9.9", group: "blue" }, lone],
  ["a.Many", { version: "2.1.0" }, two],
  ["a.Many", { version: "1.0.0", group: "" }, older],
  ["a.Many", { version: "1.2.0", group: "" }, one],
  ["a.Many", { version: "1.7.0", group: "" }, one],
  ["a.Many", { group: "blue" }, blue],
  ["a.Sides", { group: "right" }, right],
  ["trunkline.Health", undefined, health],
];
const many = "this server has 1.2.0, 1.0.0, 2.0.0, 1.0.0 (group blue)";
const refused: readonly (readonly [string, WantedService | undefined, string, string])[] = [
  [
    "a.None",
    undefined,
    "UNIMPLEMENTED",
    "service a.None is not served here; this server has a.Lone, a.Many, a.Many, a.Many, a.Many, a.Sides, a.Sides",
  ],
  ["a.Many", undefined, "FAILED_PRECONDITION", `a.Many: ${many}; say which by its version and group`],
  [
    "a.Many",
    { version: "1.0.0" },
    "FAILED_PRECONDITION",
    "a.Many: this server has 1.2.0, 1.0.0, 1.0.0 (group blue); say which by its version and group",
  ],
  [
    "a.Sides",
    { version: "1.0.0" },
    "FAILED_PRECONDITION",
    "a.Sides: this server has 1.0.0 (group left), 1.0.0 (group right); say which by its version and group",
  ],
  ["a.Many", { version: "3.0.0" }, "FAILED_PRECONDITION", `a.Many: version 3.0.0 is not served here; ${many}`],
  [
    "a.Many",
    { version: "2.0.0", group: "blue" },
    "FAILED_PRECONDITION",
    `a.Many: version 2.0.0, group blue is not served here; ${many}`,
  ],
  [
    "a.Lone",
    { group: "" },
    "FAILED_PRECONDITION",
    "a.Lone: its default group is not served here; this server has 1.4.0 (group blue)",
  ],
  ["__proto__", undefined, "UNIMPLEMENTED", ""],
];

describe("core: the services of a server", () => {
  for (const [name, wanted, service] of found) {
    it(`are found: ${name} ${JSON.stringify(wanted) ?? "whichever it is"}`, () => {
      expect(table.find(name, wanted)).to.equal(service);
    });
  }
  for (const [name, wanted, code, message] of refused) {
    it(`are not found: ${name} ${JSON.stringify(wanted) ?? "whichever it is"}`, () => {
      const error = table.find(name, wanted);
      expect(error).to.be.instanceOf(RpcError).and.include({ code });
      if (message !== "") expect((error as RpcError).message).to.equal(message);
    });
  }
  it("are listed, the built-in ones last", () => {
    expect(table.services).to.deep.equal([lone, one, older, two, blue, left, right, health]);
  });
});
