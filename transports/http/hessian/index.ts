import type { Transport } from "../../../core/transport.ts";
import { connectLink } from "./client.ts";
import { type HessianOptions, parseHessianUrl, resolveHessianOptions } from "./options.ts";

export type { HessianOptions } from "./options.ts";
export type { HessianServing } from "./serving.ts";

/** Hessian's own RPC over HTTP, as Java speaks it: `hessian://host:port/path`, `hessians://` over TLS. */
export function hessian(options?: HessianOptions): Transport {
  const resolved = resolveHessianOptions(options);
  return {
    scheme: "hessian",
    schemes: ["hessians"],
    urls: resolved.urls,
    lacks: () => ["callbacks", "server streams", "client streams", "bidirectional streams", "topics"],
    connect: (url, environment) => connectLink(url, environment, resolved),
    // Loaded when it is used: who only calls does without the serving half.
    async listen(url, host) {
      const { origin, path } = parseHessianUrl(url);
      const [{ listenOn }, { HessianResponder }] = await Promise.all([import("../server.ts"), import("./server.ts")]);
      const prefix = path.replace(/\/$/, "");
      const listener = await listenOn(origin, host, resolved.http, (site) => [
        new HessianResponder(site, resolved.serving, { prefix, alone: true }),
      ]);
      // With a slash at its end names of services follow.
      return { ...listener, url: listener.url.replace(/^http/, "hessian") + (prefix === "" ? "" : `${prefix}/`) };
    },
  };
}
