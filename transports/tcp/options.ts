import type { TlsOptions } from "node:tls";
import { checkOptions, kinds, type OptionTable } from "../../core/options.ts";
import {
  type ResolvedWireOptions,
  resolveWireOptions,
  type WireOptions,
  wireOptions,
} from "../../core/wire/options.ts";

export interface TcpOptions extends WireOptions {
  /**
   * Which URLs these options are for, where one `tcp()` is not enough: schemes and addresses, as in `tls:`,
   * `tcp://10.0.0.7:20880` or `unix:///run/orders.sock`. The one that names the most of a URL takes it. Default: all.
   */
  readonly urls?: readonly string[];
  /**
   * For `tls://` alone, as `tcp://` and `unix://` are never encrypted. Node's options: `key` and `cert` on the server, `ca`
   * on the client. With `requestCert` on the server and `key` and `cert` on the client the client's certificate becomes
   * the identity (mTLS).
   */
  readonly tls?: TlsOptions & { readonly servername?: string };
}

const table: OptionTable<TcpOptions> = {
  ...wireOptions,
  urls: kinds.list,
  tls: kinds.object,
};

const READ_BUFFER_BYTES = 64 * 1024;

export interface ResolvedTcpOptions extends ResolvedWireOptions {
  readonly urls: readonly string[] | undefined;
  /**
   * What clients' connections read into, one buffer for all: a read is parsed before the next one begins, and
   * whoever parses it copies what it keeps.
   */
  readonly readBuffer: Uint8Array;
  readonly tls: (TlsOptions & { readonly servername?: string }) | undefined;
}

export function resolveTcpOptions(given: TcpOptions = {}): ResolvedTcpOptions {
  const options = checkOptions("tcp", given, table);
  return {
    ...resolveWireOptions(options),
    urls: options.urls === undefined ? undefined : options.urls.map(checkedUrl),
    readBuffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
    tls: options.tls,
  };
}

function checkedUrl(url: string): string {
  if (/^(tcp|tls|unix):/.test(url)) return url;
  throw new TypeError(
    `tcp: urls: expected schemes or addresses, as in tls: or tcp://10.0.0.7:20880, got ${JSON.stringify(url)}`,
  );
}

export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** `tcp://host:port`, `tls://host:port` or `unix:///run/orders.sock`. */
export function parseAddress(url: string): Address {
  if (url.startsWith("unix://")) {
    const path = url.slice("unix://".length);
    if (path === "") throw new TypeError(`${url}: expected the path of a socket, as in unix:///run/orders.sock`);
    return { path };
  }
  const match = /^(?:tcp|tls):\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(url);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) {
    throw new TypeError(`${url}: expected ${url.slice(0, 3)}://host:port with a port from 0 to 65535`);
  }
  return { host: (match[1] as string).replace(/^\[|\]$/g, ""), port };
}
