import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { protoText } from "../../codecs/protobuf/index.ts";
import { printContract, printTypes } from "../../core/contract/print-contract.ts";
import { arg, type ContractDescriptor, contractOf, defineService, rpc, t } from "../../index.ts";
import { trunkline } from "../cli/fixture.ts";
import { Project, root } from "../tools/project.ts";

const Old = contractOf(
  defineService(
    "shop.Orders",
    { version: "1.4.0" },
    {
      place: rpc({
        params: [arg("order", t.struct("shop.Order", { id: t.int64, customer: t.string, total: t.int32 }))],
        returns: t.int64,
      }),
      paint: rpc({ params: [arg("color", t.enums("shop.Color", ["red", "green"]))] }),
      cancel: rpc({ params: [arg("id", t.int64)] }),
    },
  ),
);
const NewOrder = { id: t.int64, customer: t.string, total: t.int64, urgent: t.bool, note: t.optional(t.string) };
const New = contractOf(
  defineService(
    "shop.Orders",
    { version: "1.5.0" },
    {
      place: rpc({ params: [arg("order", t.struct("shop.Order", NewOrder))], returns: t.int64 }),
      paint: rpc({ params: [arg("color", t.enums("shop.Color", ["red", "green", "blue"]))] }),
    },
  ),
);
const Grown = contractOf(
  defineService(
    "shop.Orders",
    { version: "1.5.0" },
    {
      ...{ place: rpc({ params: [arg("order", Old.methods[0]?.request as never)], returns: t.int64 }) },
      paint: rpc({
        params: [arg("color", t.enums("shop.Color", ["red", "green"])), arg("coats", t.optional(t.int32))],
      }),
      cancel: rpc({ params: [arg("id", t.int64)] }),
      find: rpc({ params: [arg("id", t.int64)] }),
    },
  ),
);

