import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { forBrowsers } from "./browser.ts";

/** In bytes, minified and compressed by gzip. */
export interface WebSize {
  /** What a page loads that calls by fetch, with JSON, and with all that declares a contract. */
  readonly first: number;
  /** The same with all that it loads for WebSockets. */
  readonly whole: number;
  /** Of `first`, uncompressed, by file. */
  readonly files: Readonly<Record<string, number>>;
}

const page = 'export * from "./web.ts"; export { json } from "./codecs/json/index.ts";';
/** What `import()` names is a file of its own. */
export const later: Plugin = {
  name: "later",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

/** How large `trunkline/web` is, made of the sources in `root`. */
export async function webSize(root: string): Promise<WebSize> {
  const made = async (contents: string, more: readonly Plugin[]) => {
    const options = forBrowsers(root);
    const plugins = [...more, ...(options.plugins ?? [])];
    const stdin = { contents, resolveDir: root, loader: "ts" } as const;
    const { outputFiles, metafile } = await build({
      ...options,
      absWorkingDir: root,
      plugins,
      stdin,
      minify: true,
      metafile: true,
      write: false,
    });
    const [{ inputs = {} } = {}] = Object.values(metafile.outputs);
    const files = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.bytesInOutput]));
    return { bytes: gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length, files };
  };
  const first = await made(page, [later]);
  const whole = await made(`${page} export * from "./web-socket.ts";`, [later]);
  return { first: first.bytes, whole: whole.bytes, files: first.files };
}
