import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { TlsOptions } from "node:tls";
import { type BackoffOptions, resolveBackoff } from "../../core/link/backoff.ts";
import { checkOptions, kinds, type OptionTable } from "../../core/options.ts";
import type { CallHandler } from "../../core/transport.ts";
import { type ClientOptions, clientTable, type ResolvedClientOptions, resolveClientOptions } from "./client-options.ts";
import { type HessianServing, resolveServing } from "./hessian/serving.ts";
import { type HttpLimits, resolveHttpLimits } from "./limits.ts";
import { type ResolvedSiteOptions, resolveSiteOptions, type SiteOptions, siteTable } from "./site-options.ts";

export interface HttpOptions extends SiteOptions, ClientOptions {
  /** Which URLs these options are for: schemes and addresses, as in `https:` or `http://10.0.0.7:8080`. Default: all. */
  readonly urls?: readonly string[];
  /** Bounds on what a peer may cost; see `HttpLimits`. */
  readonly limits?: Partial<HttpLimits>;
  /** How soon a lost connection is tried again. Default from 50 ms to 10 s. */
  readonly backoff?: Partial<BackoffOptions>;
  /** Time to open a connection. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /**
   * For `https://` alone. Node's options: `key` and `cert` on the server, `ca` on the client. With `requestCert` on the server
   * and `key` and `cert` on the client the client's certificate becomes the identity (mTLS).
   */
  readonly tls?: TlsOptions & { readonly servername?: string };
  /**
   * As a server: takes what asks this port for another protocol, as `upgradeListener` of `trunkline/transports/ws` makes it for
   * WebSockets: `http({ upgrade: upgradeListener })`. Default: nobody.
   */
  readonly upgrade?: (handler: CallHandler) => Promise<UpgradeListener>;
  /** As a server: Hessian's calls (`x-application/hessian`) are answered on this port, too. Default false. */
  readonly hessian?: boolean | HessianServing;
}

/** What `server.on("upgrade", …)` of `node:http` calls. */
type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const table: OptionTable<HttpOptions> = {
  ...siteTable,
  ...clientTable,
  urls: kinds.list,
  limits: kinds.object,
  backoff: kinds.object,
  connectTimeoutMs: kinds.milliseconds,
  tls: kinds.object,
  upgrade: kinds.function,
  hessian: {
    expected: "true, false or an object",
    fits: (value) => kinds.flag.fits(value) || kinds.object.fits(value),
  },
};

export interface ResolvedHttpOptions {
  readonly urls: readonly string[] | undefined;
  readonly limits: HttpLimits;
  readonly backoff: BackoffOptions;
  readonly connectTimeoutMs: number;
  readonly tls: HttpOptions["tls"];
  readonly upgrade: HttpOptions["upgrade"];
  readonly hessian: HessianServing | undefined;
  readonly site: ResolvedSiteOptions;
  readonly client: ResolvedClientOptions;
}

export function resolveHttpOptions(given: HttpOptions = {}): ResolvedHttpOptions {
  const checked = checkOptions("http", given, table);
  const { urls, limits, backoff, connectTimeoutMs = 5000, tls, hessian, upgrade } = checked;
  return {
    urls: urls?.map(checkedUrl),
    limits: resolveHttpLimits(limits),
    backoff: resolveBackoff(backoff),
    connectTimeoutMs,
    tls,
    upgrade,
    hessian: hessian === undefined || hessian === false ? undefined : resolveServing(hessian === true ? {} : hessian),
    site: resolveSiteOptions("http", only(checked, siteTable)),
    client: resolveClientOptions(checked),
  };
}

/** Of some options those that a table has. */
function only<T extends object>(options: T, table: object): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(table, name))) as Partial<T>;
}

function checkedUrl(url: string): string {
  if (/^https?:/.test(url)) return url;
  throw new TypeError(
    `http: urls: expected schemes or addresses, as in https: or http://10.0.0.7:8080, got ${JSON.stringify(url)}`,
  );
}

/** Where `http://host:port` or `https://host:port` listens; the port of the scheme where none is named. */
export function parseAddress(url: string): { readonly host: string; readonly port: number } {
  const match = /^(https?):\/\/(\[[^\]]+\]|[^:/?#]+)(?::(\d+))?\/?$/.exec(url);
  const port = Number(match?.[3] ?? (match?.[1] === "https" ? 443 : 80));
  if (!match || port > 65_535) {
    throw new TypeError(`${url}: expected ${url.slice(0, url.indexOf(":"))}://host:port with a port from 0 to 65535`);
  }
  return { host: (match[2] as string).replace(/^\[|\]$/g, ""), port };
}
