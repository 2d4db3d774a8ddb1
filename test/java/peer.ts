import { type ChildProcess, spawn } from "node:child_process";
import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { JavaProgram } from "../tools/java.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const program = new JavaProgram(here, "trunkline-java");
const opens = ["java.lang", "java.util", "java.math", "java.net", "java.time"].flatMap((name) => [
  "--add-opens",
  `java.base/${name}=ALL-UNNAMED`,
]);

/** Caucho's Hessian and Dubbo's hessian-lite in a Java process of their own. */
export interface JavaPeer {
  readonly port: number;
  /** The answer to `body`; an error, with Java's words, where Java failed. */
  post(path: string, body?: Uint8Array | string): Promise<Uint8Array>;
  close(): void;
}

/** What is missing to start Java, once the libraries are resolved; `undefined` where nothing is. */
export const missingJava = (): Promise<string | undefined> => program.missing(3);

/** Compiles the program, once, and starts it. */
export async function startJava(): Promise<JavaPeer> {
  await program.compile("Peer", [here, join(here, "shop")]);
  const child = spawn(
    "java",
    [...opens, "-Xmx256m", "-Dsun.net.httpserver.nodelay=true", "-cp", program.classPath, "Peer"],
    {
      stdio: ["pipe", "pipe", "ignore"],
    },
  );
  const port = await portOf(child);
  const base = `http://127.0.0.1:${port}`;
  return {
    port,
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

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("no output of Java");
  for await (const line of createInterface(child.stdout)) if (line.startsWith("port ")) return Number(line.slice(5));
  throw new Error("Java did not start");
}
