import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { build } from "esbuild";
import { later } from "../build/size.ts";
import { installed } from "./tools/package.ts";
import { type Project, strict } from "./tools/project.ts";
import { run, runOk } from "./tools/run.ts";
import { packageSources } from "./tools/sources.ts";

const subpaths = [
  "trunkline",
  "trunkline/core",
  "trunkline/codecs/json",
  "trunkline/codecs/msgpack",
  "trunkline/transports/tcp",
  "trunkline/transports/memory",
  "trunkline/registry/memory",
  "trunkline/formats",
  "trunkline/evolution",
  "trunkline/package.json",
];

const plainJavaScript = `
import { arg, connect, defineService, implement, rpc, serve, t, topic } from "trunkline";

const Orders = defineService("plain.Orders", { version: "1.0.0" }, {
  double: rpc({ params: [arg("id", t.int64)], returns: t.int64 }),
  echo: rpc(),
  placed: topic(t.string),
});
const server = await serve({
  services: [implement(Orders, { double: (id) => id * 2n, echo: async (value) => value })],
  listen: ["tcp://127.0.0.1:0"],
});
const client = await connect({ endpoints: server.endpoints });
const orders = await client.refer(Orders);
const refused = await orders.double("21").catch((error) => error);
console.log(JSON.stringify({
  doubled: String(await orders.double(21n)),
  asJson: String(await orders.double.with({ codec: "json" })(4n)),
  echoed: await orders.echo({ any: [1, "two"] }),
  refused: [refused.code, refused.message],
}));
await client.close();
await server.close();
`;

const typeScript = `
import { arg, connect, type Infer, oneway, rpc, RpcError, serve, service, t, unimplemented } from "trunkline";
import type { Codec, Pipe, Transport } from "trunkline/core";
import { json } from "trunkline/codecs/json";
import { memoryRegistry } from "trunkline/registry/memory";
import { type TcpOptions, tcp } from "trunkline/transports/tcp";

const Item = t.struct("typed.Item", { sku: t.string, qty: t.default(t.int32, 1) });
type Item = Infer<typeof Item>;

@service("typed.Stock")
abstract class Stock {
  @rpc({ params: [arg("item", Item)], returns: t.string })
  reserve(item: Item): Promise<string> {
    return unimplemented(item);
  }
  @oneway({ params: [t.string] })
  note(line: string): void {
    unimplemented(line);
  }
}
class Warehouse extends Stock {
  override async reserve(item: Item): Promise<string> {
    if (item.qty > 9) throw new RpcError({ code: "OUT_OF_RANGE", message: "too many" });
    return item.sku;
  }
  override note(): void {}
}

const options: TcpOptions = { connectTimeoutMs: 1000 };
const transport: Transport = tcp(options);
const codec: Codec = json();
const registry = memoryRegistry();
export type PipeOfAnAuthor = Pipe;

await using server = await serve({
  services: [new Warehouse()],
  listen: ["tcp://127.0.0.1:0"],
  transports: [transport],
  registry,
});
await using client = await connect({ registry, transports: [transport], codec });
const stock = await client.refer(Stock);
const reserved: string = await stock.reserve({ sku: "a", qty: 2 });
// @ts-expect-error the types of the contract reach the caller
const wrong: Promise<number> = stock.reserve({ sku: "b", qty: 1 });
console.log(JSON.stringify({ reserved, wrong: await wrong, endpoints: server.endpoints.length }));
`;

