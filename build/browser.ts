import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";

/**
 * What stands for what in browsers: less, where what is left out is as large as the rest of the client. Each has the same
 * exports; its comment says what it does without. Without extensions, so that they are found as sources and as compiled.
 */
export const replaced: Readonly<Record<string, string>> = {
  "codecs/json/index": "codecs/json/light",
  "core/call/sharing": "core/call/plain-sharing",
  "core/json-value": "core/some-json-value",
  "core/options": "core/some-options",
  "core/schema/translate": "core/schema/untranslated",
  "core/contract/fingerprint": "core/contract/no-fingerprint",
  "core/contract/http-bindings": "core/contract/no-http-bindings",
  "core/contract/protobuf-service": "core/contract/no-protobuf-service",
};

/** How esbuild makes files for browsers of the modules below `root`, of TypeScript or compiled. */
export function forBrowsers(root: string): BuildOptions {
  return {
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "error",
    plugins: [replacing(resolve(root))],
  };
}

function replacing(root: string): Plugin {
  const files = new Map(
    Object.entries(replaced).flatMap(([from, to]) =>
      [".ts", ".js"].map((end) => [join(root, from + end), join(root, to + end)] as const),
    ),
  );
  return {
    name: "for-browsers",
    setup(build) {
      build.onResolve({ filter: /\.[jt]s$/ }, ({ path, resolveDir }) => {
        const replacement = files.get(resolve(resolveDir, path));
        return replacement !== undefined && existsSync(replacement) ? { path: replacement } : undefined;
      });
    },
  };
}
