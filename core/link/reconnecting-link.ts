import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import type { ClientEnvironment, Link, LinkState, ServicePort } from "../transport.ts";
import type { BackoffOptions } from "./backoff.ts";
import { LinkPort } from "./link-port.ts";
import { Redial } from "./redial.ts";
import type { Connect, LinkSession, SessionUser } from "./session.ts";

export interface ReconnectingLinkOptions<O> {
  readonly url: string;
  readonly environment: ClientEnvironment;
  /** How long a function of credentials may take; in milliseconds. */
  readonly handshakeTimeoutMs: number;
  readonly backoff: BackoffOptions;
  readonly connect: Connect<O>;
}

/** The way to one endpoint, whatever carries its sessions: connects, agrees, and begins again after a loss. */
export class ReconnectingLink<O> implements Link {
  readonly url: string;
  state: LinkState = "connecting";
  reason: RpcError | undefined;
  readonly #options: ReconnectingLinkOptions<O>;
  #session: LinkSession<O> | undefined;
  /** The session, once contracts can be agreed on over it. */
  #ready: LinkSession<O> | undefined;
  /** Sessions that a server asked to leave, with calls in progress. */
  readonly #leaving = new Set<LinkSession<O>>();
  readonly #ports: LinkPort<O>[] = [];
  readonly #connecting = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #redial: Redial;
  #idle: (() => void)[] = [];

  constructor(options: ReconnectingLinkOptions<O>) {
    this.url = options.url;
    this.#options = options;
    // While it tries again, the reason of the last failure still answers whoever calls.
    this.#redial = new Redial(options.environment.platform, options.backoff, () => this.#connect());
    this.#connect();
  }

  get instance(): string | undefined {
    return this.#session?.instance;
  }

  get pending(): number {
    return this.#session?.pendingCount ?? 0;
  }

  onState(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async bind(contract: ContractDescriptor, codec: Codec): Promise<ServicePort> {
    // References to the same contract share what was agreed on: a connection has few bindings.
    let port = this.#ports.find((one) => one.contract === contract && one.codec === codec);
    if (port === undefined) {
      port = new LinkPort<O>(this, { contract, codec }, (unused) => this.#forget(unused));
      this.#ports.push(port);
      // Before the session is ready, `#onReady` will attach it.
      if (this.#ready) port.attach(this.#ready);
    }
    port.users++;
    await port.attached;
    return port;
  }

  #forget(port: LinkPort<O>): void {
    const place = this.#ports.indexOf(port);
    if (place >= 0) this.#ports.splice(place, 1);
  }

  #connect(): void {
    const { connect, environment, handshakeTimeoutMs } = this.#options;
    environment
      .credentials(this.url, handshakeTimeoutMs)
      .then((credentials) => (this.state === "closed" ? undefined : connect(this.#user(credentials))))
      .catch((thrown: unknown) => {
        if (this.#session === undefined) this.#down(RpcError.from(thrown, String(thrown)));
      });
  }

  #user(credentials: unknown): SessionUser<O> {
    let opened: LinkSession<O> | undefined;
    return {
      credentials,
      signal: this.#connecting.signal,
      onOpen: (session) => {
        opened = session;
        this.#session = session;
        if (this.state === "closed") session.cut(closedError(this.url));
      },
      onReady: (session) => void this.#onReady(session),
      onGoaway: (session) => this.#onGoaway(session),
      onLost: (session, error) => this.#onLost(session, error),
      onError: (error, where) =>
        this.#options.environment.onError(error, {
          ...where,
          endpoint: this.url,
          instance: String(opened?.instance),
        }),
    };
  }

  /** The contracts that were bound before are agreed on again before calls go this way. */
  async #onReady(session: LinkSession<O>): Promise<void> {
    if (this.#session !== session) return;
    this.#ready = session;
    for (const port of this.#ports) port.attach(session);
    await Promise.all(this.#ports.map((port) => port.attached));
    if (session.closed || this.#session !== session || this.state === "closed") return;
    this.#redial.reset();
    this.reason = undefined;
    this.#to(session.draining ? "draining" : "ready");
  }

  #onGoaway(session: LinkSession<O>): void {
    if (this.#session !== session || session.closed) return;
    this.#leave();
    this.#leaving.add(session);
    if (this.state === "closed") return;
    this.#redial.later();
    this.#to("draining");
  }

  #onLost(session: LinkSession<O>, error: RpcError): void {
    this.#leaving.delete(session);
    if (this.#leaving.size === 0 && (this.#session === session || this.#session === undefined)) {
      for (const done of this.#idle.splice(0)) done();
    }
    if (this.#session !== session) return;
    this.#leave();
    if (this.state !== "closed") this.#down(error);
  }

  #leave(): void {
    this.#session = undefined;
    this.#ready = undefined;
  }

  #down(error: RpcError): void {
    if (this.state === "closed") return;
    this.reason = error;
    // Before it is told: who hears of it may wait, and wakes it.
    this.#redial.later();
    this.#to("down");
  }

  wake(): void {
    this.#redial.wake();
  }

  #to(state: LinkState): void {
    this.state = state;
    for (const listener of [...this.#listeners]) listener();
  }

  async close(): Promise<void> {
    if (this.state === "closed") return;
    this.#redial.stop();
    const session = this.#session;
    this.#connecting.abort();
    this.#to("closed");
    const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
    session?.drain();
    if ((session === undefined || session.closed) && this.#leaving.size === 0) return;
    await idle;
  }

  destroy(error: RpcError): void {
    this.#redial.stop();
    this.#connecting.abort();
    if (this.state !== "closed") this.#to("closed");
    this.#session?.cut(error);
    for (const session of [...this.#leaving]) session.cut(error);
  }
}

function closedError(url: string): RpcError {
  return new RpcError({ code: "UNAVAILABLE", message: `the connection to ${url} was closed by this side` });
}
