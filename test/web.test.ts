import { posix } from "node:path";
import { expect } from "chai";
import { replaced } from "../build/browser.ts";
import { webSize } from "../build/size.ts";
import { valueSharing } from "../core/call/plain-sharing.ts";
import { contractOfProtobuf, isProtobufService } from "../core/contract/no-protobuf-service.ts";
import { t } from "../core/schema/t.ts";
import { toParam, toType, toWhole } from "../core/schema/untranslated.ts";
import { jsonValue } from "../core/some-json-value.ts";
import { checkOptions, kinds, type OptionTable } from "../core/some-options.ts";
import { root } from "./tools/project.ts";
import { packageSources } from "./tools/sources.ts";

const sources = new Map(packageSources().map((source) => [source.path, source]));

/** All that a page may load, at once or later; of what is replaced the replacement. */
function reachable(...entries: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const reach = (name: string): void => {
    const replacement = replaced[name.replace(/\.ts$/, "")];
    const path = replacement === undefined ? name : `${replacement}.ts`;
    if (found.has(path)) return;
    found.add(path);
    const typeOnly = new Set(
      [...(sources.get(path)?.text.matchAll(/^(?:import|export) type [^;]*?from "(\.[^"]+)"/gm) ?? [])].map(
        ([, from = ""]) => posix.join(posix.dirname(path), from),
      ),
    );
    for (const one of sources.get(path)?.imports ?? []) if (!typeOnly.has(one)) reach(one);
  };
  for (const entry of entries) reach(entry);
  return [...found];
}

describe("trunkline/web", () => {
  it("with JSON takes a page less than 15 kB to call, compressed", async () => {
    const { first, whole, files } = await webSize(root);
    expect(first).to.be.below(15_000);
    expect(whole).to.be.above(first);
    expect(Object.keys(files).filter((file) => /^core\/(wire|compile\/closures|server)\//.test(file))).to.deep.equal(
      [],
    );
  }).timeout(60_000);

  it("needs nothing of Node, and no library", () => {
    const loaded = reachable("web.ts", "codecs/json/index.ts", "codecs/msgpack/index.ts");
    expect(loaded).to.include.members([
      "core/wire/client-session.ts",
      "transports/ws/web-pipe.ts",
      "codecs/json/light.ts",
    ]);
    expect(loaded.filter((name) => !name.endsWith(".ts"))).to.deep.equal([]);
    expect(loaded.filter((name) => /^(adapters|connect|platform-node)\.ts$|^core\/server\//.test(name))).to.deep.equal(
      [],
    );
  });

  it("says what a page must do without", () => {
    const untranslated = /^in a browser a contract takes types of t; schemas of other libraries are for servers$/;
    expect(() => toType({ type: "string" })).to.throw(TypeError, untranslated);
    expect(toWhole(t.optional(t.string))).to.have.property("kind", "optional");
    expect(toParam(t.string)).to.equal(t.string);
    expect(isProtobufService({ typeName: "a.B" })).to.equal(true);
    expect(isProtobufService({})).to.equal(false);
    expect(() => contractOfProtobuf()).to.throw(TypeError, untranslated);
    const table = { known: kinds["text"] } as OptionTable<{ known?: string | undefined }>;
    expect(checkOptions("door", { known: undefined }, table)).to.deep.equal({});
    expect(checkOptions("door", { known: "x" }, table)).to.deep.equal({ known: "x" });
    expect(() => checkOptions("door", { other: 1 } as object, table)).to.throw(
      TypeError,
      "door: unknown option other; known are known",
    );
    expect(jsonValue({ a: [1, undefined] })).to.deep.equal({ a: [1, null] });
    const bytes = new Uint8Array([1]);
    expect(valueSharing().own(bytes)).to.deep.equal(bytes);
    expect(valueSharing().own(bytes)).to.not.equal(bytes);
  });

  it("replaces files by such as export the same", async () => {
    for (const [from, to] of Object.entries(replaced)) {
      const whole = Object.keys(await import(`../${from}.ts`));
      const less = Object.keys(await import(`../${to}.ts`));
      expect(whole, to).to.include.members(less);
    }
  });
});
