import type { BackoffOptions } from "../link/backoff.ts";
import { ReconnectingLink } from "../link/reconnecting-link.ts";
import type { ClientEnvironment } from "../transport.ts";
import type { ClientOperation } from "./client-calls.ts";
import { ClientSession } from "./client-session.ts";
import type { WireLimits } from "./limits.ts";
import type { Dial } from "./pipe.ts";

export interface WireLinkOptions {
  readonly url: string;
  readonly dial: Dial;
  readonly environment: ClientEnvironment;
  readonly limits: WireLimits;
  readonly backoff: BackoffOptions;
}

/** The way to one endpoint over pipes. */
export class WireLink extends ReconnectingLink<ClientOperation> {
  constructor({ url, dial, environment, limits, backoff }: WireLinkOptions) {
    const { platform } = environment;
    super({
      url,
      environment,
      backoff,
      handshakeTimeoutMs: limits.handshakeTimeoutMs,
      connect: (user) =>
        dial((pipe) => {
          const session = new ClientSession(pipe, {
            platform,
            limits,
            credentials: user.credentials,
            onReady: (ready) => user.onReady(ready),
            onGoaway: (leaving) => user.onGoaway(leaving),
            onLost: (lost, error) => user.onLost(lost, error),
            onError: (error, where) => user.onError(error, where),
          });
          user.onOpen(session);
          return session;
        }, user.signal),
    });
  }
}
