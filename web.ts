import { RpcClient } from "./core/client/client.ts";
import { type ClientOptions, clientOptions, clientSettings } from "./core/client/client-options.ts";
import type { Codec } from "./core/codec.ts";
import { RpcError } from "./core/error.ts";
import { checkOptions, kinds, type OptionTable } from "./core/options.ts";
import type { Transport } from "./core/transport.ts";
import { webPlatform } from "./platform-web.ts";
import { errorListener } from "./print-error.ts";
import { webSocket } from "./transports/ws/web.ts";

export interface WebConnectOptions extends ClientOptions {
  /** Where the servers are: `["wss://shop.example/rpc"]`. */
  readonly endpoints: readonly string[];
  /** By import, so that a page loads no other: `json()` of `trunkline/codecs/json`. */
  readonly codec: Codec;
}

const table: OptionTable<WebConnectOptions> = {
  ...clientOptions,
  endpoints: kinds.urls,
  codec: kinds.codec,
};

/** A client of any number of services, in a browser. Throws a `TypeError` for options that make no sense. */
export async function connect(given: WebConnectOptions): Promise<RpcClient> {
  const options = checkOptions("connect", given, table);
  const { endpoints = [], codec, transports = [] } = options;
  if (endpoints.length === 0)
    throw new TypeError("connect: endpoints is empty; name at least one, like wss://shop.example/rpc");
  if (typeof codec !== "object")
    throw new TypeError("connect: codec: give one by import, as in json() of trunkline/codecs/json");
  const known = [...transports, webSocket()];
  for (const url of endpoints) transportOf(url, known);
  return new RpcClient(
    {
      platform: webPlatform,
      transportOf: async (url) => transportOf(url, known),
      codecOf: (name) => onlyCodec(name, codec),
      registry: undefined,
      ownsRegistry: false,
    },
    clientSettings(options, { endpoints, codec, registryGraceMs: 0, onError: errorListener(options.onError) }),
  );
}

function transportOf(url: string, known: readonly Transport[]): Transport {
  const asked = url.slice(0, url.indexOf(":"));
  const found = known.find(({ scheme, schemes = [] }) => scheme === asked || schemes.includes(asked));
  if (found !== undefined) return found;
  const names = known.flatMap(({ scheme, schemes = [] }) => [scheme, ...schemes]);
  const message = `${url}: no transport for this URL; known are ${names.join("://, ")}://`;
  throw new RpcError({ code: "INVALID_ARGUMENT", message });
}

async function onlyCodec(name: string, codec: Codec): Promise<Codec> {
  if (name === codec.name) return codec;
  const message = `codec ${JSON.stringify(name)} is not known; known are ${codec.name}`;
  throw new RpcError({ code: "INVALID_ARGUMENT", message });
}

// Declaring a contract, and what calls need: the same as those of `trunkline`.

export { retain } from "./core/call/callback.ts";
export type { ReferOptions, RpcClient } from "./core/client/client.ts";
export type { Client } from "./core/client/client-types.ts";
export { oneway, rpc, stream, topic } from "./core/contract/definition.ts";
export { contractOf, defineService, service, unimplemented } from "./core/contract/service.ts";
export { RpcError } from "./core/error.ts";
export { arg } from "./core/schema/param.ts";
export { t } from "./core/schema/t.ts";
export type { Infer } from "./core/type/type.ts";
