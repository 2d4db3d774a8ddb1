import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./project.ts";

const run = promisify(execFile);

/** A Java program of the tests: sources in one folder, libraries from the `pom.xml` there, both made once. */
export class JavaProgram {
  readonly #folder: string;
  readonly #lib: string;
  readonly #classes: string;

  /** `cache` names the folder for what is downloaded and compiled. */
  constructor(folder: string, cache: string) {
    this.#folder = folder;
    this.#lib = join(root, "node_modules/.cache", cache, "lib");
    this.#classes = join(root, "node_modules/.cache", cache, "classes");
  }

  get classPath(): string {
    return `${join(this.#lib, "*")}:${this.#classes}`;
  }

  /** What is missing to run it, once its `libraries` (their number at least) are resolved; `undefined` where nothing is. */
  async missing(libraries: number): Promise<string | undefined> {
    for (const [program, argument] of [
      ["java", "-version"],
      ["javac", "-version"],
      ["mvn", "--version"],
    ] as const) {
      if (spawnSync(program, [argument]).status !== 0) return `${program} is not installed`;
    }
    const pom = join(this.#folder, "pom.xml");
    const lib = this.#lib;
    if (existsSync(lib) && readdirSync(lib).length >= libraries && !newer(pom, lib)) return undefined;
    const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
    try {
      await run("mvn", ["-q", "-B", "-f", pom, goal, `-DoutputDirectory=${lib}`]);
      return undefined;
    } catch (thrown) {
      return `mvn cannot resolve the libraries (${String((thrown as { stdout?: string }).stdout).slice(0, 300)})`;
    }
  }

  /** Compiles the sources of the folders, if one is newer than the class `main`. */
  async compile(main: string, folders: readonly string[] = [this.#folder]): Promise<void> {
    mkdirSync(this.#classes, { recursive: true });
    const sources = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".java"))
        .map((name) => join(folder, name)),
    );
    const compiled = join(this.#classes, `${main}.class`);
    if (existsSync(compiled) && !sources.some((source) => newer(source, compiled))) return;
    await run("javac", ["-nowarn", "-cp", join(this.#lib, "*"), "-d", this.#classes, ...sources]);
  }
}

function newer(a: string, b: string): boolean {
  return statSync(a).mtimeMs > statSync(b).mtimeMs;
}
