import { withStandardServices } from "../../codecs/protobuf/services/index.ts";
import type { ServerHost } from "../../core/transport.ts";
import { type Calls, createCalls } from "./answer.ts";
import { Encodings } from "./encodings.ts";
import { Guests } from "./guests.ts";
import type { HttpLimits } from "./limits.ts";
import { Results } from "./results.ts";
import { type ResolvedSiteOptions, resolveSiteOptions } from "./site-options.ts";

/** What those who answer requests stand on; one for each listener or door. */
export interface HttpSite {
  readonly host: ServerHost;
  readonly limits: HttpLimits;
  readonly options: ResolvedSiteOptions;
  readonly calls: Calls;
  readonly guests: Guests;
  readonly encodings: Encodings;
  readonly results: Results;
}

export function createSite(own: ServerHost, limits: HttpLimits, options = resolveSiteOptions("site")): HttpSite {
  const host = withStandardServices(own);
  return {
    host,
    limits,
    options,
    calls: createCalls(host, limits),
    guests: new Guests(host, limits),
    encodings: new Encodings(),
    results: new Results(limits),
  };
}
