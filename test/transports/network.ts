import { RpcError } from "../../core/error.ts";
import { type BackoffOptions, defaultBackoff } from "../../core/link/backoff.ts";
import type { Link, Transport } from "../../core/transport.ts";
import { WireAcceptor } from "../../core/wire/acceptor.ts";
import { resolveWireLimits, type WireLimits } from "../../core/wire/limits.ts";
import { WireLink } from "../../core/wire/link.ts";
import type { PipeUser } from "../../core/wire/pipe.ts";
import { reset, SimulatedPipe } from "./pipe.ts";
import { Random } from "./random.ts";
import { VirtualTime } from "./virtual-time.ts";

export interface NetworkOptions {
  readonly seed: number;
  /** How long bytes take; drawn anew for each piece, so connections overtake one another. Default 0.1 to 5. */
  readonly delayMs?: readonly [number, number];
  /** The largest piece that bytes are cut into; `undefined` leaves writes whole. Default 64. */
  readonly pieceBytes?: number | undefined;
  readonly limits?: Partial<WireLimits>;
  readonly backoff?: Partial<BackoffOptions>;
}

type Accept = (pipe: SimulatedPipe) => PipeUser | undefined;

/** A network in one process, in virtual time, that misbehaves as its seed says. */
export class Network {
  readonly random: Random;
  readonly time: VirtualTime;
  readonly options: NetworkOptions;
  /** Both ends of every open connection, the client's first. */
  readonly #connections = new Set<readonly [SimulatedPipe, SimulatedPipe]>();
  readonly #listeners = new Map<string, Accept>();
  /** Every link that a client made, to look at. */
  readonly links: Link[] = [];
  #names = 0;
  /** How often a client has tried to connect. */
  dials = 0;

  constructor(options: NetworkOptions) {
    this.options = options;
    this.random = new Random(options.seed);
    this.time = new VirtualTime(this.random);
  }

  get connections(): readonly (readonly [SimulatedPipe, SimulatedPipe])[] {
    for (const pair of this.#connections) if (pair[0].closed && pair[1].closed) this.#connections.delete(pair);
    return [...this.#connections];
  }

  delayMs(): number {
    const [least, most] = this.options.delayMs ?? [0.1, 5];
    return least + (most - least) * this.random.next();
  }

  leaveMs(): number {
    return this.random.next() * 0.1;
  }

  pieceBytes(left: number): number {
    const most = "pieceBytes" in this.options ? this.options.pieceBytes : 64;
    return most === undefined ? left : this.random.int(1, most);
  }

  freshName(): string {
    return `sim://node-${++this.#names}`;
  }

  listen(url: string, accept: Accept): boolean {
    if (this.#listeners.has(url)) return false;
    this.#listeners.set(url, accept);
    return true;
  }

  unlisten(url: string): void {
    this.#listeners.delete(url);
  }

  async dial(url: string, user: (pipe: SimulatedPipe) => PipeUser): Promise<void> {
    this.dials++;
    await this.time.sleep(this.delayMs());
    const client = new SimulatedPipe(this, url);
    const server = new SimulatedPipe(this, "sim://client");
    client.other = server;
    server.other = client;
    const accepted = this.#listeners.get(url)?.(server);
    if (accepted === undefined) {
      throw new RpcError({
        code: "UNAVAILABLE",
        message: `cannot connect to ${url}: connection refused`,
        retryable: true,
      });
    }
    server.user = accepted;
    this.#connections.add([client, server]);
    await this.time.sleep(this.delayMs());
    client.user = user(client);
    if (client.closed) client.user.onClose(reset(url));
  }

  /** Both ends learn of the loss, each after its own delay; what is under way is lost. */
  cut(pair: readonly [SimulatedPipe, SimulatedPipe]): void {
    for (const pipe of pair) {
      pipe.silent = true;
      this.time.schedule(this.delayMs(), () => pipe.close(reset(pipe.peerAddress)));
    }
  }

  /** Bytes vanish from now on, in one direction or both, and nobody is told. */
  drop([client, server]: readonly [SimulatedPipe, SimulatedPipe]): void {
    const which = this.random.int(0, 2);
    if (which !== 0) client.silent = true;
    if (which !== 1) server.silent = true;
  }
}

/** The protocol engine over the simulated network. */
export function simulated(network: Network): Transport {
  const limits = resolveWireLimits(network.options.limits);
  const backoff = { ...defaultBackoff, ...network.options.backoff };
  return {
    scheme: "sim",
    connect: (url, environment) => {
      const link = new WireLink({ url, environment, limits, backoff, dial: (user) => network.dial(url, user) });
      network.links.push(link);
      return link;
    },
    async listen(url, host) {
      const acceptor = new WireAcceptor(host, limits);
      if (!network.listen(url, (pipe) => acceptor.accept(pipe))) {
        throw new RpcError({ code: "ALREADY_EXISTS", message: `${url}: the address is in use` });
      }
      return acceptor.listener(url, () => network.unlisten(url));
    },
  };
}
