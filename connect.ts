import { Adapters, registryOf } from "./adapters.ts";
import { RpcClient } from "./core/client/client.ts";
import { type ClientOptions, clientOptions, clientSettings } from "./core/client/client-options.ts";
import type { Codec } from "./core/codec.ts";
import { checkOptions, kinds, type OptionTable } from "./core/options.ts";
import type { Registry } from "./core/registry.ts";
import { createNodePlatform } from "./platform-node.ts";
import { errorListener } from "./print-error.ts";

export interface ConnectOptions extends ClientOptions {
  /** Where instances are, as URLs: `["tcp://a:20880", "tcp://b:20880"]`. Either this or `registry`. */
  readonly endpoints?: readonly string[];
  /** Finds the instances. */
  readonly registry?: Registry | string;
  /**
   * For how long after an outage of the registry instances that it no longer names are kept, in milliseconds: a registry that
   * has just come back may know few of them, or none. @default 30000
   */
  readonly registryGraceMs?: number;
  /** @default "msgpack" */
  readonly codec?: string | Codec;
  /** Whether calls made inside a handler inherit its deadline and travelling metadata. @default true */
  readonly inherit?: boolean;
}

const table: OptionTable<ConnectOptions> = {
  ...clientOptions,
  endpoints: kinds.urls,
  registry: kinds.registry,
  registryGraceMs: kinds.millisecondsFrom0,
  codec: kinds.codec,
  inherit: kinds.flag,
};

/** A client of any number of services. Throws a `TypeError` for options that make no sense; connects when it refers. */
export async function connect(given: ConnectOptions): Promise<RpcClient> {
  const options = checkOptions("connect", given, table);
  const { endpoints } = options;
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
    clientSettings(options, {
      endpoints,
      codec: options.codec ?? "msgpack",
      registryGraceMs: options.registryGraceMs ?? 30_000,
      onError: errorListener(options.onError),
    }),
  );
}
