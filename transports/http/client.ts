import { RpcError } from "../../core/error.ts";
import type { Posting } from "../../core/link/addressed-session.ts";
import { type AddressedOperation, AddressedSession } from "../../core/link/addressed-session.ts";
import { ReconnectingLink } from "../../core/link/reconnecting-link.ts";
import type { SessionUser } from "../../core/link/session.ts";
import type { ClientEnvironment, Link } from "../../core/transport.ts";
import { checkMetadataSize } from "../../core/wire/metadata.ts";
import type { ResolvedClientOptions } from "./client-options.ts";
import type { ClientProtocol, ClientSite } from "./client-site.ts";
import { compressions } from "./compression.ts";
import { ConnectClient } from "./connect/client.ts";
import { type Connected, dialHttp1, dialHttp2 } from "./dial.ts";
import { GrpcClient } from "./grpc/client.ts";
import { GrpcWebClient } from "./grpc-web/client.ts";
import { credentialsHeader } from "./headers.ts";
import { parseAddress, type ResolvedHttpOptions } from "./options.ts";

/** The way to one endpoint. It is ready when a connection could be opened, since nothing is agreed on over it. */
export function connectLink(url: string, environment: ClientEnvironment, options: ResolvedHttpOptions): Link {
  const { limits, backoff } = options;
  parseAddress(url);
  return new ReconnectingLink<AddressedOperation>({
    url,
    environment,
    backoff,
    handshakeTimeoutMs: limits.handshakeTimeoutMs,
    connect: (user) => connect(url, { environment, options, user }),
  });
}

interface Connecting {
  readonly environment: ClientEnvironment;
  readonly options: ResolvedHttpOptions;
  readonly user: SessionUser<AddressedOperation>;
}

function connect(url: string, { environment, options, user }: Connecting): Promise<void> {
  const { platform } = environment;
  const { limits, client } = options;
  const dial = client.httpVersion === 2 ? dialHttp2 : dialHttp1;
  return dial({ url, platform, options, signal: user.signal }, (open) => {
    let protocol: ClientProtocol | undefined;
    let connected: Connected | undefined;
    const session = new AddressedSession({
      platform,
      limits,
      user,
      post: (posting: Posting) => {
        checkMetadataSize(posting.metadata);
        return (protocol as ClientProtocol).post(posting);
      },
      onEnd: (_, idle) => connected?.end(idle),
    });
    connected = open({
      onLost: (error) => session.end(error),
      onGoaway: () => session.left(),
      pending: () => session.pendingCount,
    });
    const site: ClientSite = {
      requester: connected.requester,
      maxMessageBytes: limits.maxMessageBytes,
      compression: compressionOf(client),
      headers: credentialsHeader(user.credentials),
      get: client.get,
      now: () => platform.now(),
      onError: (error, where) => user.onError(error, where),
    };
    protocol = new protocols[client.protocol](site);
    user.onOpen(session);
    if (!session.closed) user.onReady(session);
  });
}

const protocols = { connect: ConnectClient, grpc: GrpcClient, "grpc-web": GrpcWebClient } as const;

function compressionOf({ send, accept, fromBytes }: ResolvedClientOptions): ClientSite["compression"] {
  const named = send === undefined ? undefined : compressions.get(send);
  if (send !== undefined && named === undefined) {
    const message = `http: compression: ${send}: this version of Node does not have it; it has ${[...compressions.keys()].join(", ")}`;
    throw new RpcError({ code: "INVALID_ARGUMENT", message });
  }
  return {
    send: named,
    sendFromBytes: fromBytes,
    accept: accept.length === 0 ? undefined : accept.join(","),
    known: compressions,
  };
}
