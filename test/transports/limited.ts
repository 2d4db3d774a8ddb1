import type { Feature, Transport } from "../../core/transport.ts";
import { memory } from "../../transports/memory/index.ts";

/** Memory under another scheme, which says that it cannot carry some things. */
export function limited(scheme: string, ...features: Feature[]): Transport {
  const inner = memory();
  const within = (url: string): string => url.replace(/^[a-z]+:/, "memory:");
  return {
    scheme,
    lacks: () => features,
    connect: (url, environment) => inner.connect(within(url), environment),
    listen: (url, host) => inner.listen(within(url), host),
  };
}
