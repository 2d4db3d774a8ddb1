import type { Responder } from "./message.ts";
import { PageResponder } from "./page/server.ts";
import { RestResponder } from "./rest/server.ts";
import { RpcResponder } from "./rpc.ts";
import type { HttpSite } from "./site.ts";

/** Makes those who answer requests at one site, in the order in which they are asked. */
export type Respond = (site: HttpSite) => readonly Responder[];

export function responders(site: HttpSite): readonly Responder[] {
  const rpc = new RpcResponder(site);
  /** What was called before on the same connection is found at once. */
  const known: Responder = { take: (request, response) => rpc.takeKnown(request, response) };
  /** What nobody takes is refused in the protocol that it came by. */
  const last: Responder = {
    take(request, response) {
      rpc.refuse(request, response);
      return true;
    },
  };
  return [known, new PageResponder(site), new RestResponder(site), rpc, last];
}
