import type { Responder } from "./message.ts";
import { RpcResponder } from "./rpc.ts";
import type { HttpSite } from "./site.ts";

/** Who answers requests, in the order in which they are asked. */
export function responders(site: HttpSite): readonly Responder[] {
  return [new RpcResponder(site)];
}
