import { type AddressInfo, createServer, type Server as NetServer } from "node:net";
import type { ServerCredentials } from "@grpc/grpc-js";
import { withStandardServices } from "../../codecs/protobuf/services/index.ts";
import { listening } from "../../core/link/listening.ts";
import type { Listener, ServerHost } from "../../core/transport.ts";
import { GrpcDoor } from "./door.ts";
import { type GrpcLibrary, loadGrpc } from "./library.ts";
import { isSecure, parseAddress, type ResolvedGrpcOptions } from "./options.ts";

export async function listenOn(url: string, host: ServerHost, options: ResolvedGrpcOptions): Promise<Listener> {
  const grpc = await loadGrpc();
  const address = parseAddress(url);
  const credentials = credentialsOf(grpc, url, options);
  const door = new GrpcDoor(grpc, withStandardServices(host), { url, options });
  const injector = door.server.createConnectionInjector(credentials);
  const server = createServer((socket) => {
    if (door.admit(socket)) injector.injectConnection(socket);
    else socket.destroy();
  });
  server.maxConnections = options.limits.maxConnections;
  server.on("drop", (peer) => door.full(peer ?? {}));
  await listening(server, url, address);
  server.on("error", (error) => host.onError(error, { endpoint: url, instance: host.instance }));
  return door.acceptor.listener(boundUrl(server, url), () => {
    server.close();
    // Asks every client to leave, which ends with its last call.
    injector.destroy();
  });
}

function boundUrl(server: NetServer, url: string): string {
  const { port } = server.address() as AddressInfo;
  return url.replace(/:\d+\/?$/, `:${port}`);
}

function credentialsOf(
  grpc: GrpcLibrary,
  url: string,
  { tls, serverCredentials }: ResolvedGrpcOptions,
): ServerCredentials {
  if (!isSecure(url)) return grpc.ServerCredentials.createInsecure();
  if (serverCredentials !== undefined) return serverCredentials;
  const { ca, key, cert, requestCert = false } = tls ?? {};
  if (key === undefined || cert === undefined) {
    throw new TypeError(
      `${url}: a TLS server needs a key and a certificate; give transports: [grpc({ tls: { key, cert } })]`,
    );
  }
  const pair = { private_key: pem(key), cert_chain: pem(cert) };
  return grpc.ServerCredentials.createSsl(ca === undefined ? null : pem(ca), [pair], requestCert);
}

/** grpc-js looks for buffers, and hands them to Node, which takes texts as well. */
function pem(given: unknown): Buffer {
  return (typeof given === "string" ? Buffer.from(given) : given) as Buffer;
}
