import { createSecureContext } from "node:tls";
import type { ChannelCredentials, ChannelInterface, ChannelOptions } from "@grpc/grpc-js";
import type { GrpcLibrary } from "./library.ts";
import { isSecure, parseAddress, type ResolvedGrpcOptions } from "./options.ts";

/** A channel to one address, which has begun to connect. */
export function openChannel(grpc: GrpcLibrary, url: string, options: ResolvedGrpcOptions): ChannelInterface {
  const { host, port } = parseAddress(url);
  const { servername } = options.tls ?? {};
  const channelOptions: ChannelOptions = {
    ...(servername !== undefined && {
      "grpc.ssl_target_name_override": servername,
      "grpc.default_authority": servername,
    }),
    ...options.channelOptions,
  };
  const channel = new grpc.Channel(`dns:${host}:${port}`, credentialsOf(grpc, url, options), channelOptions);
  channel.getConnectivityState(true);
  return channel;
}

function credentialsOf(grpc: GrpcLibrary, url: string, options: ResolvedGrpcOptions): ChannelCredentials {
  if (!isSecure(url)) return grpc.credentials.createInsecure();
  const { tls = {}, callCredentials, channelCredentials } = options;
  const { ca, cert, key, rejectUnauthorized = true } = tls;
  const made =
    channelCredentials ??
    grpc.credentials.createFromSecureContext(createSecureContext({ ca, cert, key, ALPNProtocols: ["h2"] } as object), {
      rejectUnauthorized,
    });
  return callCredentials === undefined ? made : grpc.credentials.combineChannelCredentials(made, callCredentials);
}

/** Calls `changed` at each change of the channel's state, until it is told to stop or the channel is closed. */
export function watchState(channel: ChannelInterface, changed: () => void): () => void {
  let watching = true;
  const next = (): void => {
    if (!watching) return;
    channel.watchConnectivityState(channel.getConnectivityState(false), Number.POSITIVE_INFINITY, () => {
      if (!watching) return;
      changed();
      next();
    });
  };
  next();
  return () => {
    watching = false;
  };
}

/** Why there is no connection, which grpc-js tells of a call alone: one that nobody sends, as there is none. */
export function askReason(grpc: GrpcLibrary, channel: ChannelInterface, told: (why: string) => void): void {
  const call = channel.createCall("/", Number.POSITIVE_INFINITY, null, null, null);
  const onReceiveStatus = ({ details }: { details: string }): void => {
    told(/Last error: (.*?)(?:\. Resolution note:.*)?$/s.exec(details)?.[1] || details);
  };
  call.start(new grpc.Metadata(), { onReceiveMetadata() {}, onReceiveMessage() {}, onReceiveStatus });
}
