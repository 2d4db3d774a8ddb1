import { RpcClient } from "./core/client/client.ts";
import { clientOptions, clientSettings } from "./core/client/client-options.ts";
import type { Codec } from "./core/codec.ts";
import type { ContractDescriptor } from "./core/contract/contract.ts";
import { digest } from "./core/contract/digest.ts";
import { wirePart } from "./core/contract/print-contract.ts";
import { type ContractLike, contractOf } from "./core/contract/service.ts";
import { RpcError } from "./core/error.ts";
import { checkOptions, kinds, type OptionTable } from "./core/options.ts";
import type { Transport } from "./core/transport.ts";
import { webPlatform } from "./platform-web.ts";
import { errorListener } from "./print-error.ts";
import { webSocket } from "./transports/ws/web.ts";
import type { WebClient, WebConnectOptions } from "./web-client.ts";

const table: OptionTable<WebConnectOptions> = { ...clientOptions, endpoints: kinds.urls, codec: kinds.codec };

/** The whole client, with all patterns: loaded by `web.ts` when a URL asks for it. */
export function socketClient(given: WebConnectOptions): WebClient {
  const options = checkOptions("connect", given, table);
  const { endpoints, codec } = options;
  const known = [...(options.transports ?? []), webSocket()];
  for (const url of endpoints) transportOf(url, known);
  const client = new RpcClient(
    {
      platform: webPlatform,
      transportOf: async (url) => transportOf(url, known),
      codecOf: (name) => onlyCodec(name, codec),
      registry: undefined,
      ownsRegistry: false,
    },
    clientSettings(options, { endpoints, codec, registryGraceMs: 0, onError: errorListener(options.onError) }),
  );
  const refer = client.refer.bind(client);
  client.refer = (contract, refering) => refer(sealed(contract), refering) as never;
  return client;
}

const seals = new WeakMap<ContractDescriptor, ContractDescriptor>();

/** With the fingerprint that a contract declared in a browser has none of: the server compares it. */
function sealed(contract: ContractLike): ContractDescriptor {
  const described = contractOf(contract);
  if (described.fingerprint !== "") return described;
  const known = seals.get(described);
  if (known !== undefined) return known;
  const seal = Object.freeze({ ...described, fingerprint: digest(JSON.stringify(wirePart(described))) });
  seals.set(described, seal);
  return seal;
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
