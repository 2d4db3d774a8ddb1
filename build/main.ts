import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";
import { webSize } from "./size.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: build/main.ts FOLDER, that of what tsc made");
await bundle(resolve(folder));
const { first, whole } = await webSize(fileURLToPath(new URL("..", import.meta.url)));
const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`trunkline/web with JSON, gzip: ${kB(first)} for calls by fetch, ${kB(whole)} with WebSockets`);
