import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, join, posix } from "node:path";
import { expect } from "chai";
import { transformSync } from "esbuild";
import { root } from "./tools/project.ts";
import { cycles, filesUnder, importsOf, packageSources, type Source } from "./tools/sources.ts";

/** The only files at the root, which know every adapter. */
const wiring = [
  "adapters.ts",
  "connect.ts",
  "current-call.ts",
  "index.ts",
  "mock.ts",
  "platform-node.ts",
  "platform-web.ts",
  "print-error.ts",
  "serve.ts",
  "web-client.ts",
  "web-fetch.ts",
  "web-socket.ts",
  "web.ts",
];
/**
 * Who may import a sibling, and why. Dubbo's envelope and Hessian's over HTTP are themselves Hessian; google.rpc.Status, in which
 * HTTP and gRPC tell errors, Protobuf; and OpenAPI, by which HTTP describes itself, is JSON Schema.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "transports/dubbo": ["codecs/hessian2"],
  "transports/grpc": ["codecs/protobuf"],
  "transports/http": ["codecs/protobuf", "codecs/hessian2", "codecs/json"],
};
/**
 * The rooms of core, each of which imports itself and those before it. What lies in `core/` itself are words, which every
 * room speaks, and the ports.
 */
const rooms = [
  "",
  "type",
  "bytes",
  "compile",
  "schema",
  "contract",
  "call",
  "link",
  "topic",
  "client",
  "server",
  "wire",
];
/** They say what others implement, so they name the types of rooms, and nothing else of them. */
const ports = ["core/codec.ts", "core/registry.ts", "core/router.ts", "core/transport.ts"];
/** What stands on core beside the adapters, each on those before it. */
const upper = ["evolution", "formats", "cli"];
const drawers = ["utils.ts", "util.ts", "helpers.ts", "helper.ts", "common.ts", "misc.ts", "shared.ts"];
const MAX_LINES = 400;

const sources = packageSources();
const adapters = sources.filter(({ path }) => /^(codecs|transports|registry)\//.test(path));
const core = sources.filter(({ path }) => path.startsWith("core/"));

/** `codecs/json/index.ts` belongs to the adapter `codecs/json`, `registry/memory.ts` to `registry`. */
function adapterOf(path: string): string {
  const [layer = "", name = ""] = path.split("/");
  return layer === "registry" ? layer : `${layer}/${name}`;
}
function isOwn(name: string): boolean {
  return /\.[jt]s$/.test(name);
}
function roomOf(path: string): string {
  const [, room = "", file] = path.split("/");
  return file === undefined ? "" : room;
}
/** The paths after `from` in the imports and exports that carry nothing but types. */
function typeImports({ path, text }: Source): string[] {
  return [...text.matchAll(/^(?:import|export) type [^;]*?from "(\.[^"]+)"/gm)].map((match) =>
    posix.join(posix.dirname(path), match[1] as string),
  );
}
/** The wiring, and the command line, which is an entry of its own. */
function isEntry(path: string): boolean {
  return wiring.includes(path) || path.startsWith("cli/");
}
function violations<T>(all: readonly T[], tell: (one: T) => string[]): string[] {
  return all.flatMap(tell);
}

