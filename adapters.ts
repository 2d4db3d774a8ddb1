import type { Codec } from "./core/codec.ts";
import { RpcError } from "./core/error.ts";
import type { Registry } from "./core/registry.ts";
import type { Transport } from "./core/transport.ts";

/** The one list of adapters: which word loads which file. Each is imported when it is first named. */
const transports: Readonly<Record<string, () => Promise<Transport>>> = {
  grpc: async () => (await import("./transports/grpc/index.ts")).grpc(),
  grpcs: async () => (await import("./transports/grpc/index.ts")).grpc(),
  http: async () => (await import("./transports/http/index.ts")).http(),
  https: async () => (await import("./transports/http/index.ts")).http(),
  memory: async () => (await import("./transports/memory/index.ts")).memory(),
  hessian: async () => (await import("./transports/http/hessian/index.ts")).hessian(),
  hessians: async () => (await import("./transports/http/hessian/index.ts")).hessian(),
  tcp: async () => (await import("./transports/tcp/index.ts")).tcp(),
  tls: async () => (await import("./transports/tcp/index.ts")).tcp(),
  worker: async () => (await import("./transports/worker/index.ts")).worker(),
  unix: async () => (await import("./transports/tcp/index.ts")).tcp(),
  ws: async () => (await import("./transports/ws/index.ts")).ws(),
  wss: async () => (await import("./transports/ws/index.ts")).ws(),
};

const codecs: Readonly<Record<string, () => Promise<Codec>>> = {
  json: async () => (await import("./codecs/json/index.ts")).json(),
  msgpack: async () => (await import("./codecs/msgpack/index.ts")).msgpack(),
  protobuf: async () => (await import("./codecs/protobuf/index.ts")).protobuf(),
  avro: async () => (await import("./codecs/avro/index.ts")).avro(),
  hessian2: async () => (await import("./codecs/hessian2/index.ts")).hessian2(),
};

/** What a client or server found by name, or was given; one set for each, so nothing is shared behind their backs. */
export class Adapters {
  readonly #given: readonly Transport[];
  readonly #transports = new Map<string, Promise<Transport>>();
  readonly #codecs = new Map<string, Promise<Codec>>();

  constructor(given: readonly Transport[]) {
    this.#given = given;
  }

  readonly transportOf = async (url: string): Promise<Transport> => {
    const scheme = /^([a-z][a-z0-9+.-]*):/.exec(url)?.[1];
    const given = mostSpecific(this.#given, url, scheme);
    if (given) return given;
    const load = scheme === undefined || !Object.hasOwn(transports, scheme) ? undefined : transports[scheme];
    if (load === undefined || scheme === undefined) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `${url}: no transport for this URL; known are ${Object.keys(transports).join("://, ")}://`,
      });
    }
    return remember(this.#transports, scheme, load);
  };

  readonly codecOf = async (name: string): Promise<Codec> => {
    const load = Object.hasOwn(codecs, name) ? codecs[name] : undefined;
    if (load === undefined) {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `codec ${JSON.stringify(name)} is not known; known are ${Object.keys(codecs).join(", ")}`,
      });
    }
    return remember(this.#codecs, name, load);
  };

  /** Every codec, as a server offers them. */
  allCodecs(): Promise<Codec[]> {
    return Promise.all(Object.keys(codecs).map((name) => this.codecOf(name)));
  }
}

/** Of the transports that were given, the one that names the most of the URL. */
function mostSpecific(given: readonly Transport[], url: string, scheme: string | undefined): Transport | undefined {
  const ranked = given.map((transport) => ({ transport, rank: rankOf(transport, url, scheme) }));
  const highest = Math.max(-1, ...ranked.map(({ rank }) => rank));
  const [first, second] = ranked.filter(({ rank }) => rank === highest && rank >= 0);
  if (first && second) {
    throw new TypeError(
      `transports: ${wordsOf(first.transport)} and ${wordsOf(second.transport)} are both for ${url}; say which URLs each is for, as in tcp({ urls: ["tls:"] })`,
    );
  }
  return first?.transport;
}

/** How much of the URL the transport names: -1 if it is for others, 0 if it is for all of its schemes. */
function rankOf({ scheme, schemes, urls }: Transport, url: string, asked: string | undefined): number {
  if (asked === undefined || (scheme !== asked && !schemes?.includes(asked))) return -1;
  if (urls === undefined) return 0;
  // A host alone stands for each of its ports; 10.0.0.1 is no beginning of 10.0.0.12.
  const names = (one: string): boolean =>
    url.startsWith(one) && (/[:/]$/.test(one) || ["", ":", "/"].includes(url.charAt(one.length)));
  return Math.max(-1, ...urls.filter(names).map((one) => one.length));
}

function wordsOf({ scheme, urls }: Transport): string {
  return urls === undefined ? `${scheme}()` : `${scheme}({ urls: ${JSON.stringify(urls)} })`;
}

function remember<T>(loaded: Map<string, Promise<T>>, name: string, load: () => Promise<T>): Promise<T> {
  let adapter = loaded.get(name);
  if (adapter === undefined) {
    adapter = load();
    loaded.set(name, adapter);
  }
  return adapter;
}

/** A registry that was given, or the one that a URL names. */
export async function registryOf(
  given: Registry | string | undefined,
): Promise<{ registry: Registry | undefined; ownsRegistry: boolean }> {
  if (typeof given !== "string") return { registry: given, ownsRegistry: false };
  throw new RpcError({
    code: "INVALID_ARGUMENT",
    message: `registry ${given}: no adapter for this URL; pass memoryRegistry() from trunkline/registry/memory, or use endpoints`,
  });
}
