import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { forBrowsers } from "../../build/browser.ts";
import { createHandler } from "../../index.ts";
import { requestListener } from "../../transports/http/index.ts";
import { upgradeListener } from "../../transports/ws/index.ts";
import { shop } from "./shop.ts";

/** Nothing but what this server gives, and no code made from text: what a careful site allows. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const folder = new URL("page/", import.meta.url);

interface File {
  readonly type: string;
  readonly content: string | Uint8Array;
}

/** The page, its program bundled for browsers. */
async function files(): Promise<ReadonlyMap<string, File>> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page.ts", folder))],
    ...forBrowsers(fileURLToPath(new URL("../..", import.meta.url))),
    minify: true,
    splitting: true,
    outdir: "/",
    write: false,
  });
  return new Map<string, File>([
    ["/", { type: "text/html", content: await readFile(new URL("index.html", folder)) }],
    ["/page.css", { type: "text/css", content: await readFile(new URL("page.css", folder)) }],
    // The program, and the parts of it that it loads when it needs them.
    ...outputFiles.map(({ path, contents }) => [path, { type: "text/javascript", content: contents }] as const),
  ]);
}

export interface RunningShop extends AsyncDisposable {
  readonly url: string;
}

/** One port for the page, its calls by fetch, and the WebSocket that it opens. */
export async function startShop(port: number): Promise<RunningShop> {
  const known = await files();
  const handler = await createHandler({ services: [shop({ piano: 3, violin: 20, triangle: 500 })] });
  const calls = await requestListener(handler);
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const file = known.get(request.url ?? "/");
    if (file === undefined) return calls(request, response);
    response.writeHead(200, {
      "content-type": `${file.type}; charset=utf-8`,
      "content-security-policy": POLICY,
      connection: "close",
    });
    response.end(file.content);
  });
  server.on("upgrade", await upgradeListener(handler));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      // Who watches would never end by itself.
      handler.destroy();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
