import type { Codec } from "../../core/codec.ts";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { RpcError } from "../../core/error.ts";
import { Redial } from "../../core/link/redial.ts";
import type { ClientEnvironment, Link, LinkState, ServicePort } from "../../core/transport.ts";
import { MemoryConnection } from "./connection.ts";
import { listenerOf } from "./listeners.ts";
import type { ResolvedMemoryOptions } from "./options.ts";
import { MemoryPort } from "./port.ts";

/** The way to one name: connects when somebody listens there, and begins again after a loss. */
export class MemoryLink implements Link {
  readonly url: string;
  state: LinkState = "connecting";
  reason: RpcError | undefined;
  readonly environment: ClientEnvironment;
  readonly options: ResolvedMemoryOptions;
  readonly #name: string;
  readonly #ports = new Set<MemoryPort>();
  readonly #listeners = new Set<() => void>();
  #connection: MemoryConnection | undefined;
  /** Connections that the server asked to leave, with calls in progress. */
  readonly #leaving = new Set<MemoryConnection>();
  readonly #redial: Redial;
  #idle: (() => void)[] = [];

  constructor(url: string, name: string, environment: ClientEnvironment, options: ResolvedMemoryOptions) {
    this.url = url;
    this.environment = environment;
    this.options = options;
    this.#name = name;
    this.#redial = new Redial(environment.platform, options.backoff, () => this.#connect());
    // In a turn of its own, as any connection takes time.
    environment.platform.afterTurn(() => this.#connect());
  }

  get instance(): string | undefined {
    return this.#connection?.instance;
  }

  get pending(): number {
    return this.#connection?.pending ?? 0;
  }

  onState(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async bind(contract: ContractDescriptor, codec: Codec): Promise<ServicePort> {
    // References to the same contract share what was agreed on.
    let port = [...this.#ports].find((one) => one.contract === contract && one.codec === codec);
    if (port === undefined) {
      port = new MemoryPort(this, contract, codec);
      this.#ports.add(port);
      if (this.state === "ready" && this.#connection) port.attach(this.#connection);
    }
    port.users++;
    return port;
  }

  /** Nobody uses the port any more. */
  forget(port: MemoryPort): void {
    this.#ports.delete(port);
  }

  #connect(): void {
    if (this.state === "closed") return;
    this.environment.credentials(this.url, this.options.limits.handshakeTimeoutMs).then(
      (credentials) => this.#open(credentials),
      (error: RpcError) => this.#down(error),
    );
  }

  #open(credentials: unknown): void {
    if (this.state === "closed") return;
    const listener = listenerOf(this.#name);
    if (listener === undefined) {
      const message = `cannot connect to ${this.url}: nobody listens there in this process`;
      return this.#down(new RpcError({ code: "UNAVAILABLE", message, retryable: true }));
    }
    this.#connection = new MemoryConnection(listener, this.environment, this.options.limits, {
      onReady: (connection) => this.#onReady(connection),
      onGoaway: (connection) => this.#onGoaway(connection),
      onLost: (connection, error) => this.#onLost(connection, error),
    });
    this.#connection.open(credentials);
  }

  #onReady(connection: MemoryConnection): void {
    for (const port of this.#ports) port.attach(connection);
    this.#redial.reset();
    this.reason = undefined;
    this.#to("ready");
  }

  #onGoaway(connection: MemoryConnection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#leaving.add(connection);
    if (this.state === "closed") return;
    this.#redial.later();
    this.#to("draining");
  }

  #onLost(connection: MemoryConnection, error: RpcError): void {
    this.#leaving.delete(connection);
    const current = this.#connection === connection;
    if (current) this.#connection = undefined;
    if (this.#leaving.size === 0 && this.#connection === undefined) for (const done of this.#idle.splice(0)) done();
    if (current) this.#down(error);
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
    this.#to("closed");
    if (this.#connection === undefined && this.#leaving.size === 0) return;
    const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#connection?.drain();
    await idle;
  }

  destroy(error: RpcError): void {
    this.#redial.stop();
    if (this.state !== "closed") this.#to("closed");
    this.#connection?.cutByClient(error);
    for (const connection of [...this.#leaving]) connection.cutByClient(error);
  }
}
