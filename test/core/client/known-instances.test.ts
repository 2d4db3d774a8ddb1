import { expect } from "chai";
import { KnownInstances } from "../../../core/client/known-instances.ts";
import type { Instance } from "../../../core/registry.ts";
import { RpcError } from "../../../index.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

const away = new RpcError({ code: "UNAVAILABLE", message: "the registry cannot be reached" });

function instance(id: string, weight = 100): Instance {
  return { id, service: "test.S", version: "1.0.0", group: "", endpoints: [`tcp://${id}`], weight };
}

function start(graceMs = 30_000) {
  const platform = new ManualPlatform();
  const told: (readonly string[])[] = [];
  const reasons: string[] = [];
  const known = new KnownInstances({
    platform,
    graceMs,
    tell(instances, none) {
      told.push(instances.map(({ id }) => id));
      reasons.push(none);
    },
  });
  let revision = 0n;
  const answer = (...ids: string[]): void =>
    known.onInstances({ instances: ids.map((id) => instance(id)), revision: ++revision });
  return {
    platform,
    known,
    answer,
    told,
    reasons,
    now: () => told.at(-1),
    forget: () => {
      revision = 0n;
    },
  };
}

describe("core: the instances that a client knows", () => {
  it("are those of the last answer, where there was no outage", () => {
    const { answer, now } = start();
    answer("a", "b");
    expect(now()).to.deep.equal(["a", "b"]);
    answer("b");
    expect(now()).to.deep.equal(["b"]);
    answer();
    expect(now()).to.deep.equal([]);
  });

  it("stay in an outage", () => {
    const { answer, now, known, platform } = start();
    answer("a", "b");
    known.onError(away);
    platform.advance(1_000_000);
    expect(now()).to.deep.equal(["a", "b"]);
  });

  it("stay after an outage for the time of grace, whatever the registry leaves out, and new ones join them at once", () => {
    const { answer, now, known, platform } = start();
    answer("a", "b", "c");
    known.onError(away);
    answer();
    expect(now()).to.deep.equal(["a", "b", "c"]);
    platform.advance(20_000);
    answer("d", "b");
    expect(now()).to.deep.equal(["a", "c", "d", "b"]);
    answer("d");
    expect(now()).to.deep.equal(["a", "c", "b", "d"]);
    platform.advance(9_999);
    expect(now()).to.deep.equal(["a", "c", "b", "d"]);
    platform.advance(1);
    expect(now()).to.deep.equal(["d"]);
    answer();
    expect(now()).to.deep.equal([]);
  });

  it("are kept too by a first answer that names all, if the next one leaves some out", () => {
    const { answer, now, known, platform } = start();
    answer("a", "b");
    known.onError(away);
    answer("a", "b");
    answer("b");
    expect(now()).to.deep.equal(["a", "b"]);
    platform.advance(30_000);
    expect(now()).to.deep.equal(["b"]);
  });

  it("are not told again at the end of the time of grace where all were named", () => {
    const { answer, told, known, platform } = start();
    answer("a", "b");
    known.onError(away);
    answer("b", "a");
    const before = told.length;
    platform.advance(30_000);
    expect(told).to.have.length(before);
    answer("a");
    expect(told.at(-1)).to.deep.equal(["a"]);
  });

  it("have a new time of grace after each outage", () => {
    const { answer, now, known, platform } = start();
    answer("a");
    known.onError(away);
    answer();
    platform.advance(29_000);
    known.onError(away);
    platform.advance(29_000);
    answer();
    platform.advance(29_999);
    expect(now()).to.deep.equal(["a"]);
    platform.advance(1);
    expect(now()).to.deep.equal([]);
  });

  it("are kept where the registry counts its revisions anew, since it has forgotten them", () => {
    const { answer, now, platform, forget } = start();
    answer("a");
    answer("a", "b");
    forget();
    answer();
    expect(now()).to.deep.equal(["a", "b"]);
    platform.advance(30_000);
    expect(now()).to.deep.equal([]);
  });

  it("are told as they were changed, in the time of grace too", () => {
    const { known } = start();
    const weights: (number | undefined)[] = [];
    const other = new KnownInstances({
      platform: new ManualPlatform(),
      graceMs: 1,
      tell: ([first]) => weights.push(first?.weight),
    });
    other.onInstances({ instances: [instance("a", 1)], revision: 1n });
    other.onError(away);
    other.onInstances({ instances: [instance("a", 2)], revision: 2n });
    expect(weights).to.deep.equal([1, 1, 2]);
    known.close();
  });

  it("are none, for the reason that the registry gives, where nobody was known", () => {
    const { known, now, reasons, answer } = start();
    known.onError(away);
    expect([now(), reasons.at(-1)]).to.deep.equal([[], "the registry cannot be reached"]);
    answer();
    expect(reasons.at(-1)).to.equal("no provider is registered");
  });

  it("leave no timer behind", () => {
    const { known, answer, platform } = start();
    answer("a");
    known.onError(away);
    answer();
    expect(platform.timers).to.equal(1);
    known.close();
    expect(platform.timers).to.equal(0);
  });
});
