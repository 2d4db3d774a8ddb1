import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../tools/project.ts";
import { run, runOk } from "../tools/run.ts";
import { generateContracts } from "./contract.ts";

/** The version of the suite that is passed whole. */
const MODULE = "connectrpc.com/conformance@v1.0.7";

/** What is missing to build the suite's program; `undefined` where nothing is. */
export async function missingGo(): Promise<string | undefined> {
  const { code } = await run("go", ["version"], { cwd: root });
  return code === 0 ? undefined : "go is not installed";
}

/** The program of the suite and the contracts of its files, from the Go module proxy; built once, and kept among the system's temporary files. */
export async function conformance(): Promise<Conformance> {
  const folder = join(tmpdir(), `trunkline-${MODULE.replace(/[/@]/g, "-")}`);
  await mkdir(folder, { recursive: true });
  const go = (...args: string[]): Promise<string> =>
    runOk("go", args, { cwd: folder, env: { GOBIN: folder, GOFLAGS: "-mod=mod" }, timeoutMs: 600_000 });
  await go("install", MODULE.replace("@", "/cmd/connectconformance@"));
  const { Dir } = JSON.parse(await go("mod", "download", "-json", MODULE)) as { Dir: string };
  const contracts = await generateContracts(join(Dir, "proto"));
  return new Conformance(folder, contracts);
}

/** Every feature of Node's that the suite knows; without them a run would leave cases out. */
const features = `features:
  versions: [HTTP_VERSION_1, HTTP_VERSION_2]
  protocols: [PROTOCOL_CONNECT, PROTOCOL_GRPC, PROTOCOL_GRPC_WEB]
  codecs: [CODEC_PROTO, CODEC_JSON]
  compressions: [COMPRESSION_IDENTITY, COMPRESSION_GZIP, COMPRESSION_BR, COMPRESSION_DEFLATE]
  supportsH2c: true
  supportsTls: true
  supportsTlsClientCerts: true
  supportsTrailers: true
  supportsHalfDuplexBidiOverHttp1: true
  supportsConnectGet: true
  supportsMessageReceiveLimit: true
`;

export class Conformance {
  readonly #folder: string;
  readonly #contracts: string;

  constructor(folder: string, contracts: string) {
    this.#folder = folder;
    this.#contracts = contracts;
  }

  /** Runs the cases against a program of this folder, and says which failed, and how many passed. */
  async run(mode: "client" | "server", program: string): Promise<{ readonly passed: number; readonly failed: string }> {
    const config = join(this.#contracts, "features.yaml");
    await writeFile(config, features);
    const node = [process.execPath, "--import", "tsx", join(root, "test/conformance", program), this.#contracts];
    const args = ["--conf", config, "--mode", mode, "--max-servers", "2", "--", ...node];
    const { stdout, stderr } = await run(join(this.#folder, "connectconformance"), args, {
      cwd: root,
      timeoutMs: 540_000,
    });
    const passed = Number(/^(\d+) passed, \d+ failed/m.exec(stdout)?.[1] ?? 0);
    return {
      passed,
      failed: `${stderr}\n${stdout}`
        .split("\n")
        .filter((line) => /FAILED|^\t|could not/.test(line))
        .join("\n"),
    };
  }
}
