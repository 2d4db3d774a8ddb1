import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildInto, Project, root } from "./project.ts";
import { runOk } from "./run.ts";

/** Packs these sources as a release would be, without touching the repository's own `dist`; the path of the tarball. */
export async function pack(staging: Project): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { files: string[] };
  for (const name of ["package.json", ...manifest.files.filter((file) => file !== "dist")]) {
    await cp(join(root, name), join(staging.path, name), { recursive: true });
  }
  await buildInto(join(staging.path, "dist"));
  const printed = await runOk("npm", ["pack", "--json", "--ignore-scripts"], { cwd: staging.path });
  const [packed] = JSON.parse(printed) as [{ filename: string }];
  return join(staging.path, packed.filename);
}

/** An empty project into which npm has installed the tarball. */
export async function installed(): Promise<Project> {
  await using staging = await Project.create();
  const project = await Project.create();
  await project.write("package.json", JSON.stringify({ name: "user", private: true, type: "module" }));
  const tarball = await pack(staging);
  await runOk("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball], { cwd: project.path });
  return project;
}
