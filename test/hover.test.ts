import { join } from "node:path";
import { expect } from "chai";
import { Project, root } from "./tools/project.ts";
import { run } from "./tools/run.ts";

/** What an editor shows of a type is what the compiler calls it. */
describe("the type of a struct's values", () => {
  it("is shown by its members, on every level", async () => {
    await using project = await Project.create();
    await project.write(
      "hover.ts",
      `import { type Infer, t } from ${JSON.stringify(join(root, "index.ts"))};
       const Item = t.struct("shop.Item", { sku: t.string, qty: t.default(t.int32, 1), note: t.optional(t.string) });
       const Order = t.struct("shop.Order", { id: t.int64, items: t.list(Item), first: Item });
       export const order: Infer<typeof Order> = 1;`,
    );
    const compilerOptions = { typeRoots: [join(root, "node_modules/@types")], noEmit: true, noErrorTruncation: true };
    await project.write(
      "tsconfig.json",
      JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, include: ["hover.ts"] }),
    );
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", "."], { cwd: project.path });
    const item = "{ sku: string; qty: number; note?: string | undefined; }";
    expect(stdout).to.include(`not assignable to type '{ id: bigint; items: ${item}[]; first: ${item}; }'`);
  });
});
