import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../build/bundle.ts";
import { runOk } from "./run.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the repository's compiler in a directory; fails with what it said. */
export function compile(cwd: string, ...args: string[]): Promise<string> {
  return runOk(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...args], { cwd });
}

/** What `npm run build` makes of the sources, in a folder of its own. */
export async function buildInto(folder: string): Promise<void> {
  await compile(root, "-p", "tsconfig.build.json", "--outDir", folder);
  await bundle(folder);
}

/** An empty directory for a user's project; removed by `await using` or `dispose`. */
export class Project {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<Project> {
    return new Project(await mkdtemp(join(tmpdir(), "trunkline-")));
  }

  /** A project in which `trunkline` is what the build makes of these sources, and its dependencies are ours. */
  static async withBuild(): Promise<Project> {
    const project = await Project.create();
    const home = join(project.path, "node_modules/trunkline");
    await mkdir(home, { recursive: true });
    await cp(join(root, "package.json"), join(home, "package.json"));
    await buildInto(join(home, "dist"));
    const { dependencies = {} } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    for (const name of [...Object.keys(dependencies), "@types/node", "undici-types"]) await project.link(name);
    await project.write("package.json", JSON.stringify({ type: "module", private: true }));
    return project;
  }

  /** Makes a package of ours visible here. */
  /** Whose schemas the pages and the type tests give to contracts. */
  async linkSchemaLibraries(): Promise<void> {
    const names = ["zod", "arktype", "valibot", "@valibot/to-json-schema", "typebox", "@bufbuild/protobuf"];
    for (const name of names) await this.link(name);
  }

  async link(name: string): Promise<void> {
    const path = join(this.path, "node_modules", name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(join(root, "node_modules", name), path);
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.path, name)), { recursive: true });
    await writeFile(join(this.path, name), text);
  }

  /** Compiles here; fails with what the compiler said. */
  tsc(...args: string[]): Promise<string> {
    return compile(this.path, ...args);
  }

  /** Runs a script here with Node and returns what it printed. */
  node(...args: string[]): Promise<string> {
    return runOk(process.execPath, args, { cwd: this.path });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** The compiler options that a user of strict TypeScript has. */
export const strict = {
  target: "ES2022",
  lib: ["ES2023", "ESNext.Disposable"],
  module: "NodeNext",
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noImplicitOverride: true,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
} as const;