describe("layers", () => {
  it("finds imports of every form", () => {
    const text = 'import a from "./a.ts";\nexport {\n  b,\n} from "../b.ts";\nimport "c";\nawait import("./d.ts");';
    expect(importsOf("core/x/y.ts", text)).to.deep.equal(["core/x/a.ts", "core/b.ts", "c", "core/x/d.ts"]);
    expect(core.length).to.be.above(40);
    expect(adapters.length).to.be.above(20);
  });

  it("core imports nothing but itself", () => {
    expect(
      violations(core, ({ path, imports }) =>
        imports.filter((name) => !name.startsWith("core/")).map((name) => `${path} imports ${name}`),
      ),
    ).to.deep.equal([]);
  });

  it("the rooms of core stand in an order", () => {
    const inner = core.filter(({ path }) => path !== "core/index.ts");
    expect([...new Set(inner.map(({ path }) => roomOf(path)))].sort()).to.deep.equal([...rooms].sort());
    expect(
      violations(inner, (source) => {
        const types = ports.includes(source.path) ? typeImports(source) : [];
        return source.imports
          .filter((name) => rooms.indexOf(roomOf(name)) > rooms.indexOf(roomOf(source.path)) && !types.includes(name))
          .map((name) => `${source.path} imports ${name}`);
      }),
    ).to.deep.equal([]);
  });

  it("docs/architecture.md and its picture know every room, and no file that is not there", () => {
    const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
    const picture = readFileSync(join(root, "docs/rooms.svg"), "utf8");
    const folders = [...rooms.filter((room) => room !== ""), "codecs", "transports", "registry", ...upper];
    for (const folder of folders) expect(picture, folder).to.include(`>${folder}/<`);
    for (const room of rooms) expect(page, room).to.include(room === "" ? "| `core/` |" : `| \`core/${room}/\` |`);
    const named = [page, readFileSync(join(root, "docs/call.svg"), "utf8")].flatMap((text) => [
      ...text.matchAll(/\b(?:core|codecs|transports|registry|formats|test|examples)\/[\w/.-]*\w/g),
    ]);
    expect(named.length).to.be.above(40);
    expect(named.map(([path]) => path).filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
  });

  it("what stands on core has an order, too, and adapters know nothing of it", () => {
    const above = (path: string): number => upper.indexOf(path.split("/", 1)[0] as string);
    expect(
      violations(
        sources.filter(({ path }) => path.includes("/")),
        ({ path, imports }) =>
          imports.filter((name) => above(name) > above(path)).map((name) => `${path} imports ${name}`),
      ),
    ).to.deep.equal([]);
  });

  it("core takes clock, timers and randomness from its platform", () => {
    const forbidden =
      /\b(setTimeout|setInterval|setImmediate|clearTimeout|process\.|performance\.|Math\.random|Date\.now|console\.)/;
    const code = (text: string): string[] => text.split("\n").map((line) => line.replace(/^\s*(\/\*|\*|\/\/).*/, ""));
    expect(
      violations(core, ({ path, text }) =>
        code(text).flatMap((line, i) => (forbidden.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
      ),
    ).to.deep.equal([]);
  });

  it("adapters import core, themselves and what a third party could, never one another", () => {
    expect(
      violations(adapters, ({ path, imports }) => {
        const own = adapterOf(path);
        return imports
          .filter((name) => isOwn(name) && !name.startsWith("core/") && adapterOf(name) !== own)
          .filter((name) => !allowed[own]?.includes(adapterOf(name)))
          .map((name) => `${path} imports ${name}`);
      }),
    ).to.deep.equal([]);
  });

  it("codecs need nothing of Node, so that they run in a browser", () => {
    const builtin = new Set(builtinModules);
    expect(
      violations(
        adapters.filter(({ path }) => path.startsWith("codecs/")),
        ({ path, imports }) =>
          imports
            .filter((name) => name.startsWith("node:") || builtin.has(name))
            .map((name) => `${path} imports ${name}`),
      ),
    ).to.deep.equal([]);
  });

  it("only adapters.ts and, for browsers, web-*.ts know the adapters, and nobody imports the wiring but itself", () => {
    expect(filesUnder("")).to.deep.equal(wiring);
    expect(
      violations(sources, ({ path, imports }) => [
        ...(wiring.includes(path) && path !== "adapters.ts" && !/^web[.-]/.test(path)
          ? imports.filter((name) => isOwn(name) && !name.startsWith("core/") && !wiring.includes(name))
          : []),
        ...(isEntry(path) ? [] : imports.filter((name) => wiring.includes(name))),
      ]),
    ).to.deep.equal([]);
  });

  it("nobody imports the command line, which may import everything", () => {
    expect(sources.some(({ path }) => path === "cli/main.ts")).to.equal(true);
    const others = sources.filter(({ path }) => !path.startsWith("cli/"));
    expect(
      violations(others, ({ path, imports }) =>
        imports.filter((name) => name.startsWith("cli/")).map((name) => `${path} imports ${name}`),
      ),
    ).to.deep.equal([]);
  });

  it("adapters.ts imports each adapter when it is first named, not before", () => {
    const text = sources.find(({ path }) => path === "adapters.ts")?.text ?? "";
    expect(text.match(/^import .*"\.\/(codecs|transports|registry)\/.*/gm)).to.equal(null);
  });

  it("has no import cycles, of types neither", () => {
    expect(
      cycles([
        { path: "a", text: "", imports: ["b"] },
        { path: "b", text: "", imports: ["a"] },
      ]),
    ).to.have.length(1);
    expect(cycles(sources)).to.deep.equal([]);
  });

  it("has nothing from the development of the package", () => {
    const test = /^(test|bench|examples)\//;
    expect(violations(sources, ({ imports }) => imports.filter((name) => test.test(name)))).to.deep.equal([]);
  });
});

describe("files", () => {
  const everything = [...sources.map(({ path }) => path), ...["test", "bench", "examples"].flatMap(filesUnder)];

  it("have kebab-case names, and none is a drawer", () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.ts$/;
    expect(everything.filter((path) => !kebab.test(basename(path)) || drawers.includes(basename(path)))).to.deep.equal(
      [],
    );
  });

  it("export by name", () => {
    expect(sources.filter(({ text }) => /^export \* from/m.test(text)).map(({ path }) => path)).to.deep.equal([]);
  });

  it(`have at most ${MAX_LINES} lines`, () => {
    const long = sources.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));
    expect(long.filter(({ lines }) => lines > MAX_LINES)).to.deep.equal([]);
  });

  it("are all measured by coverage, but for those that hold nothing but types", () => {
    const { include, exclude } = JSON.parse(readFileSync(join(root, ".c8rc.json"), "utf8")) as Record<string, string[]>;
    const compiled = (text: string): string => transformSync(text, { loader: "ts" }).code;
    const types = sources.filter(
      ({ text }) =>
        compiled(text)
          .replace(/export \{\s*\};?/, "")
          .trim() === "",
    );
    expect(exclude).to.deep.equal(["**/*.d.ts", ...types.map(({ path }) => path).sort()]);
    const folders = new Set(
      sources.map(({ path }) => (path.includes("/") ? `${path.split("/", 1)[0]}/**/*.ts` : "*.ts")),
    );
    expect(include?.toSorted()).to.deep.equal([...folders].sort());
  });

  it("of siblings have the same names", () => {
    const required: Readonly<Record<string, readonly string[]>> = {
      transports: ["client.ts", "index.ts", "options.ts", "server.ts"],
      codecs: ["decoder.ts", "encoder.ts", "index.ts"],
    };
    for (const [layer, names] of Object.entries(required)) {
      for (const adapter of readdirSync(join(root, layer))) {
        expect(readdirSync(join(root, layer, adapter)), `${layer}/${adapter}`).to.include.members([...names]);
      }
    }
  });
});
