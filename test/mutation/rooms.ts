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
      "core/caller.ts",
      "core/outgoing.ts",
      "core/incoming.ts",
      "core/serving.ts",
      "core/server.ts",
      "core/client.ts",
      "core/proxy.ts",
      "core/multicast.ts",
      "core/oneways.ts",
      "core/error.ts",
      "core/metadata.ts",
      "core/future.ts",
    ],
  },
  {
    name: "channel",
    sources: [
      "core/channel.ts",
      "core/member.ts",
      "core/link-pool.ts",
      "core/reference.ts",
      "core/balancer.ts",
      "core/backoff.ts",
      "core/timer-wheel.ts",
    ],
  },
  { name: "topics", sources: ["core/topic.ts", "core/topic-hub.ts", "core/topic-client.ts", "core/subscription.ts"] },
  { name: "wire", sources: ["core/wire"] },
  {
    name: "codecs' guards",
    sources: [
      "core/source.ts",
      "core/byte-source.ts",
      "core/varint.ts",
      "codecs/msgpack/reader.ts",
      "codecs/protobuf/reader.ts",
      "codecs/avro/reader.ts",
      "codecs/hessian2/reader.ts",
    ],
  },
];

/** What runs within one process and within moments. */
export const specs: readonly string[] = ["test/core", "test/wire", "test/registry", "test/transports", "test/codecs"];

/** What the specs above hold that is left out, with the reason. */
export const leftOut: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /-(java|protoc)\.test\.ts$|unfolding\.test\.ts$/, why: "starts other programs" },
  { pattern: /(avro|msgpack)-vectors\.test\.ts$/, why: "many seconds, for bytes that the suites compare too" },
];

/** Tests by their title: the same suite again, over the same code. */
export const repeated =
  /^transport tcp (with (msgpack|protobuf|avro|hessian2|TLS)|over a unix socket)|^transport simulated(?!, after)/;
