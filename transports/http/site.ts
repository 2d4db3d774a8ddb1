import type { ServerHost } from "../../core/transport.ts";
import { type Calls, createCalls } from "./answer.ts";
import { Guests } from "./guests.ts";
import type { HttpLimits } from "./limits.ts";

/** What those who answer requests stand on; one for each listener or door. */
export interface HttpSite {
  readonly host: ServerHost;
  readonly limits: HttpLimits;
  readonly calls: Calls;
  readonly guests: Guests;
}

export function createSite(host: ServerHost, limits: HttpLimits): HttpSite {
  return { host, limits, calls: createCalls(host, limits), guests: new Guests(host, limits) };
}
