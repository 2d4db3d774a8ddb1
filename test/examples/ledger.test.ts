import { expect } from "chai";
import type { Answer, Outcome } from "../../examples/orders/answer.ts";
import { type Account, compare, type Register } from "../../examples/orders/ledger.ts";
import { type PatternName, patterns } from "../../examples/orders/pattern.ts";

const answer = (key: string, outcome: Outcome = "done", ms = 1): Answer => ({
  key,
  ms,
  outcome,
  error: outcome === "done" ? undefined : "an error",
});

/** One pattern's account; `executed` are orders, per provider. */
function accountOf(pattern: PatternName, answers: readonly Answer[], ...executed: readonly string[][]): Account {
  const registers: Register[] = executed.map((orders, i) => ({
    name: `p${i + 1}`,
    lives: [{ pid: i, executions: orders.map((order) => ({ pattern, order })) }],
  }));
  const index = patterns.findIndex(({ name }) => name === pattern);
  const account = compare(
    patterns.map((_, i) => (i === index ? answers : [])),
    registers,
  )[index];
  if (account === undefined) throw new Error(`no account of ${pattern}`);
  return account;
}

describe("asked and done, compared", () => {
  it("keeps the promise where an error came before the loss", () => {
    const account = accountOf(
      "request/response",
      [answer("1"), answer("2", "unknown"), answer("3", "unknown")],
      ["1", "3"],
    );
    expect(account).to.deep.include({ calls: 3, once: 2, lost: 1, doubled: 0, unknown: 2, unknownDone: 1, broken: [] });
  });

  it("breaks it where an answered call was not done", () => {
    expect(accountOf("future", [answer("1"), answer("2")], ["1"]).broken).to.deep.equal([
      "1 answered, but not done: 2",
    ]);
  });

  it("breaks it where a call that is not idempotent was done twice", () => {
    expect(accountOf("callback", [answer("1")], ["1"], ["1"]).broken).to.deep.equal(["1 doubled: 1"]);
    expect(accountOf("oneway", [answer("1")], ["1", "1"]).broken).to.deep.equal(["1 doubled: 1"]);
  });

  it("lets an idempotent call be done twice, but not lost or given up", () => {
    expect(accountOf("idempotent", [answer("1")], ["1"], ["1"])).to.deep.include({ once: 0, doubled: 1, broken: [] });
    expect(accountOf("idempotent", [answer("1")], []).broken).to.deep.equal(["1 lost: 1"]);
    expect(accountOf("idempotent", [answer("1", "unknown")], ["1"]).broken).to.deep.equal(["1 given up: 1"]);
  });

  it("lets a oneway and a published message be lost", () => {
    expect(accountOf("oneway", [answer("1")])).to.deep.include({ lost: 1, broken: [] });
    expect(accountOf("pub/sub", [answer("1")])).to.deep.include({ lost: 1, broken: [] });
  });

  it("counts a multicast per instance", () => {
    const answers = [answer("1@p1"), answer("1@p2")];
    expect(accountOf("multicast", answers, ["1"], ["1"])).to.deep.include({ calls: 2, once: 2, broken: [] });
    expect(accountOf("multicast", answers, ["1", "1"], ["1"]).broken).to.deep.equal(["1 doubled: 1@p1"]);
  });

  it("finds what was done though it was refused or never asked for, and what failed", () => {
    expect(accountOf("callback", [answer("1", "refused")], ["1"]).broken).to.deep.equal(["1 refused, but done: 1"]);
    expect(accountOf("callback", [], ["9"]).broken).to.deep.equal(["1 done, but never asked for: 9"]);
    expect(accountOf("callback", [answer("1", "failed")], ["1"]).broken).to.deep.equal(["1 failed (an error): 1"]);
  });

  it("takes percentiles of the callers' times", () => {
    const answers = Array.from({ length: 100 }, (_, i) => answer(`${i}`, "done", 100 - i));
    expect(accountOf("oneway", answers)).to.deep.include({ p50: 50, p99: 99 });
  });
});
