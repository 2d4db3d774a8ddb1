import { posix } from "node:path";
import { expect } from "chai";
import { packageSources } from "./tools/sources.ts";

/** What is loaded with a file: not for types alone, and not by `import()`, which waits until it is asked for. */
const LOADED = /^(?:import|export) (?!type )[^;]*?from "(\.[^"]+)"/gm;

const sources = new Map(packageSources().map(({ path, text }) => [path, text]));

function loadedWith(...entries: readonly string[]): readonly string[] {
  const loaded = new Set<string>();
  const load = (path: string): void => {
    const text = sources.get(path);
    if (text === undefined || loaded.has(path)) return;
    loaded.add(path);
    for (const [, name = ""] of text.matchAll(LOADED)) load(posix.join(posix.dirname(path), name));
  };
  for (const entry of entries) load(entry);
  return [...loaded].sort();
}

describe("a program that only calls", () => {
  it("loads nothing that serves, and no adapter but its own", () => {
    const loaded = loadedWith("index.ts", "transports/tcp/index.ts", "codecs/msgpack/index.ts");
    expect(loaded).to.include.members(["connect.ts", "core/wire/client-session.ts", "codecs/msgpack/encoder.ts"]);
    expect(loaded.filter((path) => /(^|\/)(server|serving|acceptor|exchange)(-|\.)/.test(path))).to.deep.equal([]);
    expect(loaded.filter((path) => /^(codecs|transports|registry|cli|evolution|formats)\//.test(path))).to.satisfy(
      (adapters: string[]) => adapters.every((path) => /^(transports\/tcp|codecs\/msgpack)\//.test(path)),
    );
  });
});
