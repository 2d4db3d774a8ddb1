import type { ServerHost } from "../../core/transport.ts";
import { type Calls, createCalls } from "./answer.ts";
import { Guests } from "./guests.ts";
import type { HttpLimits } from "./limits.ts";
import { type ResolvedSiteOptions, resolveSiteOptions } from "./site-options.ts";

/** What those who answer requests stand on; one for each listener or door. */
export interface HttpSite {
  readonly host: ServerHost;
  readonly limits: HttpLimits;
  readonly calls: Calls;
  readonly guests: Guests;
  readonly options: ResolvedSiteOptions;
}

export function createSite(host: ServerHost, limits: HttpLimits, options = resolveSiteOptions("site")): HttpSite {
  return {
    options,
    host,
    limits,
    calls: createCalls(host, limits),
    guests: new Guests(host, limits),
  };
}
