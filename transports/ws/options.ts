import type { TlsOptions } from "node:tls";
import { checkOptions, kinds, type OptionTable } from "../../core/options.ts";
import {
  type ResolvedWireOptions,
  resolveWireOptions,
  type WireOptions,
  wireOptions,
} from "../../core/wire/options.ts";

/** Which WebSockets a server takes. */
export interface UpgradeOptions extends Pick<WireOptions, "limits"> {
  /**
   * Pages of which origins may connect, as in `["https://shop.example"]`; `["*"]` is all of them. Stops other people's pages
   * from calling with the cookies and from the network of whoever looks at them. Programs that are no browser name no origin, and
   * may. Default: those of the server's own host and port.
   */
  readonly origins?: readonly string[];
  /**
   * Whether messages are compressed with peers that offer it (permessage-deflate). It costs some 300 KB of memory a connection,
   * and time. @default false
   */
  readonly deflate?: boolean;
  /** Where WebSockets are taken, as in `/rpc`. Others at the same server are then left to others. Default: anywhere. */
  readonly path?: string;
}

export interface WsOptions extends WireOptions, Omit<UpgradeOptions, "path"> {
  /** Which URLs these options are for, where one `ws()` is not enough; as those of `tcp`. Default: all. */
  readonly urls?: readonly string[];
  /**
   * For `wss://` alone. Node's options: `key` and `cert` on the server, `ca` on the client. With `requestCert` on the server
   * and `key` and `cert` on the client the client's certificate becomes the identity (mTLS).
   */
  readonly tls?: TlsOptions & { readonly servername?: string };
  /** Of the client's request, for what stands before the server: `{ cookie: "…" }`. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
}

const upgradeTable: OptionTable<UpgradeOptions> = {
  limits: kinds.object,
  origins: kinds.list,
  deflate: kinds.flag,
  path: kinds.text,
};
const { path: _, ...shared } = upgradeTable;
const table: OptionTable<WsOptions> = {
  ...wireOptions,
  ...shared,
  urls: kinds.list,
  tls: kinds.object,
  headers: kinds.texts,
};

export interface ResolvedUpgradeOptions extends Pick<ResolvedWireOptions, "limits"> {
  readonly origins: readonly string[] | undefined;
  readonly deflate: boolean;
}

export interface ResolvedWsOptions extends ResolvedWireOptions, ResolvedUpgradeOptions {
  readonly urls: readonly string[] | undefined;
  readonly tls: WsOptions["tls"];
  readonly headers: Readonly<Record<string, string>>;
}

export function resolveWsOptions(given: WsOptions = {}): ResolvedWsOptions {
  const options = checkOptions("ws", given, table);
  return {
    ...resolveWireOptions(options),
    ...resolveShared("ws", options),
    urls: options.urls?.map(checkedUrl),
    tls: options.tls,
    headers: { ...options.headers },
  };
}

export function resolveUpgradeOptions(
  given: UpgradeOptions = {},
): ResolvedUpgradeOptions & Pick<UpgradeOptions, "path"> {
  const options = checkOptions("upgradeListener", given, upgradeTable);
  const { path } = options;
  return {
    ...resolveShared("upgradeListener", options),
    limits: resolveWireOptions(options).limits,
    ...(path === undefined ? {} : { path }),
  };
}

function resolveShared(door: string, { origins, deflate = false }: UpgradeOptions) {
  return { origins: origins?.map((origin) => checkedOrigin(door, origin)), deflate };
}

function checkedOrigin(door: string, origin: string): string {
  if (origin === "*" || origin === "null") return origin;
  if (URL.canParse(origin) && new URL(origin).origin === origin) return origin;
  throw new TypeError(
    `${door}: origins: expected origins, as in https://shop.example, or *, got ${JSON.stringify(origin)}`,
  );
}

function checkedUrl(url: string): string {
  if (/^wss?:/.test(url)) return url;
  throw new TypeError(
    `ws: urls: expected schemes or addresses, as in wss: or ws://10.0.0.7:8080, got ${JSON.stringify(url)}`,
  );
}

/** `ws://host:port/path` or `wss://host/path`, as both sides have it. */
export function parseAddress(url: string): URL {
  if (URL.canParse(url)) {
    const { hostname, username, password, search, hash } = new URL(url);
    if (hostname !== "" && `${username}${password}${search}${hash}` === "") return new URL(url);
  }
  throw new TypeError(`${url}: expected ${url.startsWith("wss:") ? "wss" : "ws"}://host:port, or with a path behind`);
}
