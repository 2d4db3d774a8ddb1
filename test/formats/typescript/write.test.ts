import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import fc from "fast-check";
import type { ContractDescriptor } from "../../../core/contract/contract.ts";
import { printContract } from "../../../core/contract/print-contract.ts";
import { typescriptModule } from "../../../formats/typescript/write.ts";
import { arg, contractOf, defineService, rpc, t } from "../../../index.ts";
import { Everything } from "../../cli/contracts.ts";
import { cliProject } from "../../cli/fixture.ts";
import { typeAndValue } from "../../codecs/arbitrary.ts";
import { type Project, root, strict } from "../../tools/project.ts";
import { run } from "../../tools/run.ts";
import { Shop } from "../../transports/suite/contract.ts";

const printed = (...contracts: readonly ContractDescriptor[]): string =>
  typescriptModule({ contracts: new Map(contracts.map((one) => [one.name, one])), types: [] }, "Printed by a test.");

/** Contracts of random types, each with a default. */
function randomContracts(): ContractDescriptor[] {
  return fc.sample(typeAndValue, { numRuns: 40, seed: 7 }).map(({ type, value }, i) =>
    defineService(
      `random.R${i}`,
      {},
      {
        take: rpc({
          params: [arg("it", t.struct(`random.In${i}`, { it: t.default(type, value as never) }))],
          returns: type,
        }),
      },
    ),
  );
}

describe("a printed TypeScript module", () => {
  let project: Project;
  const named: Readonly<Record<string, readonly ContractDescriptor[]>> = {
    "everything.ts": [Everything],
    "shop.ts": [contractOf(Shop)],
    "both.ts": [contractOf(Shop), Everything],
    "random.ts": randomContracts(),
  };

  before(async function () {
    this.timeout(120_000);
    project = await cliProject();
    for (const [file, contracts] of Object.entries(named)) await project.write(file, printed(...contracts));
  });
  after(() => project?.[Symbol.asyncDispose]());

  it("compiles under the strictest options", async function () {
    this.timeout(120_000);
    const compilerOptions = { ...strict, skipLibCheck: true, outDir: "out", rootDir: "." };
    await project.write("tsconfig.json", JSON.stringify({ compilerOptions, files: Object.keys(named) }));
    await project.tsc("-p", ".");
  });

  for (const [file, contracts] of Object.entries(named)) {
    it(`is the same contract again, compiled and by tsx: ${file}`, async () => {
      const compiled = pathToFileURL(join(project.path, "out", file.replace(/ts$/, "js"))).href;
      for (const url of [compiled, pathToFileURL(join(project.path, file)).href]) {
        const exports = Object.values((await import(url)) as object).filter(
          (value) => typeof value === "function" && !("type" in value),
        );
        const again = exports.map((one) => contractOf(one as typeof Shop));
        const byName = new Map(again.map((one) => [one.name, one]));
        for (const contract of contracts) {
          const found = byName.get(contract.name) as ContractDescriptor;
          expect(found.fingerprint).to.equal(contract.fingerprint);
          expect(printContract(found)).to.deep.equal(printContract(contract));
        }
      }
    });
  }

  it("is laid out as a formatter would", async () => {
    const biome = join(root, "node_modules/.bin/biome");
    const style = ["--line-width=120", "--indent-style=space"];
    const files = ["everything.ts", "shop.ts", "both.ts"];
    const { code, stdout, stderr } = await run(biome, ["format", ...style, ...files], { cwd: project.path });
    expect(code, stdout + stderr).to.equal(0);
    expect(stdout + stderr).to.include("Checked 3 files");
  });

  it("is written as by hand", () => {
    const Line = t.struct("shop.Line", { sku: t.string, qty: t.default(t.int32, 1) });
    const Tree = t.struct("other.Tree", {
      name: t.string,
      get children() {
        return t.list(Tree);
      },
    });
    const Stock = defineService(
      "shop.Stock",
      { version: "1.2.0" },
      {
        reserve: rpc({ params: [arg("line", Line)], returns: t.bool }),
        tree: rpc({ returns: Tree, idempotent: true, timeoutMs: 200 }),
        find: rpc({
          params: [arg("from", t.optional(t.string)), arg("to", t.string), arg("max", t.default(t.int32, 9))],
        }),
        each: rpc({ params: [arg("see", t.callback([arg("line", Line), arg("note", t.optional(t.string))], Line))] }),
      },
    );
    expect(printed(Stock)).to.equal(`// Printed by a test.

import { arg, type Infer, rpc, service, t, unimplemented } from "trunkline";

export const Line = t.struct("shop.Line", { sku: t.string, qty: t.default(t.int32, 1) });
export type Line = Infer<typeof Line>;

export const OtherTree = t.struct("other.Tree", {
  name: t.string,
  get children() {
    return t.list(OtherTree);
  },
});
export type OtherTree = Infer<typeof OtherTree>;

@service("shop.Stock", { version: "1.2.0" })
export abstract class Stock {
  @rpc({ params: [arg("line", Line)], returns: t.bool })
  reserve(line: Line): Promise<boolean> {
    return unimplemented(line);
  }

  @rpc({ returns: OtherTree, idempotent: true, timeoutMs: 200 })
  tree(): Promise<OtherTree> {
    return unimplemented();
  }

  @rpc({ params: [arg("from", t.optional(t.string)), arg("to", t.string), arg("max", t.default(t.int32, 9))] })
  find(from: string | undefined, to: string, max?: number): Promise<void> {
    return unimplemented(from, to, max);
  }

  @rpc({ params: [arg("see", t.callback([arg("line", Line), arg("note", t.optional(t.string))], Line))] })
  each(see: (line: Line, note?: string) => Promise<Line>): Promise<void> {
    return unimplemented(see);
  }
}
`);
  });
});
