import type { Transport } from "../../core/transport.ts";
import { connectLink } from "./client.ts";
import { type GrpcOptions, resolveGrpcOptions } from "./options.ts";

export type { GrpcCompression, GrpcKeepalive, GrpcOptions, GrpcTlsOptions } from "./options.ts";

/**
 * gRPC by `@grpc/grpc-js`, with its channel options, interceptors and credentials: `grpc://host:port`, `grpcs://host:port`.
 * Install that library beside this one.
 */
export function grpc(options?: GrpcOptions): Transport {
  const resolved = resolveGrpcOptions(options);
  return {
    scheme: "grpc",
    schemes: ["grpcs"],
    urls: resolved.urls,
    lacks: () => ["callbacks"],
    connect: (url, environment) => connectLink(url, environment, resolved),
    // Loaded when it is used: who only calls does without the serving half.
    listen: async (url, host) => (await import("./server.ts")).listenOn(url, host, resolved),
  };
}
