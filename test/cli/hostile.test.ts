import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { printTypes } from "../../core/contract/print-contract.ts";
import type { StructType } from "../../core/type/type.ts";
import { namedType } from "../../formats/named-types.ts";
import { docComment, lineComment } from "../../formats/typescript/doc-comment.ts";
import { readModule } from "../../formats/typescript/read.ts";
import { typescriptModule } from "../../formats/typescript/write.ts";
import { t } from "../../index.ts";
import { type Project, strict } from "../tools/project.ts";
import { cliProject, type Said, trunkline } from "./fixture.ts";

/** What would run, or spoil the text around it, if it became code. */
const EVIL =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a template of the generated module would run
  "*/ globalThis.pwned = 1; /* `${globalThis.pwned = 1}` ' \" \\ \u2028globalThis.pwned = 1;\u2029 </script>\r\nx";
const asJson = (value: unknown): string => JSON.stringify(value).replaceAll("\u2028", "\\u2028");

describe("hostile schema files", () => {
  let project: Project;
  const generate = (...args: readonly string[]): Promise<Said> => trunkline(project.path, "generate", ...args);
  const written = async (...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await generate(...args);
    expect([code, err]).to.deep.equal([0, ""]);
    return out;
  };

  before(async function () {
    this.timeout(120_000);
    project = await cliProject();
  });
  after(() => project?.[Symbol.asyncDispose]());
  afterEach(() => {
    expect(globalThis).not.to.have.property("pwned");
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
  });

  /** The module runs, compiles, and has nothing but what the file declares. */
  async function isHarmless(name: string, text: string): Promise<StructType> {
    await project.write(`${name}.ts`, text);
    await project.write(
      "tsconfig.json",
      JSON.stringify({ compilerOptions: { ...strict, skipLibCheck: true, noEmit: true }, files: [`${name}.ts`] }),
    );
    await project.tsc("-p", ".");
    const io = { out: () => {}, err: () => {}, cwd: project.path };
    const module = await readModule(join(project.path, `${name}.ts`), name, io);
    expect(Object.keys(await import(pathToFileURL(join(project.path, `${name}.ts`)).href))).to.have.length.below(4);
    return namedType(module, "Order") as StructType;
  }

  it("leave their texts texts: defaults, messages, versions, groups", async function () {
    this.timeout(60_000);
    const Order = t.struct(
      "shop.Order",
      {
        note: t.default(t.string, EVIL),
        keys: t.default(t.map(t.string), { [EVIL]: EVIL, ["__proto__"]: EVIL }),
        any: t.default(t.any, { ["__proto__"]: EVIL }),
      },
      { version: EVIL },
    );
    const Gone = t.error("shop.Gone", { order: Order }, { message: EVIL });
    const printed = JSON.parse(JSON.stringify(printTypes([Order, Gone.type]))) as object;
    await project.write("texts.json", JSON.stringify(printed));
    const again = await isHarmless("texts", await written("texts.json"));
    expect(JSON.parse(JSON.stringify(printTypes([again])))).to.deep.equal(
      JSON.parse(JSON.stringify(printTypes([Order]))),
    );
  });

  it("leave their comments comments, of .proto", async function () {
    this.timeout(60_000);
    const line = EVIL.replaceAll(/[\r\n]/g, " ");
    await project.write(
      "comments.proto",
      `syntax = "proto3"; package shop;
       // ${line}
       message Order {
         // ${line}
         int32 id = 1; // @ts-expect-error
         int32 qty = 2; // @ts-expect-error
       }
       // @ts-expect-error
       service Orders {
         // ${line}
         rpc Place(Order) returns (Order);
       }`,
    );
    const text = await written("comments.proto");
    expect(text).to.include("globalThis.pwned").and.not.include("*/ globalThis");
    expect((await isHarmless("comments", text)).fields).to.have.length(2);
  });

  it("leave their comments comments, of Avro", async function () {
    this.timeout(60_000);
    const fields = [{ name: "id", type: "int", doc: EVIL }];
    const types = [{ type: "record", name: "Order", doc: EVIL, fields }];
    const messages = { place: { doc: EVIL, request: [{ name: "order", type: "Order" }], response: "null" } };
    await project.write("comments.avpr", asJson({ protocol: "Orders", namespace: "shop", doc: EVIL, types, messages }));
    const text = await written("comments.avpr");
    expect(text.match(/pwned = 1/g)).to.have.length(12);
    await isHarmless("avro", text);
  });

  it("cannot leave the comment at the head by their own name", () => {
    const name = "x\u2028globalThis.pwned = 1;\r\nglobalThis.pwned = 1;.json";
    expect(lineComment(name).split(/[\n\r\u2028\u2029]/)).to.have.length(1);
    const text = typescriptModule({ contracts: new Map(), types: [t.struct("a.B", {})] }, `Generated from ${name}.`);
    expect(text.split("\n")[1]).to.equal("");
  });

  it("cannot end a comment, whatever they say", () => {
    for (const doc of [
      EVIL,
      "*/",
      "**/",
      "a*\n/b",
      "*",
      "/",
      "\n\n*/\u2029*/\r*/",
      "@ts-ignore",
      `${"*/".repeat(9)}`,
    ]) {
      const comment = docComment(doc);
      expect(comment.indexOf("*/"), doc).to.equal(comment.length - 3);
      expect(comment, doc)
        .to.match(/^\/\*\*[^\r\u2028\u2029]*\*\/\n$/)
        .and.not.match(/^\/\*\* @/);
    }
    expect(docComment(undefined) + docComment(" \n ")).to.equal("");
    expect(docComment("\n one\n\ntwo \n")).to.equal("/**\n *  one\n *\n * two\n */\n");
  });

  it("cannot use a name that is none", async () => {
    const struct = (name: string, field: string): object => ({
      kind: "struct",
      name,
      fields: [{ name: field, type: "int32" }],
    });
    const wrong: [string, object | string][] = [
      ["a.json", { trunkline: "types/1", types: { a: struct('a.B", {}); evil("', "x") } }],
      ["b.json", { trunkline: "types/1", types: { a: struct("a.B", "x: evil(), y") } }],
      [
        "c.json",
        `{"trunkline": "types/1", "types": {"a.B": {"kind": "struct", "fields": [{"name": "__proto__", "type": "int32"}]}}}`,
      ],
      [
        "d.json",
        { trunkline: "types/1", types: { "a.C": { kind: "enum", members: ["a", "evil()"], numbers: [1, 2] } } },
      ],
      [
        "e.json",
        { trunkline: "types/1", types: { "a.C": { kind: "enum", members: ["a"], encoding: { avro: "}, evil(" } } } },
      ],
      ["f.avpr", `{"protocol": "P", "messages": {"__proto__": {"request": []}}}`],
      ["g.avpr", { protocol: "P", messages: { "x() { evil(); } y": { request: [] } } }],
      ["h.avpr", { protocol: "P", messages: { x: { request: [{ name: "a = evil()", type: "int" }] } } }],
    ];
    for (const [name, file] of wrong) {
      await project.write(name, typeof file === "string" ? file : JSON.stringify(file));
      const { code, out, err } = await generate(name);
      expect([code, out], name).to.deep.equal([2, ""]);
      expect(err, name).to.match(/^trunkline generate: .*(name|word|member|form)/);
    }
  });

  it("cannot read beside the folders that are named", async () => {
    await project.write("secret/money.proto", 'syntax = "proto3"; message Money {}');
    await project.write(
      "api/v1/common.proto",
      'syntax = "proto3"; import "../types.proto"; message Common { Type type = 1; }',
    );
    await project.write("api/types.proto", 'syntax = "proto3"; message Type {}');
    for (const target of ["../secret/money.proto", "v1/../../secret/money.proto"]) {
      await project.write(
        "api/evil.proto",
        `syntax = "proto3"; import "${target}"; message Order { Money money = 1; }`,
      );
      const { code, err } = await generate("api/evil.proto");
      expect(code).to.equal(2);
      expect(err).to.include(`cannot find the import ${target}`);
    }
    await project.write(
      "api/good.proto",
      'syntax = "proto3"; import "v1/common.proto"; message Order { Common common = 1; }',
    );
    expect(await written("api/good.proto")).to.include("export const Order");
    await project.write(
      "api/evil.proto",
      'syntax = "proto3"; import "../secret/money.proto"; message Order { Money money = 1; }',
    );
    expect(await written("api/evil.proto", "--include", ".")).to.include("export const Money");
  });

  it("are refused where they go deeper than the stack, without one", async () => {
    const types: Record<string, object> = {};
    for (let i = 0; i < 20_000; i++)
      types[`a.C${i}`] = { kind: "struct", fields: [{ name: "next", type: `a.C${(i + 1) % 20_000}` }] };
    await project.write("deep.json", JSON.stringify({ trunkline: "types/1", types }));
    const { code, err } = await generate("deep.json");
    expect(code).to.equal(2);
    expect(err).to.match(/^trunkline generate: the types go too deep[^\n]*\n$/);
  });
});
