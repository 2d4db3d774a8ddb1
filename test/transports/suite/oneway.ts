import { expect } from "chai";
import { shop } from "./contract.ts";
import { type Fixture, signal } from "./fixture.ts";

export function onewaySuite(fixture: () => Fixture): void {
  describe("oneway", () => {
    it("returns at once and arrives in order", async () => {
      const lines: string[] = [];
      const done = signal();
      const { shop: client } = await fixture().pair(
        shop({
          audit: (line) => {
            lines.push(line);
            if (lines.length === 50) done.resolve();
          },
        }),
      );
      const sent = Array.from({ length: 50 }, (_, i) => `line ${i}`);
      for (const line of sent) expect(client.audit(line)).to.equal(undefined);
      await done.promise;
      expect(lines).to.deep.equal(sent);
    });

    it("throws at the call where the value does not fit", async () => {
      const { shop: client } = await fixture().pair(shop());
      expect(() => client.audit(5 as never)).to.throw(/line: expected string, .*got 5/);
    });

    it("says when it has left", async () => {
      const arrived = signal<string>();
      const { shop: client } = await fixture().pair(shop({ audit: (line) => arrived.resolve(line) }));
      await client.audit.sent("x");
      expect(await arrived.promise).to.equal("x");
    });

    it("tells the server alone of what its handler throws", async () => {
      const told = signal<unknown>();
      const { shop: client } = await fixture().pair(
        shop({
          audit: () => {
            throw new Error("full disk");
          },
        }),
        { serve: { onError: told.resolve } },
      );
      await client.audit.sent("x");
      expect(await told.promise).to.have.property("message", "full disk");
      expect(await client.read("k")).to.equal("value of k");
    });
  });
}
