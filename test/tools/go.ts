import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "./project.ts";

/** Kept between runs, as what npm installs is. */
const folder = join(root, "node_modules/.cache/trunkline-go");

/**
 * The path of a program that Go installs from its module proxy, `github.com/…/cmd/name@v1.2.3`; what is missing, in words,
 * where there is no Go or the proxy cannot be reached.
 */
export async function goProgram(module: string): Promise<{ readonly path: string } | { readonly missing: string }> {
  const [source = "", version = ""] = module.split("@");
  const bin = join(folder, version);
  const path = join(bin, basename(source));
  if (existsSync(path)) return { path };
  if (spawnSync("go", ["version"]).status !== 0) return { missing: "Go is not installed" };
  const install = spawn("go", ["install", module], {
    env: { ...process.env, GOBIN: bin, GOFLAGS: "" },
    timeout: 540_000,
  });
  let said = "";
  install.stderr.on("data", (text) => {
    said = `${said}${text}`.slice(-500);
  });
  const code = await new Promise((resolve) => install.once("close", resolve));
  return code === 0 ? { path } : { missing: `go install ${module} failed: ${said}` };
}
