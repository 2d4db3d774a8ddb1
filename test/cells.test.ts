import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { compile, Project, root, strict } from "./tools/project.ts";
import { runOk } from "./tools/run.ts";

const worlds = [
  { decorators: "standard", fields: "defined", options: {} },
  {
    decorators: "experimental",
    fields: "defined",
    options: { experimentalDecorators: true, useDefineForClassFields: true },
  },
  {
    decorators: "experimental",
    fields: "assigned",
    options: { experimentalDecorators: true, useDefineForClassFields: false },
  },
] as const;

/** The fingerprint is a promise to peers of other versions: where it must change, so must the major version. */
const FINGERPRINT = "d7b83fdc72caf6f9";

const expected = {
  fingerprint: FINGERPRINT,
  ofImplementation: FINGERPRINT,
  defined: FINGERPRINT,
  frozen: true,
  calls: {
    id: "1152921504606846976",
    published: "saws",
    refused: ["b", 100],
    counted: ["7", "8", "9"],
    packed: "packed in 2",
    reported: [0, 1, 2],
    loaded: 2,
    echoed: { any: ["thing", 1] },
    future: "1152921504606846976",
    audited: ["checked"],
    context: "place",
  },
  byDefined: "1152921504606846976",
};

describe("one contract in every world of decorators", () => {
  let built: Project;

  before(async function () {
    this.timeout(120_000);
    built = await Project.withBuild();
    for (const folder of ["cells", "types"]) {
      await cp(join(root, "test", folder), join(built.path, folder), { recursive: true });
    }
    await cp(join(root, "test/core/schema/kinds-pb.ts"), join(built.path, "core/schema/kinds-pb.ts"));
    await built.linkSchemaLibraries();
  });
  after(() => built[Symbol.asyncDispose]());

  for (const { decorators, fields, options } of worlds) {
    const name = `${decorators} decorators, fields ${fields}`;
    const world = { decorators, fields };

    it(`${name}: tsc, against the built package`, async function () {
      this.timeout(120_000);
      const file = `tsconfig.${decorators}-${fields}.json`;
      const outDir = `out-${decorators}-${fields}`;
      const compilerOptions = { ...strict, ...options, outDir, rootDir: ".", skipLibCheck: true };
      await built.write(file, JSON.stringify({ compilerOptions, files: ["cells/main.ts"] }));
      await built.tsc("-p", file);
      expect(JSON.parse(await built.node(`${outDir}/cells/main.js`))).to.deep.equal({ world, ...expected });
    });

    it(`${name}: tsx, from the sources`, async function () {
      this.timeout(120_000);
      const config = join(built.path, `tsx.${decorators}-${fields}.json`);
      const paths = { trunkline: [join(root, "index.ts")] };
      await writeFile(
        config,
        JSON.stringify({ compilerOptions: { ...strict, ...options, paths }, include: [join(root, "test/cells")] }),
      );
      const printed = await runOk(process.execPath, ["--import", "tsx", "test/cells/main.ts"], {
        cwd: root,
        env: { TSX_TSCONFIG_PATH: config },
      });
      expect(JSON.parse(printed)).to.deep.equal({ world, ...expected });
    });

    it(`${name}: the type tests hold for the built package`, async function () {
      this.timeout(120_000);
      const file = `types.${decorators}-${fields}.json`;
      const compilerOptions = { ...strict, ...options, noEmit: true, skipLibCheck: true };
      await built.write(file, JSON.stringify({ compilerOptions, include: ["types/*.ts", "cells/*.ts"] }));
      await built.tsc("-p", file);
    });

    it(`${name}: the type tests hold for the sources`, async function () {
      this.timeout(120_000);
      const flags = Object.entries(options).flatMap(([option, value]) => [`--${option}`, String(value)]);
      for (const folder of ["types", "cells"]) {
        await compile(root, "-p", join("test", folder), ...flags);
      }
    });
  }
});
