import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { JavaProgram } from "../tools/java.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const program = new JavaProgram(here, "trunkline-java-avro");

/** What is missing to start Java, once the libraries are resolved; `undefined` where nothing is. */
export const missingJava = (): Promise<string | undefined> => program.missing(10);

/** Schemas travel as JSON, all else as it is. */
type Request = readonly (string | object)[];

/** Java's answers, each with its parts. */
export async function askJava(requests: readonly Request[]): Promise<string[][]> {
  await program.compile("AvroPeer");
  const child = spawn("java", ["-Xmx256m", "-cp", program.classPath, "AvroPeer"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const part = (one: string | object): string =>
    typeof one === "string" ? one : Buffer.from(JSON.stringify(one)).toString("base64");
  child.stdin.end(requests.map((request) => `${request.map(part).join("\t")}\n`).join(""));
  const answers = (await text(child.stdout)).split("\n").slice(0, -1);
  if (answers.length !== requests.length) throw new Error(`${answers.length} answers to ${requests.length} requests`);
  return answers.map((answer) => answer.split("\t"));
}
