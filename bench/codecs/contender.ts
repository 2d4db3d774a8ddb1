import type { StructType } from "../../core/type/type.ts";

/** A way to make bytes of values. Each lives in its own file of `contenders/`, exported as `contender`. */
export interface Contender {
  /** Sets up what values of one type need. Throws where it cannot carry the type, with the reason. */
  prepare(type: StructType): Prepared | Promise<Prepared>;
}

export interface Prepared<V = unknown> {
  /** What the contender wants in place of a plain value, made before the clock starts; the plain value when absent. */
  own?(value: unknown): V;
  /** Bytes that the next `encode` leaves alone. */
  encode(value: V): Uint8Array;
  decode(bytes: Uint8Array): unknown;
  /** The plain value of what `decode` returned, made after the clock has stopped. */
  plain?(decoded: unknown): unknown;
}

export const formats = ["JSON", "MessagePack", "CBOR", "Protobuf", "Avro", "Hessian 2", "V8"] as const;

/** What the harness must know without loading a contender, so that no process holds another one's code. */
export interface Entry {
  readonly name: string;
  readonly format: (typeof formats)[number] | "other";
  /** Below `bench/`; `codecs/contenders/<name>.ts` when absent. */
  readonly file?: string;
  /** Only decoding is of interest. */
  readonly decodeOnly?: true;
  /** Packages whose version belongs into the report. */
  readonly packages?: readonly string[];
}

export const contenders: readonly Entry[] = [
  { name: "trunkline-json", format: "JSON" },
  { name: "builtin-json", format: "JSON" },
  { name: "builtin-json-buffer", format: "JSON" },
  { name: "fast-json-stringify", format: "JSON", packages: ["fast-json-stringify"] },
  { name: "trunkline-msgpack", format: "MessagePack" },
  { name: "msgpackr", format: "MessagePack", packages: ["msgpackr", "msgpackr-extract"] },
  { name: "cbor-x", format: "CBOR", packages: ["cbor-x", "cbor-extract"] },
  { name: "trunkline-protobuf", format: "Protobuf" },
  { name: "protobufjs", format: "Protobuf", packages: ["protobufjs", "protobufjs-cli"] },
  { name: "protobuf-es", format: "Protobuf", packages: ["@bufbuild/protobuf"] },
  { name: "protobuf-es-messages", format: "Protobuf" },
  { name: "trunkline-avro", format: "Avro" },
  { name: "avsc", format: "Avro", packages: ["avsc"] },
  { name: "trunkline-hessian2", format: "Hessian 2" },
  { name: "trunkline-hessian2-java", format: "Hessian 2", decodeOnly: true },
  { name: "hessian-js", format: "Hessian 2", packages: ["hessian.js"] },
  { name: "v8-serialize", format: "V8" },
];

/** The one that times are compared with. */
export const reference = "builtin-json";
