import { setTimeout as realSleep } from "node:timers/promises";
import { expect } from "chai";
import { Adapters } from "../../../adapters.ts";
import { avro } from "../../../codecs/avro/index.ts";
import { hessian2 } from "../../../codecs/hessian2/index.ts";
import { json } from "../../../codecs/json/index.ts";
import { msgpack } from "../../../codecs/msgpack/index.ts";
import { protobuf } from "../../../codecs/protobuf/index.ts";
import { RpcClient } from "../../../core/client/client.ts";
import type { Code } from "../../../core/code.ts";
import type { Codec } from "../../../core/codec.ts";
import { RpcServer as Server } from "../../../core/server/server.ts";
import { resolveTopicLimits } from "../../../core/topic/limits.ts";
import type { Transport } from "../../../core/transport.ts";
import {
  type Client,
  type ConnectOptions,
  connect,
  RpcError,
  type RpcServer,
  roundRobin,
  type ServeOptions,
  serve,
} from "../../../index.ts";
import { type Network, simulated } from "../network.ts";
import { Shop } from "./contract.ts";

export type ServeGiven = Partial<ServeOptions> & Pick<ServeOptions, "services">;
export type ConnectGiven = Partial<ConnectOptions> & { readonly endpoints: readonly string[] };

/** How the suite reaches one transport. What it serves and connects ends with the test. */
export interface Fixture {
  readonly listen: () => string;
  readonly serve: (options: ServeGiven) => Promise<RpcServer>;
  readonly connect: (options: ConnectGiven) => Promise<RpcClient>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds since the epoch, by the clock of clients and servers. */
  readonly wallNow: () => number;
  /** A server of `service`, a client of it, and its proxy. */
  readonly pair: (service: object, options?: PairOptions) => Promise<Pair>;
  readonly dispose: () => Promise<void>;
}

export interface PairOptions {
  readonly serve?: Partial<ServeOptions>;
  readonly connect?: Partial<ConnectOptions>;
}

export interface Pair {
  readonly server: RpcServer;
  readonly client: RpcClient;
  readonly shop: Client<typeof Shop>;
  readonly url: string;
}

export interface FixtureOptions {
  readonly listen: () => string;
  /** New ones for each server and client, as if they were processes of their own. */
  readonly transports: (side: "client" | "server") => readonly Transport[];
  /** Default "json". */
  readonly codec?: string;
  /** For a transport that lacks something: references and servers do without the methods that need it. Default false. */
  readonly partial?: boolean;
}

/** Real time, through `serve` and `connect`. */
export function realFixture({ listen, transports, codec = "json", partial = false }: FixtureOptions): Fixture {
  return assemble(
    listen,
    (options) =>
      serve({ listen: [listen()], transports: transports("server"), onError: () => {}, partial, ...options }),
    async (options) => {
      const client = await connect({ transports: transports("client"), codec, onError: () => {}, ...options });
      if (!partial) return client;
      const refer = client.refer.bind(client);
      client.refer = (contract, given) => refer(contract, { partial, ...given });
      return client;
    },
    { sleep: (ms) => realSleep(ms), wallNow: () => Date.now() },
    async () => {},
  );
}

/** The protocol engine in virtual time. */
export function simulatedFixture(network: Network): Fixture {
  const { platform } = network.time;
  const adapters = new Adapters([simulated(network)]);
  const { transportOf } = adapters;
  // Not loaded when they are named: virtual time would run away while the real one is waited for.
  const codecs = [json(), msgpack(), protobuf(), avro(), hessian2()];
  const codecOf = async (name: string): Promise<Codec> =>
    codecs.find((codec) => codec.name === name) ?? adapters.codecOf(name);
  network.time.start();
  return assemble(
    () => network.freshName(),
    async ({ services, ...given }) =>
      Server.start(
        {
          platform,
          transportOf: new Adapters([simulated(network)]).transportOf,
          codecs,
          registry: undefined,
          ownsRegistry: false,
          reachable: (url) => url,
        },
        {
          services,
          listen: given.listen ?? [network.freshName()],
          advertise: undefined,
          interceptors: given.interceptors ?? [],
          authenticate: given.authenticate,
          inherit: true,
          partial: given.partial ?? false,
          health: given.health ?? true,
          reflection: given.reflection ?? true,
          instance: given.instance,
          weight: 100,
          tags: {},
          topics: resolveTopicLimits(given.topics),
          topicBackend: undefined,
          drainMs: given.drainMs ?? 10_000,
          onError: given.onError ?? (() => {}),
        },
      ),
    async ({ endpoints, ...given }) =>
      new RpcClient(
        { platform, transportOf, codecOf, registry: undefined, ownsRegistry: false },
        {
          endpoints: [...endpoints],
          credentials: given.credentials,
          codec: given.codec ?? "json",
          timeoutMs: given.timeoutMs ?? 30_000,
          failFast: given.failFast ?? false,
          registryGraceMs: 30_000,
          connections: given.connections ?? 1,
          interceptors: given.interceptors ?? [],
          drainMs: 10_000,
          balancer: given.balancer ?? roundRobin,
          onError: given.onError ?? (() => {}),
        },
      ),
    { sleep: (ms) => network.time.sleep(ms), wallNow: platform.wallNow },
    async () => network.time.stop(),
  );
}

function assemble(
  listen: Fixture["listen"],
  startServer: Fixture["serve"],
  startClient: Fixture["connect"],
  clock: Pick<Fixture, "sleep" | "wallNow">,
  end: () => Promise<void>,
): Fixture {
  const clients: RpcClient[] = [];
  const servers: RpcServer[] = [];
  const fixture: Fixture = {
    listen,
    ...clock,
    serve: async (options) => {
      const server = await startServer(options);
      servers.push(server);
      return server;
    },
    connect: async (options) => {
      const client = await startClient(options);
      clients.push(client);
      return client;
    },
    pair: async (service, options = {}) => {
      const server = await fixture.serve({ services: [service], ...options.serve });
      const url = String(server.endpoints[0]);
      const client = await fixture.connect({ endpoints: [url], ...options.connect });
      return { server, client, url, shop: await client.refer(Shop) };
    },
    dispose: async () => {
      for (const client of clients) client.destroy();
      for (const server of servers) server.destroy();
      await end();
    },
  };
  return fixture;
}

/** The error that `action` fails with; it must have `code` and say `message`. */
export async function refused(action: PromiseLike<unknown>, code: Code, message?: RegExp): Promise<RpcError> {
  let thrown: unknown;
  try {
    const value = await action;
    thrown = new Error(`expected ${code}, but it resolved to ${String(value)}`);
  } catch (error) {
    thrown = error;
  }
  if (!RpcError.is(thrown)) throw thrown;
  expect(`${thrown.code}: ${thrown.message}`).to.match(new RegExp(`^${code}: `));
  if (message) expect(thrown.message).to.match(message);
  return thrown;
}

/** A promise and what settles it. */
export interface Signal<T = void> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export function signal<T = void>(): Signal<T> {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
