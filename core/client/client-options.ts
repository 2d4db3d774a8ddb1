import { type BalancerFactory, roundRobin } from "../balancer.ts";
import type { AttemptInterceptor, Interceptor } from "../call/interceptor.ts";
import type { ClusterFactory } from "../cluster.ts";
import type { ErrorSource } from "../error-source.ts";
import { kinds, type OptionTable } from "../options.ts";
import type { RouterFactory } from "../router.ts";
import type { Transport } from "../transport.ts";
import type { ClientSettings } from "./client.ts";

/** What every `connect` has as options, wherever it runs. */
export interface ClientOptions {
  /** Typed factories, where a URL alone does not say enough: `[tcp({ tls })]`. */
  readonly transports?: readonly Transport[];
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
}

export const clientOptions: OptionTable<ClientOptions> = {
  transports: kinds.transports,
  timeoutMs: kinds.milliseconds,
  interceptors: kinds.functions,
  credentials: kinds.anything,
  attemptInterceptors: kinds.functions,
  routers: kinds.functions,
  balancer: kinds.function,
  cluster: kinds.function,
  drainMs: kinds.millisecondsFrom0,
  onError: kinds.function,
  failFast: kinds.flag,
  connections: kinds.count,
};

/** The settings of a client, the defaults filled in; of the rest its `connect` says what holds. */
export function clientSettings(
  options: ClientOptions,
  { endpoints, ...rest }: Pick<ClientSettings, "endpoints" | "codec" | "registryGraceMs" | "onError">,
): ClientSettings {
  return {
    ...rest,
    endpoints: endpoints === undefined ? undefined : [...new Set(endpoints)],
    credentials: options.credentials,
    timeoutMs: options.timeoutMs ?? 30_000,
    interceptors: [...(options.interceptors ?? [])],
    attemptInterceptors: [...(options.attemptInterceptors ?? [])],
    routers: [...(options.routers ?? [])],
    balancer: options.balancer ?? roundRobin,
    cluster: options.cluster,
    failFast: options.failFast ?? false,
    connections: options.connections ?? 1,
    drainMs: options.drainMs ?? 10_000,
  };
}
