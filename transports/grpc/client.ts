import type { ChannelInterface } from "@grpc/grpc-js";
import type { AddressedOperation } from "../../core/link/addressed-session.ts";
import { ReconnectingLink } from "../../core/link/reconnecting-link.ts";
import type { Connect } from "../../core/link/session.ts";
import type { ClientEnvironment, Link } from "../../core/transport.ts";
import { dialing } from "../../core/wire/dialing.ts";
import { askReason, openChannel, watchState } from "./channel.ts";
import { type GrpcLibrary, loadGrpc } from "./library.ts";
import { parseAddress, type ResolvedGrpcOptions } from "./options.ts";
import { GrpcSession } from "./session.ts";

export function connectLink(url: string, environment: ClientEnvironment, options: ResolvedGrpcOptions): Link {
  parseAddress(url);
  const { limits, backoff } = options;
  const { handshakeTimeoutMs } = limits;
  const connect = connector(url, environment, options);
  return new ReconnectingLink({ url, environment, backoff, handshakeTimeoutMs, connect });
}

/** A session is one channel: grpc-js would connect again by itself, and the link would not know. */
function connector(
  url: string,
  { platform }: ClientEnvironment,
  options: ResolvedGrpcOptions,
): Connect<AddressedOperation> {
  const { connectTimeoutMs } = options;
  return async (user) => {
    const grpc = await loadGrpc();
    await dialing({ url, platform, connectTimeoutMs, signal: user.signal }, ({ open, refuse }) => {
      const channel = openChannel(grpc, url, options);
      const stop = whenDecided(grpc, channel, {
        open: () => {
          open(() => {
            const session = new GrpcSession({ grpc, channel, platform, options, user });
            user.onOpen(session);
            if (!session.closed) user.onReady(session);
          });
        },
        refuse,
      });
      return () => {
        stop();
        // In a later turn: closed before it has its addresses, it would open them all the same, and never stop.
        platform.nextTurn(() => channel.close());
      };
    });
  };
}

/** Tells once whether there is a connection. */
function whenDecided(
  grpc: GrpcLibrary,
  channel: ChannelInterface,
  decided: { open(): void; refuse(why: string): void },
): () => void {
  const { READY, TRANSIENT_FAILURE } = grpc.connectivityState;
  const stop = watchState(channel, () => {
    const state = channel.getConnectivityState(false);
    if (state !== READY && state !== TRANSIENT_FAILURE) return;
    stop();
    if (state === READY) decided.open();
    else askReason(grpc, channel, decided.refuse);
  });
  return stop;
}
