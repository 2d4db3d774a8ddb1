import { Adapters, registryOf } from "./adapters.ts";
import type { Interceptor } from "./core/call/interceptor.ts";
import type { Codec } from "./core/codec.ts";
import type { ErrorSource } from "./core/error-source.ts";
import type { Authenticate } from "./core/link/admission.ts";
import { checkOptions, kinds, type OptionTable } from "./core/options.ts";
import type { Registry } from "./core/registry.ts";
import type { HandlerSettings, RpcHandler } from "./core/server/handler.ts";
import type { Servable } from "./core/server/implementation.ts";
import type { RpcServer } from "./core/server/server.ts";
import type { TopicBackendFactory } from "./core/topic/backend.ts";
import { resolveTopicLimits, type TopicLimits } from "./core/topic/limits.ts";
import type { Transport } from "./core/transport.ts";
import { createNodePlatform, reachable } from "./platform-node.ts";
import { errorListener } from "./print-error.ts";

/** What `createHandler` takes. */
export interface HandlerOptions<S extends readonly object[] = readonly object[]> {
  /** Instances of classes that extend a contract, or what `implement` returned. */
  readonly services: S & { readonly [K in keyof S]: Servable<S[K]> };
  /** Where the services are made known. */
  readonly registry?: Registry | string;
  /** Codecs besides the built-in ones. */
  readonly codecs?: readonly Codec[];
  /** Outermost first. */
  readonly interceptors?: readonly Interceptor[];
  /**
   * Decides about each new connection: returns `accept(identity)`, which becomes `ctx.peer.identity`, or `refuse(message)`.
   * Default: everybody may.
   */
  readonly authenticate?: Authenticate;
  /**
   * Whether handlers' own calls inherit deadline and travelling metadata, and `currentCall()` works. Where that slows the whole
   * process down, before Node 24, it rests while there is no client, nobody has called `currentCall()`, and 10,000 calls or items
   * have passed: calls that are waiting when that ends inherit nothing. Said as `true`, it never rests. @default true
   */
  readonly inherit?: boolean;
  /** Whether methods may lack an implementation, or every transport listened on what they need. @default false */
  readonly partial?: boolean;
  /** Whether clients may ask how the server fares, by the contract `Health`. @default true */
  readonly health?: boolean;
  /**
   * Whether clients may ask for the contracts of the services, by the contract `Contracts`, as `client.generic` does. Without it
   * they must have them. @default true
   */
  readonly reflection?: boolean;
  /** Identifies this instance. Default: random. */
  readonly instance?: string;
  /** Its share among its peers; with 0 it is called only where all have 0. Told to the registry. @default 100 */
  readonly weight?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** What the subscribers of its topics may cost; see `TopicLimits`. */
  readonly topics?: TopicLimits;
  /** Makes what a topic is made of, for one that is not of this process alone. `undefined` for a topic: the process itself. */
  readonly topicBackend?: TopicBackendFactory;
  /** How long `close` waits for calls in progress, in milliseconds. @default 10000 */
  readonly drainMs?: number;
  /**
   * Told of errors that the caller must not see or does not wait for, and where they arose: what a handler threw, a
   * refused connection. Default: `console.error`.
   */
  readonly onError?: (error: unknown, where: ErrorSource) => void;
}

export interface ServeOptions<S extends readonly object[] = readonly object[]> extends HandlerOptions<S> {
  /** URLs to listen on; port 0 picks a free one. */
  readonly listen: readonly string[];
  /**
   * The URLs that others should use, told to the registry. Default: those listened on; `0.0.0.0` and `[::]` become the
   * first address of this machine that others can reach, which is a guess where it has several.
   */
  readonly advertise?: readonly string[];
  /** Typed factories, where a URL alone does not say enough: `[tcp({ tls, limits })]`. */
  readonly transports?: readonly Transport[];
}

const handlerTable: OptionTable<HandlerOptions> = {
  services: kinds.list,
  registry: kinds.registry,
  codecs: kinds.codecs,
  interceptors: kinds.functions,
  authenticate: kinds.function,
  inherit: kinds.flag,
  partial: kinds.flag,
  health: kinds.flag,
  reflection: kinds.flag,
  instance: kinds.text,
  weight: kinds.amount,
  tags: kinds.object,
  topics: kinds.object,
  topicBackend: kinds.function,
  drainMs: kinds.millisecondsFrom0,
  onError: kinds.function,
};
const serveTable: OptionTable<ServeOptions> = {
  ...handlerTable,
  listen: kinds.urls,
  advertise: kinds.urls,
  transports: kinds.transports,
};

/** Serves services; resolves when every endpoint listens and the registry knows. */
export async function serve<const S extends readonly object[]>(given: ServeOptions<S>): Promise<RpcServer> {
  const options = checkOptions<ServeOptions>("serve", given, serveTable);
  if (!(options.services?.length > 0)) throw new TypeError("serve: services is empty; give at least one");
  if (!(options.listen?.length > 0))
    throw new TypeError("serve: listen is empty; name at least one URL, like tcp://127.0.0.1:0");
  const { listen, advertise } = options;
  const adapters = new Adapters(options.transports ?? []);
  const handling = await handlerAdapters(options, adapters);
  // Here and not above: who only calls does without it.
  const { RpcServer } = await import("./core/server/server.ts");
  return RpcServer.start(
    { ...handling, transportOf: adapters.transportOf, reachable },
    { ...handlerSettings(options), listen: [...listen], advertise },
  );
}

/**
 * Serves services to calls that come by sockets or requests of somebody else's: an adapter over `handler.host` brings them, as
 * `socketListener(handler)` of `trunkline/transports/tcp` does. Nothing listens, and no registry is told before
 * `handler.register`.
 */
export async function createHandler<const S extends readonly object[]>(given: HandlerOptions<S>): Promise<RpcHandler> {
  const options = checkOptions<HandlerOptions>("createHandler", given, handlerTable);
  if (!(options.services?.length > 0)) throw new TypeError("createHandler: services is empty; give at least one");
  const handling = await handlerAdapters(options, new Adapters([]));
  const { RpcHandler } = await import("./core/server/handler.ts");
  return new RpcHandler(handling, handlerSettings(options));
}

async function handlerAdapters({ registry: given, codecs = [], inherit }: HandlerOptions, adapters: Adapters) {
  const { registry, ownsRegistry } = await registryOf(given);
  const platform = createNodePlatform(inherit ?? true);
  if (inherit) platform.current?.keep?.();
  return {
    platform,
    codecs: [...codecs, ...(await adapters.allCodecs())],
    registry,
    ownsRegistry,
  };
}

function handlerSettings(options: HandlerOptions): HandlerSettings {
  return {
    services: [...options.services],
    interceptors: [...(options.interceptors ?? [])],
    authenticate: options.authenticate,
    inherit: options.inherit ?? true,
    partial: options.partial ?? false,
    health: options.health ?? true,
    reflection: options.reflection ?? true,
    instance: options.instance,
    weight: options.weight ?? 100,
    tags: { ...options.tags },
    topics: resolveTopicLimits(options.topics),
    topicBackend: options.topicBackend,
    drainMs: options.drainMs ?? 10_000,
    onError: errorListener(options.onError),
  };
}
