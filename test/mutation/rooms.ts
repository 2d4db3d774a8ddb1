/** A part of the sources whose guards must be held by tests, and the tests that are asked. */
export interface Room {
  readonly name: string;
  /** Files and folders; a folder means what lies in it. */
  readonly sources: readonly string[];
}

export const rooms: readonly Room[] = [
  { name: "call path", sources: ["core/call", "core/error.ts", "core/metadata.ts"] },
  { name: "client", sources: ["core/client", "core/balancer.ts"] },
  { name: "links", sources: ["core/link"] },
  { name: "server", sources: ["core/server"] },
  { name: "registry", sources: ["core/registry.ts", "registry"] },
  { name: "topics", sources: ["core/topic", "core/contract/topic.ts"] },
  { name: "memory", sources: ["transports/memory"] },
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
