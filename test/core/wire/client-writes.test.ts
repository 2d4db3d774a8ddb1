import { expect } from "chai";
import { settle } from "./capture-pipe.ts";
import { readyClient } from "./fixture.ts";
import { send } from "./outgoing.ts";

describe("wire: what a client writes", () => {
  it("gathers oneways of a turn in few writes, though none of them waits for an answer", async () => {
    const side = await readyClient();
    side.pipe.held = true;
    const calls = Array.from({ length: 100 }, (_, n) => send(side, "note", [`line ${n}`]));
    await settle();
    expect(side.pipe.writesWaiting).to.be.below(6);
    expect(calls.some(({ settled }) => settled)).to.equal(false);
    side.pipe.release();
    await Promise.all(calls.map(({ promise }) => promise));
    expect(side.pipe.frames()).to.have.length(100);
  });

  it("sends one call alone at once", async () => {
    const side = await readyClient();
    side.pipe.held = true;
    send(side, "inc", [1]);
    expect(side.pipe.writesWaiting).to.equal(1);
  });
});
