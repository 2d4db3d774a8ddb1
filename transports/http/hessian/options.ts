import { checkOptions, kinds, type OptionTable } from "../../../core/options.ts";
import { type HttpOptions, type ResolvedHttpOptions, resolveHttpOptions } from "../options.ts";
import { type HessianServing, resolveServing, servingTable } from "./serving.ts";

export interface HessianOptions
  extends HessianServing,
    Pick<HttpOptions, "limits" | "backoff" | "connectTimeoutMs" | "tls"> {
  /** Which URLs these options are for: schemes and addresses, as in `hessians:` or `hessian://10.0.0.7:8080`. Default: all. */
  readonly urls?: readonly string[];
  /**
   * As a client: whether Dubbo is called, whose servers take metadata, version and group from headers that begin with
   * `header`. Servers read these in any case. Default false.
   */
  readonly dubbo?: boolean;
}

const table: OptionTable<HessianOptions> = {
  ...servingTable,
  urls: kinds.list,
  limits: kinds.object,
  backoff: kinds.object,
  connectTimeoutMs: kinds.milliseconds,
  tls: kinds.object,
  dubbo: kinds.flag,
};

export interface ResolvedHessianOptions {
  readonly urls: readonly string[] | undefined;
  readonly http: ResolvedHttpOptions;
  readonly serving: HessianServing;
  readonly dubbo: boolean;
}

export function resolveHessianOptions(given: HessianOptions = {}): ResolvedHessianOptions {
  const { urls, dubbo = false, exact, cycles, paths, ...http } = checkOptions("hessian", given, table);
  return {
    urls: urls?.map(checkedUrl),
    http: resolveHttpOptions(http),
    serving: resolveServing({ exact, cycles, paths } as HessianServing),
    dubbo,
  };
}

function checkedUrl(url: string): string {
  if (/^hessians?:/.test(url)) return url;
  throw new TypeError(
    `hessian: urls: expected schemes or addresses, as in hessians: or hessian://10.0.0.7:8080, got ${JSON.stringify(url)}`,
  );
}

/** A URL of Hessian, as HTTP has it. */
export interface HessianAddress {
  /** `http://host:port` or `https://host:port`. */
  readonly origin: string;
  /** "" or what begins with a slash. */
  readonly path: string;
}

export function parseHessianUrl(url: string): HessianAddress {
  const match = /^hessian(s?):\/\/([^/?#]+)(\/[^?#]*)?$/.exec(url);
  if (!match) {
    throw new TypeError(`${url}: expected hessian://host:port/path, or hessians:// over TLS, without a query`);
  }
  const [, secure, host, path = ""] = match;
  return { origin: `http${secure}://${host}`, path };
}
