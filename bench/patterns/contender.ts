import type { Order } from "../rpc/order.ts";
import type { PatternName } from "./pattern.ts";

/**
 * A way to do what the patterns ask over a connection. Each lives in its own file of `contenders/`, exported as
 * `contender`. What a contender's entry does not name, its connection need not have. Nothing is ever closed: that is done
 * by the end of the process.
 */
export interface Contender {
  startServer(options: ServerOptions): Promise<RunningServer>;
  connect(address: string): Promise<Connection>;
}

export interface ServerOptions {
  /** To be called by the handler of a oneway, with what it got. */
  readonly handled: (order: Order) => void;
  /** Where the broker listens that the harness has started, for those who need one. */
  readonly broker: string | undefined;
}

export interface RunningServer {
  readonly address: string;
  /** To the subscribers of that key. What it returns, if anything, is awaited. */
  publish?(order: Order, key: string): unknown;
}

export interface Connection {
  /** Decoded and encoded again by the server, and decoded here. */
  call?(order: Order): Promise<Order>;
  /** Nothing comes back. */
  send?(order: Order): void;
  /** The server sends the order so often. Resolves to the number of items that came. */
  serverStream?(count: number, check: Check): Promise<number>;
  /** Resolves to the number of items that came, as the server says, which checks them. */
  clientStream?(count: number): Promise<number>;
  /** The server echoes each item; so many are unanswered at the most. Resolves to the number of echoes. */
  bidirectional?(count: number, window: number, check: Check): Promise<number>;
  /** Resolves when the server knows. */
  subscribe?(key: string, deliver: Check): Promise<void>;
}

export type Check = (order: Order) => void;

/** What the harness must know without loading a contender, so that no process holds another one's code. */
export interface Entry {
  readonly name: string;
  readonly patterns: readonly PatternName[];
  /** Packages whose version belongs into the report. */
  readonly packages?: readonly string[];
  readonly needsNats?: true;
}

const calls: readonly PatternName[] = ["unary", "oneway"];
const streams: readonly PatternName[] = ["server-stream", "client-stream", "bidirectional"];
const toOneClient: readonly PatternName[] = ["fan-out-one-client", "keyed-one-client"];
const fanOuts: readonly PatternName[] = [...toOneClient, "fan-out-clients", "keyed-clients"];

/** The limit, against which ratios are given, comes first. */
export const contenders: readonly Entry[] = [
  { name: "raw-tcp-json", patterns: [...calls, ...streams, ...fanOuts] },
  { name: "trunkline-tcp-json", patterns: [...calls, ...streams, ...fanOuts] },
  { name: "trunkline-tcp-msgpack", patterns: [...calls, ...streams, ...fanOuts] },
  { name: "trunkline-plain-iterator", patterns: streams },
  { name: "trunkline-plain", patterns: ["oneway", ...streams] },
  { name: "grpc-js", patterns: ["unary", ...streams], packages: ["@grpc/grpc-js", "@grpc/proto-loader"] },
  { name: "ws", patterns: fanOuts, packages: ["ws"] },
  { name: "socket-io", patterns: fanOuts, packages: ["socket.io", "socket.io-client"] },
  { name: "nats", patterns: [...calls, ...fanOuts], packages: ["@nats-io/transport-node"], needsNats: true },
  { name: "moleculer", patterns: [...calls, ...toOneClient], packages: ["moleculer"] },
];
