import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { root } from "./project.ts";

/** What is missing to run Google's compiler; `undefined` where nothing is. */
export function missingProtoc(): string | undefined {
  if (spawnSync("protoc", ["--version"]).status !== 0) return "protoc is not installed";
  // Debian has what every .proto file may import in a package of its own.
  const folders = ["/usr/include", "/usr/local/include", "/opt/homebrew/include"];
  if (folders.some((folder) => existsSync(`${folder}/google/protobuf/timestamp.proto`))) return undefined;
  return "protoc has no google/protobuf/timestamp.proto; install libprotobuf-dev";
}

/** Runs protoc in a folder, with the standard input given; throws what it says. */
export function protoc(folder: string, args: readonly string[], input: Uint8Array | string = ""): Buffer {
  const { status, stdout, stderr } = spawnSync("protoc", args, {
    cwd: folder,
    input,
    timeout: 60_000,
    maxBuffer: 64 << 20,
    env: { ...process.env, PATH: `${root}node_modules/.bin:${process.env["PATH"]}` },
  });
  if (status !== 0 || stderr.length > 0) throw new Error(`protoc ${args.join(" ")}: ${stderr}`);
  return stdout;
}
