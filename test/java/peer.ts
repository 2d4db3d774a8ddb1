import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const cache = join(here, "../../node_modules/.cache/trunkline-java");
const opens = ["java.lang", "java.util", "java.math", "java.net", "java.time"].flatMap((name) => [
  "--add-opens",
  `java.base/${name}=ALL-UNNAMED`,
]);
const run = promisify(execFile);

/** Caucho's Hessian and Dubbo's hessian-lite in a Java process of their own. */
export interface JavaPeer {
  /** The answer to `body`; an error, with Java's words, where Java failed. */
  post(path: string, body?: Uint8Array | string): Promise<Uint8Array>;
  close(): void;
}

const lib = join(cache, "lib");

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
  if (existsSync(lib) && readdirSync(lib).length >= 3 && !newer(pom, lib)) return undefined;
  const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
  try {
    await run("mvn", ["-q", "-B", "-f", pom, goal, `-DoutputDirectory=${lib}`]);
    return undefined;
  } catch (thrown) {
    return `mvn cannot resolve the libraries (${String((thrown as { stdout?: string }).stdout).slice(0, 300)})`;
  }
}

/** Compiles the program, once, and starts it. */
export async function startJava(): Promise<JavaPeer> {
  const out = join(cache, "classes");
  mkdirSync(out, { recursive: true });
  const sources = [here, join(here, "shop")].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".java"))
      .map((name) => join(folder, name)),
  );
  const compiled = join(out, "Peer.class");
  if (!existsSync(compiled) || sources.some((source) => newer(source, compiled)))
    await run("javac", ["-nowarn", "-cp", join(lib, "*"), "-d", out, ...sources]);
  const child = spawn(
    "java",
    [...opens, "-Xmx256m", "-Dsun.net.httpserver.nodelay=true", "-cp", `${join(lib, "*")}:${out}`, "Peer"],
    {
      stdio: ["pipe", "pipe", "ignore"],
    },
  );
  const base = `http://127.0.0.1:${await portOf(child)}`;
  return {
    post: (path, body = "") =>
      new Promise((resolve, reject) => {
        // A connection each: one kept alive would outlive the test that made it.
        const asked = request(base + path, { method: "POST", agent: false }, async (answer) => {
          const bytes = new Uint8Array(await buffer(answer));
          if (answer.statusCode === 200) resolve(bytes);
          else reject(new Error(`${path}: ${new TextDecoder().decode(bytes)}`));
        });
        asked.once("error", reject);
        asked.end(body);
      }),
    close: () => child.stdin?.end(),
  };
}

function newer(a: string, b: string): boolean {
  return statSync(a).mtimeMs > statSync(b).mtimeMs;
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("no output of Java");
  for await (const line of createInterface(child.stdout)) if (line.startsWith("port ")) return Number(line.slice(5));
  throw new Error("Java did not start");
}