describe("trunkline diff", () => {
  let project: Project;
  before(async () => {
    project = await Project.create();
    const write = (name: string, contract: ContractDescriptor): Promise<void> =>
      project.write(name, JSON.stringify(printContract(contract)));
    await write("old.json", Old);
    await write("new.json", New);
    await write("grown.json", Grown);
    await project.write("old.proto", protoText(Old));
    await project.write("new.proto", protoText(New));
    const Tag = (fields: object) => t.struct("shop.Tag", fields as never) as never;
    await project.write("old-types.json", JSON.stringify(printTypes([Tag({ name: t.string })])));
    await project.write("new-types.json", JSON.stringify(printTypes([Tag({ name: t.bytes })])));
  });
  after(() => project?.[Symbol.asyncDispose]());

  const diff = (...args: string[]) => trunkline(project.path, "diff", ...args);

  it("lists what breaks for each codec, as docs/evolution.md shows it, and ends with 1", async () => {
    const { code, out, err } = await diff("old.json", "new.json", "--codec", "json,protobuf");
    expect({ code, err }).to.deep.equal({ code: 1, err: "" });
    expect(readFileSync(join(root, "docs/evolution.md"), "utf8")).to.include(`\n\`\`\`\n${out}\`\`\`\n`);
    expect(out).to.match(/^shop\.Orders 1\.4\.0 → shop\.Orders 1\.5\.0: 4 changes break something; 1 change fits/);
    expect(out).to.match(/^ {2}shop\.Orders\.cancel +method removed +old callers are refused +→ /m);
    expect(out).to.match(/^ {2}shop\.Order\.urgent +plain field added +new readers read blanks +→ /m);
    const protobuf = out.slice(out.indexOf("other peers: protobuf"));
    expect(protobuf).to.match(/shop\.Order\.total +int32 → int64 +old readers misread/);
  });

  it("ends with 0 where nothing breaks, and lists what fits if asked", async () => {
    const { code, out } = await diff("old.json", "grown.json", "--peers", "negotiated");
    expect(code).to.equal(0);
    expect(out).to.equal("shop.Orders 1.4.0 → shop.Orders 1.5.0: nothing breaks; 2 changes fit (--all lists them)\n");
    const all = await diff("old.json", "grown.json", "--peers", "negotiated", "--all");
    expect(all.out).to.match(/^Fits\n {2}shop\.Orders\.find +method added\n {2}shop\.Orders\.paint\.coats +optional/m);
    // Avro's stored bytes have no room for more.
    expect((await diff("old.json", "grown.json")).code).to.equal(1);
    expect((await diff("old.json", "old.json")).out).to.equal("shop.Orders 1.4.0: nothing differs\n");
  });

  it("looks at one direction where that is all that is asked", async () => {
    const breaking = async (compat: string): Promise<string[]> => {
      const { out, code } = await diff("old.json", "new.json", "--json", "--peers", "negotiated", "--compat", compat);
      expect(code).to.equal(1);
      const { changes } = JSON.parse(out) as { changes: { path: string; breaks: boolean }[] };
      return changes.filter((change) => change.breaks).map(({ path }) => path);
    };
    const [total, color, urgent, cancel] = ["Order.total", "Color.blue", "Order.urgent", "Orders.cancel"].map(
      (name) => `shop.${name}`,
    );
    expect(await breaking("full")).to.have.members([total, color, urgent, cancel]);
    expect(await breaking("backward")).to.have.members([urgent, cancel]);
    expect(await breaking("forward")).to.have.members([total, color]);
  });

  it("looks at the codecs and peers that it is asked for", async () => {
    const { out } = await diff("old.json", "new.json", "--codec", "msgpack", "--peers", "negotiated");
    expect(out.match(/^[ST].*$/gm)).to.deep.equal(["Trunkline peers: msgpack"]);
    const avro = await diff("old.json", "grown.json", "--codec", "avro");
    expect(avro.out).to.match(
      /paint\.coats +optional field added +old and new readers refuse +→ keep the writer's schema/,
    );
  });

  it("tells programs", async () => {
    const { code, out } = await diff("old.json", "new.json", "--json", "--codec", "json");
    expect(code).to.equal(1);
    const told = JSON.parse(out) as { changes: Record<string, unknown>[]; codecs: string[] };
    expect(told.codecs).to.deep.equal(["json"]);
    const added = told.changes.find(({ path }) => path === "shop.Color.blue");
    expect(added).to.deep.include({ kind: "member added", what: "member added", breaks: true });
    const error = 'value: expected one of red, green, got "blue"';
    const verdict = { toOld: { outcome: "partly", error }, toNew: { outcome: "ok" } };
    expect(added?.["verdicts"]).to.deep.equal({ json: { negotiated: verdict, stored: verdict } });
  });

  it("compares printed schemas, and types without a contract", async () => {
    const proto = await diff("old.proto", "new.proto", "--codec", "protobuf");
    expect(proto.code).to.equal(1);
    expect(proto.out).to.match(/shop\.Order\.total +int32 → int64 +old readers misread/);
    const types = await diff("old-types.json", "new-types.json");
    expect(types.out).to.match(/shop\.Tag\.name +string → bytes +old and new readers misread/);
    expect(types.code).to.equal(1);
  });

  it("says what is wrong with its use, and ends with 2", async () => {
    const wrong: [string[], RegExp][] = [
      [["old.json"], /give two versions/],
      [["old.json", "new.json", "--codec", "xml"], /--codec xml is not known; known are json, msgpack/],
      [["old.json", "new.json", "--compat", "both"], /--compat both is not known; use full, backward or forward/],
      [["old.json", "new.json", "--peers", "all"], /--peers all is not known; use negotiated or any/],
      [["old.json", "gone.json"], /gone\.json: there is no such file/],
      [["old.json", "new-types.json"], /new-types\.json: declares no contract, but the other version does/],
    ];
    for (const [args, message] of wrong) {
      const { code, err } = await diff(...args);
      expect({ args, code }).to.deep.equal({ args, code: 2 });
      expect(err).to.match(message);
    }
  });
});
