import { RpcError } from "../../core/error.ts";
import { Acceptor } from "../../core/link/acceptor.ts";
import { nameIn } from "../../core/link/name.ts";
import type { Listener, ServerHost } from "../../core/transport.ts";
import { addListener, type Listening, removeListener } from "./listeners.ts";
import type { ResolvedMemoryOptions } from "./options.ts";

/** The serving end: a name, and the connections made to it. */
export async function listenAs(url: string, host: ServerHost, options: ResolvedMemoryOptions): Promise<Listener> {
  const name = nameIn(url);
  const acceptor: Listening["acceptor"] = new Acceptor(host, options.limits.maxConnections);
  const listening: Listening = { url, host, options, acceptor };
  if (!addListener(name, listening)) {
    throw new RpcError({
      code: "ALREADY_EXISTS",
      message: `${url}: the name is in use in this process; stop what listens there, or choose another`,
    });
  }
  return acceptor.listener(url, () => removeListener(name, listening));
}
