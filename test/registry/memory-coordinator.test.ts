import { expect } from "chai";
import { create } from "../../registry/coordinator.ts";
import { type MemoryCoordinator, memoryCoordinator } from "../../registry/memory-coordinator.ts";
import { MemoryTree } from "../../registry/memory-tree.ts";
import { coordinatorSuite, rejected } from "./coordinator-suite.ts";

describe("coordinator memory", () => {
  coordinatorSuite(async () => {
    const tree = new MemoryTree();
    const all: MemoryCoordinator[] = [];
    return {
      async connect() {
        const coordinator = memoryCoordinator(tree);
        all.push(coordinator);
        return coordinator;
      },
      cut: async (coordinator) => (coordinator as MemoryCoordinator).cut(),
      mend: async (coordinator) => (coordinator as MemoryCoordinator).mend(),
      expire: async (coordinator) => (coordinator as MemoryCoordinator).expire(),
      async close() {
        for (const coordinator of all) await coordinator.close();
      },
    };
  });

  it("has a tree of its own unless it shares one", async () => {
    const [one, other] = [memoryCoordinator(), memoryCoordinator()];
    await create(one, "/a");
    expect(await other.stat("/a")).to.equal(undefined);
  });

  it("refuses rights, which it does not know", async () => {
    const error = await rejected(
      create(memoryCoordinator(), "/a", { access: [{ who: "world:anyone", may: ["read"] }] }),
      "UNIMPLEMENTED",
    );
    expect(error.message).to.equal("/a: access: this coordinator knows no rights; leave it out");
  });
});
