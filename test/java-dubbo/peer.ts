import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../tools/free-port.ts";
import { JavaProgram } from "../tools/java.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const program = new JavaProgram(here, "trunkline-java-dubbo");
const opens = ["java.lang", "java.util", "java.math"].flatMap((name) => [
  "--add-opens",
  `java.base/${name}=ALL-UNNAMED`,
]);

/** Dubbo 2.7 in a Java process of its own, which serves and calls by its protocol `hessian`. */
export interface DubboPeer {
  readonly port: number;
  /** What its client tells, line by line, of calls to a service `shop.Shop`. */
  call(url: string, version?: string, group?: string): Promise<string[]>;
  close(): Promise<void>;
}

export const missingDubbo = (): Promise<string | undefined> => program.missing(12);

export async function startDubbo(): Promise<DubboPeer> {
  await program.compile("DubboPeer", [here, join(here, "shop"), join(here, "../java/shop")]);
  const port = await freePort();
  const child = spawn("java", [...opens, "-Xmx256m", "-cp", program.classPath, "DubboPeer", String(port)], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const exited = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const until = async (last: string): Promise<string[]> => {
    const told: string[] = [];
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`Dubbo ended: ${told.join("\n")}`);
      if (value === last) return told;
      told.push(value);
    }
  };
  await until("ready");
  return {
    port,
    call(url, version = "-", group = "-") {
      child.stdin.write(`${url} ${version} ${group}\n`);
      return until("done");
    },
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}
