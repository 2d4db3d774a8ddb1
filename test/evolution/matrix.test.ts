import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Adapters } from "../../adapters.ts";
import type { Codec } from "../../core/codec.ts";
import { compareContracts } from "../../evolution/compare.ts";
import { type Outcome, outcomes, type Verdicts } from "../../evolution/outcome.ts";
import { root } from "../tools/project.ts";
import { type Case, cases } from "./cases.ts";
import { contractWith, marks, measure, type Setting } from "./measure.ts";
import { matrix } from "./table.ts";

const lines = matrix.trim().split("\n");
const names = (lines[0] as string)
  .split("|")
  .slice(3, -1)
  .map((name) => name.trim());

type Cell = readonly [toOld: Outcome, toNew: Outcome];

/** A row of the table: between peers, where all codecs do the same, then the stored bytes of each codec. */
function row(change: string, peers: Cell, stored: readonly Cell[]): string {
  return `| ${[change, ...[peers, ...stored].map((cell) => cell.map((one) => marks[one]).join(" "))].join(" | ")} |`;
}

function peersOf(change: string, cells: readonly Cell[]): Cell {
  for (const cell of cells) expect(cell, `${change}: every codec does the same between peers`).to.deep.equal(cells[0]);
  return cells[0] as Cell;
}

describe("evolution of a struct", () => {
  let codecs: readonly Codec[];
  before(async () => {
    const all = await new Adapters([]).allCodecs();
    codecs = names.map((name) => all.find((codec) => codec.name === name) as Codec);
    expect(all.map(({ name }) => name)).to.have.members(names);
  });

  const tableOf = (cellOf: (one: Case, codec: Codec, setting: Setting) => Cell): string[] =>
    cases.map((one) => {
      const cells = (setting: Setting): Cell[] => codecs.map((codec) => cellOf(one, codec, setting));
      return row(one.change, peersOf(one.change, cells("negotiated")), cells("stored"));
    });

  it("does to peers and to stored bytes what the table says, and errors name the field", () => {
    expect(tableOf((one, codec, setting) => measure(codec, one, setting)).join("\n")).to.equal(
      lines.slice(2).join("\n"),
    );
  });

  it("is foreseen by compareContracts, cell by cell", () => {
    const found = new Map(
      cases.map((one) => [one, compareContracts(contractWith(one.old), contractWith(one.new), codecs)]),
    );
    const foreseen = tableOf((one, codec, setting) => {
      const verdicts = (found.get(one) ?? []).flatMap(({ verdicts }) => verdicts[codec.name] ?? []);
      expect(verdicts.length, `${one.change}: changes found`).to.be.above(0);
      return [worst(verdicts, setting, "toOld"), worst(verdicts, setting, "toNew")];
    });
    expect(foreseen.join("\n")).to.equal(lines.slice(2).join("\n"));
  });

  it("stands so in docs/evolution.md", () => {
    const page = readFileSync(join(root, "docs/evolution.md"), "utf8");
    expect(page).to.include(lines.join("\n"));
    for (const [outcome, mark] of Object.entries(marks)) expect(page, outcome).to.include(`| ${mark} |`);
  });
});

function worst(verdicts: readonly Verdicts[], setting: Setting, direction: "toOld" | "toNew"): Outcome {
  const found = verdicts.map((one) => outcomes.indexOf(one[setting][direction].outcome));
  return outcomes[Math.max(...found)] as Outcome;
}
