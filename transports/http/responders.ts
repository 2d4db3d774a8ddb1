import type { Responder } from "./message.ts";
import { RestResponder } from "./rest/server.ts";
import { RpcResponder } from "./rpc.ts";
import type { HttpSite } from "./site.ts";

/** Makes those who answer requests at one site, in the order in which they are asked. */
export type Respond = (site: HttpSite) => readonly Responder[];

/** Who answers requests, in the order in which they are asked. */
export function responders(site: HttpSite): readonly Responder[] {
  return [new RestResponder(site), new RpcResponder(site)];
}
