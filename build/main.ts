import { resolve } from "node:path";
import { bundle } from "./bundle.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: build/main.ts FOLDER, that of what tsc made");
await bundle(resolve(folder));
