import type { Attempt } from "../call/attempt.ts";
import { keepStack } from "../call/caller-stack.ts";
import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import type { BackoffOptions } from "../link/backoff.ts";
import { refusedCall } from "../link/gone.ts";
import { Redial } from "../link/redial.ts";
import type { ClientEnvironment, Link, LinkState, ServicePort, StreamRequest } from "../transport.ts";
import { ClientSession } from "./client-session.ts";
import type { WireLimits } from "./limits.ts";
import type { ClientOperation } from "./pending.ts";
import type { Dial, Pipe } from "./pipe.ts";

export interface WireLinkOptions {
  readonly url: string;
  readonly dial: Dial;
  readonly environment: ClientEnvironment;
  readonly limits: WireLimits;
  readonly backoff: BackoffOptions;
}

/** The way to one endpoint over a pipe: connects, agrees, and begins again after a loss. */
export class WireLink implements Link {
  readonly url: string;
  state: LinkState = "connecting";
  reason: RpcError | undefined;
  readonly #options: WireLinkOptions;
  #session: ClientSession | undefined;
  /** Sessions that a server asked to leave, with calls in progress. */
  readonly #leaving = new Set<ClientSession>();
  readonly #ports: WirePort[] = [];
  readonly #dialling = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #redial: Redial;
  #idle: (() => void)[] = [];

  constructor(options: WireLinkOptions) {
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
      port = new WirePort(this, contract, codec);
      this.#ports.push(port);
      // Before the handshake is done, `#onReady` will attach it.
      if (this.#session?.ready) port.attach(this.#session);
    }
    port.users++;
    await port.attached;
    return port;
  }

  /** Nobody uses the port any more. */
  forget(port: WirePort): void {
    const place = this.#ports.indexOf(port);
    if (place >= 0) this.#ports.splice(place, 1);
  }

  #connect(): void {
    const { dial, environment, limits } = this.#options;
    const { platform } = environment;
    const user = (credentials: unknown) => (pipe: Pipe) => {
      const session = new ClientSession(pipe, {
        platform,
        limits,
        credentials,
        onReady: (ready) => void this.#onReady(ready),
        onGoaway: (leaving) => this.#onGoaway(leaving),
        onLost: (lost, error) => this.#onLost(lost, error),
        onError: (error, where) =>
          environment.onError(error, { ...where, endpoint: this.url, instance: String(session.instance) }),
      });
      this.#session = session;
      if (this.state === "closed") session.cut(closedError(this.url));
      return session;
    };
    environment
      .credentials(this.url, limits.handshakeTimeoutMs)
      .then((credentials) => (this.state === "closed" ? undefined : dial(user(credentials), this.#dialling.signal)))
      .catch((thrown: unknown) => {
        if (this.#session === undefined) this.#down(RpcError.from(thrown, String(thrown)));
      });
  }

  /** The handshake is done; the contracts that were bound before are agreed on again before calls go this way. */
  async #onReady(session: ClientSession): Promise<void> {
    for (const port of this.#ports) port.attach(session);
    await Promise.all(this.#ports.map((port) => port.attached));
    if (session.closed || this.#session !== session || this.state === "closed") return;
    this.#redial.reset();
    this.reason = undefined;
    this.#to(session.draining ? "draining" : "ready");
  }

  #onGoaway(session: ClientSession): void {
    if (this.#session !== session || session.closed) return;
    this.#session = undefined;
    this.#leaving.add(session);
    if (this.state === "closed") return;
    this.#redial.later();
    this.#to("draining");
  }

  #onLost(session: ClientSession, error: RpcError): void {
    this.#leaving.delete(session);
    if (this.#leaving.size === 0 && (this.#session === session || this.#session === undefined)) {
      for (const done of this.#idle.splice(0)) done();
    }
    if (this.#session !== session) return;
    this.#session = undefined;
    if (this.state !== "closed") this.#down(error);
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
    this.#dialling.abort();
    this.#to("closed");
    const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
    session?.drain();
    if ((session === undefined || session.closed) && this.#leaving.size === 0) return;
    await idle;
  }

  destroy(error: RpcError): void {
    this.#redial.stop();
    this.#dialling.abort();
    if (this.state !== "closed") this.#to("closed");
    this.#session?.cut(error);
    for (const session of [...this.#leaving]) session.cut(error);
  }
}

/** One contract on one link; its operations are renumbered at every reconnect. */
class WirePort implements ServicePort {
  readonly contract: ContractDescriptor;
  readonly codec: Codec;
  /** Resolves when the last `attach` is decided: agreed on, refused, or lost with its connection. */
  attached: Promise<void> = Promise.resolve();
  /** Who bound it and has not released it; at 0 it is gone for good. */
  users = 0;
  readonly #link: WireLink;
  /** Where it is agreed on. */
  #session: ClientSession | undefined;
  /** Where it was last asked for. */
  #asked: ClientSession | undefined;
  #operations: (ClientOperation | undefined)[] = [];
  #refused: RpcError | undefined;

  constructor(link: WireLink, contract: ContractDescriptor, codec: Codec) {
    this.#link = link;
    this.contract = contract;
    this.codec = codec;
  }

  /** Agrees on the contract over a connection. A refusal holds until the next one: the server may be another by then. */
  attach(session: ClientSession): void {
    this.#asked = session;
    this.attached = session.bind(this.contract, this.codec, this).then(
      (operations) => {
        if (this.users === 0) return;
        this.#operations = operations;
        this.#session = session;
        this.#refused = undefined;
      },
      (error: unknown) => {
        // A connection lost meanwhile says nothing about the contract.
        if (!session.closed && this.users > 0) this.#refused = keepStack(RpcError.from(error, String(error)));
        this.#session = undefined;
      },
    );
  }

  get refused(): RpcError | undefined {
    return this.#refused;
  }

  release(): void {
    if (--this.users > 0) return;
    this.#link.forget(this);
    this.#refused = refusedCall("reference", this.contract.name);
    // Its numbers may be those of another contract from now on.
    this.#session = undefined;
    this.#operations = [];
    this.#asked?.unbind(this);
  }

  send(call: Attempt): void {
    const operation = this.#operations[call.method.index];
    const session = this.#session;
    if (session === undefined || session.closed || session.draining || operation === undefined) {
      call.fail(this.#why(session, call.method.name));
      return;
    }
    session.send(call, operation);
  }

  open(request: StreamRequest): AsyncIterable<unknown> {
    const operation = this.#operations[request.method.index];
    const session = this.#session;
    if (session === undefined || session.closed || session.draining || operation === undefined)
      throw this.#why(session, request.method.name);
    return session.openStream(request, operation);
  }

  #why(session: ClientSession | undefined, method: string): RpcError {
    if (this.#refused) return this.#refused;
    if (session !== undefined && !session.closed && !session.draining) {
      return new RpcError({
        code: "UNIMPLEMENTED",
        message: `${this.contract.name} at ${this.#link.url} has no ${method}; deploy a server that has, or check the contract`,
        retryable: true,
      });
    }
    const reason = this.#link.reason?.message ?? this.#link.state;
    return new RpcError({
      code: "UNAVAILABLE",
      message: `${this.#link.url} is not connected: ${reason}`,
      retryable: true,
    });
  }
}

export function closedError(url: string): RpcError {
  return new RpcError({ code: "UNAVAILABLE", message: `the connection to ${url} was closed by this side` });
}
