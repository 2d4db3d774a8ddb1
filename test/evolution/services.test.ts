import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Adapters } from "../../adapters.ts";
import { compareContracts, worstFor } from "../../evolution/compare.ts";
import { root } from "../tools/project.ts";
import { type Meeting, meet, type ServiceCase, serviceCases, versionsOf } from "./services.ts";

/** What happens between callers of the one and servers of the other version. */
const table = `
| change | new caller, old server | old caller, new server |
|---|---|---|
| add a method | the call is refused | works |
| remove a method | works | the call is refused |
| unary → stream | the call is refused | the call is refused |
| types → none | the call is refused | the call is refused |
| rename a parameter | blank | blank |
| reorder parameters | works | works |
| add an optional parameter | works | works |
| add a parameter beside a single struct | the client is refused | the client is refused |
| add a callback | the call is refused | the call is refused |
| number → callback | the call is refused | the call is refused |
| add a stream parameter | the call is refused | the call is refused |
| struct result → scalar | the client is refused | the client is refused |
| throw one more error | works | works |
| make a method idempotent | works | works |
| change a topic's type | the client is refused | the client is refused |
| another minor version | works | works |
| another major version | the client is refused | the client is refused |
| another group | the client is refused | the client is refused |
`;
const lines = table.trim().split("\n");

async function meetings(one: ServiceCase, listen: string): Promise<[Meeting, Meeting]> {
  const [old, next] = versionsOf(one);
  const [oldArgs, newArgs] = one.args ?? [["a"], ["a"]];
  const [byOld, byNew] = one.heard ?? [newArgs, oldArgs];
  const met: Meeting[] = [];
  for (const [caller, server, args, heard] of [
    [next, old, newArgs, byOld],
    [old, next, oldArgs, byNew],
  ] as const) {
    const found = await meet(caller, server, { args, heard, listen });
    if (found.error) expect(found.error.message, one.change).to.include(one.names ?? "place");
    met.push(found.met);
  }
  return met as [Meeting, Meeting];
}

describe("evolution of a service", () => {
  const found = new Map<ServiceCase, [Meeting, Meeting]>();

  for (const listen of ["memory://evolution", "tcp://127.0.0.1:0"]) {
    const scheme = listen.split(":")[0];
    it(`does to callers what the table says, and errors name the method or the field, over ${scheme}`, async () => {
      for (const one of serviceCases) found.set(one, await meetings(one, listen));
      const rows = serviceCases.map((one) => `| ${one.change} | ${(found.get(one) ?? []).join(" | ")} |`);
      expect(rows.join("\n")).to.equal(lines.slice(2).join("\n"));
    });
  }

  it("is foreseen by compareContracts", async () => {
    const codecs = await new Adapters([]).allCodecs();
    expect(found.size).to.equal(serviceCases.length);
    for (const one of serviceCases) {
      const changes = compareContracts(...versionsOf(one), codecs);
      const breaks = changes.some(({ verdicts }) =>
        Object.values(verdicts).some((verdict) => {
          const { toOld, toNew } = worstFor(verdict, "negotiated");
          return toOld.outcome !== "ok" || toNew.outcome !== "ok";
        }),
      );
      // A client that is newer than its server finds out by the call; that is the order of deploying, not a break.
      const expected = one.change !== "add a method" && (found.get(one) ?? []).some((met) => met !== "works");
      expect(breaks, one.change).to.equal(expected);
    }
  });

  it("stands so in docs/evolution.md", () => {
    expect(readFileSync(join(root, "docs/evolution.md"), "utf8")).to.include(lines.join("\n"));
  });
});
