import { execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const cache = join(here, "../../node_modules/.cache/trunkline-java-avro");
const lib = join(cache, "lib");
const classes = join(cache, "classes");
const run = promisify(execFile);

/** What is missing to start Java, once the libraries are resolved; `undefined` where nothing is. */
export async function missingJava(): Promise<string | undefined> {
  for (const [program, argument] of [
    ["java", "-version"],
    ["javac", "-version"],
    ["mvn", "--version"],
  ] as const) {
    if (spawnSync(program, [argument]).status !== 0) return `${program} is not installed`;
  }
  const pom = join(here, "pom.xml");
  if (existsSync(lib) && readdirSync(lib).length >= 10 && !newer(pom, lib)) return undefined;
  const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
  try {
    await run("mvn", ["-q", "-B", "-f", pom, goal, `-DoutputDirectory=${lib}`]);
    return undefined;
  } catch (thrown) {
    return `mvn cannot resolve the libraries (${String((thrown as { stdout?: string }).stdout).slice(0, 300)})`;
  }
}

/** Schemas travel as JSON, all else as it is. */
type Request = readonly (string | object)[];

/** Java's answers, each with its parts. */
export async function askJava(requests: readonly Request[]): Promise<string[][]> {
  const source = join(here, "AvroPeer.java");
  const compiled = join(classes, "AvroPeer.class");
  mkdirSync(classes, { recursive: true });
  if (!existsSync(compiled) || newer(source, compiled)) {
    await run("javac", ["-nowarn", "-cp", join(lib, "*"), "-d", classes, source]);
  }
  const child = spawn("java", ["-Xmx256m", "-cp", `${join(lib, "*")}:${classes}`, "AvroPeer"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const part = (one: string | object): string =>
    typeof one === "string" ? one : Buffer.from(JSON.stringify(one)).toString("base64");
  child.stdin.end(requests.map((request) => `${request.map(part).join("\t")}\n`).join(""));
  const answers = (await text(child.stdout)).split("\n").slice(0, -1);
  if (answers.length !== requests.length) throw new Error(`${answers.length} answers to ${requests.length} requests`);
  return answers.map((answer) => answer.split("\t"));
}

function newer(a: string, b: string): boolean {
  return statSync(a).mtimeMs > statSync(b).mtimeMs;
}