describe("the packed tarball, installed into an empty project", () => {
  let project: Project;

  before(async function () {
    this.timeout(300_000);
    project = await installed();
  });
  after(() => project?.[Symbol.asyncDispose]());

  it("holds what a user needs and nothing of the tests", async () => {
    const home = join(project.path, "node_modules/trunkline");
    const names = await readdir(home, { recursive: true });
    const needed = ["README.md", "CHANGELOG.md", "LICENSE", "docs/errors.md", "dist/index.js", "dist/index.d.ts"];
    expect(needed.filter((name) => !names.includes(name))).to.deep.equal([]);
    const strange = names.filter((name) => /(^|\/)(test|bench|examples)\/|\.test\.|(?<!\.d)\.ts$/.test(name));
    expect(strange.sort()).to.deep.equal(["bench/RESULTS.md", "bench/codecs.svg"]);
  });

  it("holds modules that are loaded together in one file, since each costs time at the start", async () => {
    const dist = join(project.path, "node_modules/trunkline/dist");
    const names = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".js"));
    const inner = names.filter((name) => !/^(browser\/)?(chunks|registry)\/|(^|\/)(index|main|web)\.js$/.test(name));
    expect(inner).to.deep.equal([]);
    const entry = await readFile(join(dist, "index.js"), "utf8");
    expect(entry.match(/ from "\./g)?.length).to.be.within(1, 40);
  });

  it("has what its pages link to, and the headings there", async () => {
    const home = join(project.path, "node_modules/trunkline");
    const names = (await readdir(home, { recursive: true })).filter((name) => name.endsWith(".md"));
    const slug = (heading: string): string =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-");
    const broken: string[] = [];
    for (const name of names) {
      const text = (await readFile(join(home, name), "utf8")).replace(/^```[\s\S]*?^```/gm, "");
      for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [path = "", anchor] = target.split("#");
        const file = path === "" ? join(home, name) : join(home, dirname(name), path);
        const found = await readFile(file, "utf8").catch(() => undefined);
        const headings = [...(found ?? "").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => slug(heading));
        if (found === undefined || (anchor !== undefined && !headings.includes(anchor)))
          broken.push(`${name}: ${target}`);
      }
    }
    expect(broken).to.deep.equal([]);
  });

  it("resolves every documented subpath, and no other", async () => {
    for (const subpath of subpaths) {
      const options = subpath.endsWith(".json") ? ', { with: { type: "json" } }' : "";
      await project.write("resolve.js", `await import(${JSON.stringify(subpath)}${options});`);
      await project.node("resolve.js");
    }
    await project.write("deep.js", 'await import("trunkline/dist/core/wire/frame.js");');
    const failed = await project.node("deep.js").catch((error: Error) => error.message);
    expect(failed).to.include("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("has files of their own for browsers, small and without Node", async () => {
    const page = `
      import { connect, defineService, rpc, t } from "trunkline";
      import { json } from "trunkline/codecs/json";
      const Shop = defineService("web.Shop", {}, { price: rpc({ params: [t.string], returns: t.float64 }) });
      const client = await connect({ endpoints: ["https://shop.example"], codec: json() });
      console.log(await (await client.refer(Shop)).price("piano"));`;
    const { outputFiles, metafile } = await build({
      stdin: { contents: page, resolveDir: project.path },
      absWorkingDir: project.path,
      bundle: true,
      // What the page loads later is a file of its own.
      plugins: [later],
      minify: true,
      format: "esm",
      platform: "browser",
      metafile: true,
      write: false,
    });
    const inputs = Object.keys(metafile.inputs).filter((name) => name !== "<stdin>");
    expect(inputs.filter((name) => !name.startsWith("node_modules/trunkline/dist/browser/"))).to.deep.equal([]);
    expect(gzipSync(outputFiles[0]?.contents ?? "").length).to.be.below(15_000);
  });

  it("works from plain JavaScript", async () => {
    await project.write("plain.js", plainJavaScript);
    expect(JSON.parse(await project.node("plain.js"))).to.deep.equal({
      doubled: "42",
      asJson: "8",
      echoed: { any: [1, "two"] },
      refused: ["INVALID_ARGUMENT", 'plain.Orders.double: id: expected int64, a bigint, got "21"'],
    });
  });

  it("works from strict TypeScript, its declarations checked", async function () {
    this.timeout(120_000);
    for (const name of ["@types/node", "undici-types"]) await project.link(name);
    await project.write("typed.ts", typeScript);
    const compilerOptions = { ...strict, skipLibCheck: false, outDir: "out", rootDir: "." };
    await project.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
    await project.tsc("-p", ".");
    const printed = JSON.parse(await project.node("out/typed.js"));
    expect(printed).to.deep.equal({ reserved: "a", wrong: "b", endpoints: 1 });
  });

  it("brings the command trunkline", async () => {
    const bin = join(project.path, "node_modules/.bin/trunkline");
    const trunkline = (...args: string[]): Promise<string> => runOk(bin, args, { cwd: project.path });
    const { version } = JSON.parse(await readFile(join(project.path, "node_modules/trunkline/package.json"), "utf8"));
    expect(await trunkline("--version")).to.equal(`${version}\n`);
    await project.write(
      "stock.js",
      `import { arg, defineService, rpc, t } from "trunkline";
       export const Stock = defineService("plain.Stock", {}, { take: rpc({ params: [arg("sku", t.string)] }) });`,
    );
    expect(await trunkline("schema", "stock.js", "--format", "proto")).to.include("rpc take(TakeRequest)");
    const wrong = await run(bin, ["schema", "stock.js"], { cwd: project.path });
    expect(wrong.code).to.equal(2);
    expect(wrong.stderr).to.match(/^trunkline schema: --format is missing/);
  });

  it("says what to install for what it does not bring", async () => {
    await project.write("orders.proto", 'syntax = "proto3"; message Order {}');
    await project.write("orders.binpb", "");
    for (const [file, library] of [
      ["orders.proto", "protobufjs"],
      ["orders.binpb", "@bufbuild/protobuf"],
    ]) {
      const bin = join(project.path, "node_modules/.bin/trunkline");
      const { code, stderr } = await run(bin, ["generate", file as string], { cwd: project.path });
      expect(code).to.equal(2);
      expect(stderr).to.include(`needs ${library}, which is not installed: npm install --save-dev ${library}`);
    }
  });

  it("depends on what it imports, and on nothing else", async () => {
    const manifest = JSON.parse(await readFile(join(project.path, "node_modules/trunkline/package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
      peerDependencies: Record<string, string>;
      peerDependenciesMeta: Record<string, { optional: boolean }>;
    };
    const { dependencies, peerDependencies: peers, peerDependenciesMeta: meta } = manifest;
    const imported = packageSources().flatMap(({ imports }) => imports.filter((name) => !/\.ts$|^node:/.test(name)));
    const packages = imported.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0]);
    expect(Object.keys({ ...dependencies, ...peers }).sort()).to.deep.equal([...new Set(packages)].sort());
    expect(Object.keys(peers).filter((name) => meta[name]?.optional !== true)).to.deep.equal([]);
  });
});
