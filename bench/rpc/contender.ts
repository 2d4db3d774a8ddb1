/**
 * A way to echo a value over one connection. Each lives in its own file of `contenders/`, exported as `contender`.
 * Nothing is ever closed: that is done by the end of the process.
 */
export interface Contender<T = unknown> {
  readonly payload: T;
  startServer(): Promise<RunningServer>;
  connect(address: string): Promise<Connection<T>>;
}

export interface RunningServer {
  readonly address: string;
  /** Calls made by `Connection.hold` that have arrived and wait for `release`. */
  held?(): number;
  release?(): void;
}

export interface Connection<T = unknown> {
  /** Decoded and encoded again by the server, and decoded here. */
  call(value: T): Promise<T>;
  /** The same, but answered only after `RunningServer.release`. */
  hold?(value: T): Promise<T>;
}

/** What the harness must know without loading a contender, so that no process holds another one's code. */
export interface Entry {
  readonly name: string;
  /** Server and client share one process. */
  readonly inProcess?: true;
  /** Only at these; all when absent. */
  readonly concurrencies?: readonly number[];
  /** Has `hold`, and its memory per connection and per pending call is printed. */
  readonly footprint?: true;
  /** Packages whose version belongs into the report. */
  readonly packages?: readonly string[];
}

/** The limit, against which ratios are given, comes first. */
export const contenders: readonly Entry[] = [
  { name: "raw-tcp-json", footprint: true },
  { name: "trunkline-tcp-json", footprint: true },
  { name: "trunkline-tcp-msgpack", footprint: true },
  { name: "trunkline-tcp-bytes", concurrencies: [128] },
  { name: "trunkline-tcp-protobuf", concurrencies: [1, 128] },
  { name: "trunkline-tcp-avro", concurrencies: [1, 128] },
  { name: "trunkline-tcp-hessian2", concurrencies: [1, 128] },
  { name: "trunkline-http-json" },
  { name: "trunkline-http2-json" },
  { name: "trunkline-http-grpc" },
  { name: "trunkline-grpc" },
  { name: "trunkline-ws-json" },
  { name: "trunkline-ws-msgpack" },
  { name: "trunkline-memory", inProcess: true },
  { name: "trunkline-memory-plain", inProcess: true },
  { name: "moleculer", packages: ["moleculer"] },
  { name: "bare-ws-json", packages: ["ws"] },
  { name: "capnweb", packages: ["capnweb"] },
  { name: "orpc-ws", packages: ["@orpc/server", "@orpc/client"] },
  { name: "fastify-undici", packages: ["fastify", "undici"] },
  { name: "bare-http2" },
  { name: "connect-node", packages: ["@connectrpc/connect-node"] },
  { name: "connect-node-http2" },
  { name: "orpc" },
  { name: "trpc", packages: ["@trpc/server", "@trpc/client"] },
  { name: "grpc-js", packages: ["@grpc/grpc-js", "@grpc/proto-loader"] },
];
