import type { IncomingMessage } from "node:http";

/**
 * Why the page that asks may not connect; `undefined` if it may. A browser lets every page open a WebSocket to every host and
 * sends the cookies along, so that the server alone can tell (RFC 6455, 10.2).
 */
export function foreignOrigin({ headers, socket }: IncomingMessage, origins: readonly string[] | undefined) {
  const { origin, host } = headers;
  // No page.
  if (origin === undefined) return undefined;
  if (origins === undefined ? ownOrigin(origin, host, socket) : origins.includes("*") || origins.includes(origin)) {
    return undefined;
  }
  return `the origin ${JSON.stringify(origin)} may not connect; the server may allow it by the option origins`;
}

function ownOrigin(origin: string, host: string | undefined, socket: object): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  // What others can change on its way must not use what they cannot. In the clear it may have come through a proxy that ends TLS.
  if ((socket as { readonly encrypted?: unknown }).encrypted === true && page.protocol !== "https:") return false;
  const own = `${page.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === page.host;
}
