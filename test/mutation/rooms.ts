/** A part of the sources whose guards must be held by tests, and the tests that are asked. */
export interface Room {
  readonly name: string;
  /** Files and folders; a folder means what lies in it. */
  readonly sources: readonly string[];
}

export const rooms: readonly Room[] = [
  {
    name: "call path",
    sources: [
      "core/client/caller.ts",
      "core/call/outgoing.ts",
      "core/call/incoming.ts",
      "core/server/serving.ts",
      "core/server/server.ts",
      "core/client/client.ts",
      "core/client/proxy.ts",
      "core/client/multicast.ts",
      "core/call/oneways.ts",
      "core/error.ts",
      "core/metadata.ts",
      "core/call/future.ts",
    ],
  },
  {
    name: "channel",
    sources: [
      "core/client/channel.ts",
      "core/client/member.ts",
      "core/client/link-pool.ts",
      "core/client/reference.ts",
      "core/balancer.ts",
      "core/link/backoff.ts",
      "core/call/timer-wheel.ts",
    ],
  },
  {
    name: "registry",
    sources: [
      "core/registry.ts",
      "core/client/known-instances.ts",
      "core/server/handler.ts",
      "core/server/health.ts",
      "core/server/registrar.ts",
      "core/server/service-table.ts",
      "registry",
    ],
  },
  {
    name: "topics",
    sources: [
      "core/contract/topic.ts",
      "core/topic/hub.ts",
      "core/client/topic-client.ts",
      "core/topic/subscription.ts",
    ],
  },
  { name: "wire", sources: ["core/wire"] },
  {
    name: "codecs' guards",
    sources: [
      "core/compile/source.ts",
      "core/compile/byte-source.ts",
      "core/bytes/varint.ts",
      "codecs/msgpack/reader.ts",
      "codecs/protobuf/reader.ts",
      "codecs/avro/reader.ts",
      "codecs/hessian2/reader.ts",
    ],
  },
];

/** What runs within one process and within moments. */
export const specs: readonly string[] = ["test/core", "test/registry", "test/transports", "test/codecs"];

/** What the specs above hold that is left out, with the reason. */
export const leftOut: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /-(java|protoc)\.test\.ts$|unfolding\.test\.ts$/, why: "starts other programs" },
  { pattern: /(avro|msgpack)-vectors\.test\.ts$/, why: "many seconds, for bytes that the suites compare too" },
];

/** Tests by their title: the same suite again, over the same code. */
export const repeated =
  /^transport tcp (with (msgpack|protobuf|avro|hessian2|TLS)|over a unix socket)|^transport simulated(?!, after)/;
