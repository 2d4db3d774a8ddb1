import { nameIn } from "../../core/link/name.ts";
import { ReconnectingLink } from "../../core/link/reconnecting-link.ts";
import { unreachable } from "../../core/link/unreachable.ts";
import type { ClientEnvironment, Link } from "../../core/transport.ts";
import { MemoryConnection } from "./connection.ts";
import { listenerOf } from "./listeners.ts";
import type { MemoryOperation } from "./operation.ts";
import type { ResolvedMemoryOptions } from "./options.ts";

/** The way to one name, where somebody listens or will. */
export function connectLink(url: string, environment: ClientEnvironment, options: ResolvedMemoryOptions): Link {
  const name = nameIn(url);
  return new ReconnectingLink<MemoryOperation>({
    url,
    environment,
    handshakeTimeoutMs: options.limits.handshakeTimeoutMs,
    backoff: options.backoff,
    connect: async (user) => {
      const listener = listenerOf(name);
      if (listener === undefined) throw unreachable(url, "nobody listens there in this process");
      const connection = new MemoryConnection(listener, options, user);
      user.onOpen(connection);
      connection.open(user.credentials);
    },
  });
}
