import { Adapters, registryOf } from "./adapters.ts";
import { type BalancerFactory, roundRobin } from "./core/balancer.ts";
import type { AttemptInterceptor, Interceptor } from "./core/call/interceptor.ts";
import { RpcClient } from "./core/client/client.ts";
import type { ClusterFactory } from "./core/cluster.ts";
import type { Codec } from "./core/codec.ts";
import type { ErrorSource } from "./core/error-source.ts";
import { checkOptions, kinds, type OptionTable } from "./core/options.ts";
import type { Registry } from "./core/registry.ts";
import type { RouterFactory } from "./core/router.ts";
import type { Transport } from "./core/transport.ts";
import { createNodePlatform } from "./platform-node.ts";
import { errorListener } from "./print-error.ts";

export interface ConnectOptions {
  /** Where instances are, as URLs: `["tcp://a:20880", "tcp://b:20880"]`. Either this or `registry`. */
  readonly endpoints?: readonly string[];
  /** Finds the instances. */
  readonly registry?: Registry | string;
  /**
   * For how long after an outage of the registry instances that it no longer names are kept, in milliseconds: a registry that
   * has just come back may know few of them, or none. @default 30000
   */
  readonly registryGraceMs?: number;
  /** Typed factories, where a URL alone does not say enough: `[tcp({ tls })]`. */
  readonly transports?: readonly Transport[];
  /** @default "msgpack" */
  readonly codec?: string | Codec;
  /** The deadline of each unary and oneway call, in milliseconds, where nothing nearer says one. @default 30000 */
  readonly timeoutMs?: number;
  /** Around each call, outermost first. */
  readonly interceptors?: readonly Interceptor[];
  /** Around each attempt at a call, inside of those: they see to which instance it goes, its number and its outcome. */
  readonly attemptInterceptors?: readonly AttemptInterceptor[];
  /**
   * Sent to each server in the handshake: anything that JSON can say, or a function, async or not, that gives it and is
   * asked anew for each connection. If it fails, so does that attempt to connect, and `onError` is told. Never logged.
   */
  readonly credentials?: unknown;
  /** Which instances a call may go to, and in which order: each gets what the one before it left. Default: all. */
  readonly routers?: readonly RouterFactory[];
  /** How to pick among those. @default roundRobin */
  readonly balancer?: BalancerFactory;
  /** What becomes of a call after each attempt: whether, where and when it is tried again. @default failover() */
  readonly cluster?: ClusterFactory;
  /**
   * Whether calls fail with `UNAVAILABLE` where no instance is connected, nor being connected for the first time. By default
   * they wait for a connection, within their deadline. @default false
   */
  readonly failFast?: boolean;
  /**
   * Connections to each endpoint, for more calls at once than one may carry (`maxPendingCalls`), or so that what is large
   * holds up fewer others. Each call takes the least busy one. @default 1
   */
  readonly connections?: number;
  /** How long `close` waits for calls and streams in progress, in milliseconds. @default 10000 */
  readonly drainMs?: number;
  /**
   * Told of what no call can carry, and where it arose: a subscriber or callback that threw, a oneway that was not sent,
   * messages that were dropped. Default: `console.error`.
   */
  readonly onError?: (error: unknown, where: ErrorSource) => void;
  /** Whether calls made inside a handler inherit its deadline and travelling metadata. @default true */
  readonly inherit?: boolean;
}

const table: OptionTable<ConnectOptions> = {
  endpoints: kinds.urls,
  registry: kinds.registry,
  registryGraceMs: kinds.millisecondsFrom0,
  transports: kinds.transports,
  codec: kinds.codec,
  timeoutMs: kinds.milliseconds,
  interceptors: kinds.functions,
  credentials: kinds.anything,
  attemptInterceptors: kinds.functions,
  routers: kinds.functions,
  balancer: kinds.function,
  cluster: kinds.function,
  drainMs: kinds.millisecondsFrom0,
  onError: kinds.function,
  inherit: kinds.flag,
  failFast: kinds.flag,
  connections: kinds.count,
};

/** A client of any number of services. Throws a `TypeError` for options that make no sense; connects when it refers. */
export async function connect(given: ConnectOptions): Promise<RpcClient> {
  const options = checkOptions("connect", given, table);
  const { endpoints, timeoutMs = 30_000 } = options;
  if ((endpoints === undefined) === (options.registry === undefined)) {
    throw new TypeError("connect: give either endpoints or a registry");
  }
  if (endpoints?.length === 0)
    throw new TypeError("connect: endpoints is empty; name at least one, like tcp://127.0.0.1:20880");
  // Before anything is awaited: the handler that connects is at work, and its calls inherit, too.
  const platform = createNodePlatform(options.inherit ?? true);
  platform.current?.keep?.();
  const adapters = new Adapters(options.transports ?? []);
  for (const url of endpoints ?? []) await adapters.transportOf(url);
  const { registry, ownsRegistry } = await registryOf(options.registry);
  return new RpcClient(
    { platform, transportOf: adapters.transportOf, codecOf: adapters.codecOf, registry, ownsRegistry },
    {
      endpoints: endpoints === undefined ? undefined : [...new Set(endpoints)],
      credentials: options.credentials,
      codec: options.codec ?? "msgpack",
      timeoutMs,
      interceptors: [...(options.interceptors ?? [])],
      attemptInterceptors: [...(options.attemptInterceptors ?? [])],
      routers: [...(options.routers ?? [])],
      balancer: options.balancer ?? roundRobin,
      cluster: options.cluster,
      failFast: options.failFast ?? false,
      registryGraceMs: options.registryGraceMs ?? 30_000,
      connections: options.connections ?? 1,
      drainMs: options.drainMs ?? 10_000,
      onError: errorListener(options.onError),
    },
  );
}
