import type { Candidate } from "../balancer.ts";
import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import { isFinal } from "../link/admission.ts";
import { lacksFor, uncarriedContract } from "../link/lack.ts";
import type { Link, ServicePort } from "../transport.ts";
import { CarriedPort } from "./carried-port.ts";
import type { LinkPool } from "./link-pool.ts";

/** What a reference wants of an endpoint. */
export interface Wanted {
  readonly contract: ContractDescriptor;
  readonly codec: Codec;
  /** Whether operations that the transport cannot carry are left out; else such an endpoint is refused. */
  readonly partial: boolean;
}

/** One connection to an endpoint of the service that a channel reaches: its link, and the contract agreed on over it. */
export class Member {
  /** The endpoint, as routers and balancers see it. */
  readonly candidate: Candidate;
  readonly url: string;
  /** Undefined until the link exists and the contract is bound. */
  port: ServicePort | undefined;
  link: Link | undefined;
  #failed: RpcError | undefined;
  readonly #pool: LinkPool;
  readonly #nth: number;
  #stop: (() => void) | undefined;
  #left = false;

  /** The nth connection to the endpoint, from 0. */
  constructor(candidate: Candidate, pool: LinkPool, nth: number) {
    this.candidate = candidate;
    this.url = candidate.url;
    this.#pool = pool;
    this.#nth = nth;
  }

  /** Why this endpoint cannot serve the contract at all. */
  get refused(): RpcError | undefined {
    return this.#failed ?? this.port?.refused;
  }

  get ready(): boolean {
    return this.port !== undefined && this.refused === undefined && this.link?.state === "ready";
  }

  /** True while it may yet become ready without a failure in between. */
  get coming(): boolean {
    if (this.refused || this.#left) return false;
    const state = this.link?.state;
    return (
      state === undefined ||
      state === "connecting" ||
      state === "draining" ||
      (state === "ready" && this.port === undefined)
    );
  }

  /** Calls in progress on this connection. */
  get busy(): number {
    return this.link?.pending ?? 0;
  }

  get instance(): string {
    return this.link?.instance ?? this.url;
  }

  /** What no waiting mends, until it connects again by itself. */
  get fatal(): RpcError | undefined {
    if (this.#failed) return this.#failed;
    // The server that refused the contract may have gone, and another may come in its place.
    if (this.port?.refused && this.link?.state === "ready") return this.port.refused;
    const reason = this.link?.reason;
    return isFinal(reason) ? reason : undefined;
  }

  get reason(): RpcError | undefined {
    return this.refused ?? this.link?.reason;
  }

  async join({ contract, codec, partial }: Wanted, changed: () => void): Promise<void> {
    const { url } = this;
    try {
      const lacks = lacksFor(contract, await this.#pool.transportOf(url), url);
      if (lacks.size > 0 && !partial) throw uncarriedContract(contract.name, url, lacks);
      const link = await this.#pool.acquire(this.url, this.#nth);
      if (this.#left) return this.#pool.release(this.url, this.#nth);
      this.link = link;
      this.#stop = link.onState(changed);
      const port = await link.bind(contract, codec);
      if (this.#left) return port.release();
      this.port = lacks.size === 0 ? port : new CarriedPort(port, lacks, { service: contract.name, url });
    } catch (error) {
      this.#failed = RpcError.from(error, String(error));
    }
    changed();
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#stop?.();
    this.port?.release();
    if (this.link) this.#pool.release(this.url, this.#nth);
  }
}
