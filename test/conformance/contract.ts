import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { main } from "../../cli/main.ts";
import { root } from "../tools/project.ts";

/** Writes the modules of the conformance suite's own files, by `trunkline generate`, and says in which folder they are. */
export async function generateContracts(proto: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-conformance-"));
  for (const name of ["service", "client_compat", "server_compat"]) {
    const path = join(folder, `${name}.mts`);
    const file = join(proto, `connectrpc/conformance/v1/${name}.proto`);
    const errors: string[] = [];
    const io = { cwd: folder, out: () => {}, err: (text: string) => void errors.push(text) };
    const code = await main(["generate", file, "--include", proto, "--out", path], io);
    if (code !== 0) throw new Error(errors.join(""));
    await writeFile(
      path,
      (await readFile(path, "utf8")).replace(/from "trunkline(.*)"/g, (_, at) => fromHere(at)),
    );
  }
  return folder;
}

/** What the package exports, as its sources have it. */
function fromHere(at: string): string {
  const file = at === "" ? "index.ts" : join(at, "index.ts");
  return `from ${JSON.stringify(pathToFileURL(join(root, file)).href)}`;
}
