import type { Order } from "../rpc/order.ts";

/** A client program in three steps, each timed. Each lives in its own file of `clients/`, exported as `client`. */
export interface Client {
  /** Loads the library; `dist` is the folder of ours, as it is built. */
  load(dist: string): Promise<Loaded>;
}

export interface Loaded {
  /** Declares the service and connects to it. */
  connect(address: string): Promise<Connected>;
}

export interface Connected {
  call(order: Order): Promise<Order>;
}

export interface Entry {
  readonly name: string;
  /** The contender of the question of calls whose server answers. */
  readonly server: string;
  readonly packages?: readonly string[];
}

/** The limit, which loads nothing, comes first. */
export const contenders: readonly Entry[] = [
  { name: "raw-tcp-json", server: "raw-tcp-json" },
  { name: "trunkline", server: "trunkline-tcp-msgpack" },
  { name: "grpc-js", server: "grpc-js", packages: ["@grpc/grpc-js", "@grpc/proto-loader"] },
];
