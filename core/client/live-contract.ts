import type { ContractDescriptor } from "../contract/contract.ts";
import { Contracts } from "../contract/contracts.ts";
import { contractMisfit, jsonShape } from "../contract/json-shape.ts";
import type { ContractLimits } from "../contract/limits.ts";
import { malformed } from "../contract/malformed.ts";
import { readContract } from "../contract/read-contract.ts";
import { messageOf, RpcError } from "../error.ts";
import type { Gone } from "../link/gone.ts";
import type { CallOptions } from "./client-types.ts";
import type { Held, Open, Opened } from "./opened.ts";

/** What is asked for. */
export interface Asked {
  readonly service: string;
  readonly version: string | undefined;
  readonly group: string;
  readonly limits: ContractLimits;
  readonly signal: AbortSignal | undefined;
}

/** A service by the contract that its server has now. */
export interface Current extends Opened {
  readonly contract: ContractDescriptor;
  /** The server's word for the whole text of the contract. */
  readonly tag: string;
}

/**
 * A contract that is fetched from a server, and fetched again when an instance comes that may have another: until that is known
 * calls wait. What was referred to by an older one lives on for what is under way, as long as the next one does.
 */
export class LiveContract implements Held {
  readonly #asked: Asked;
  readonly #open: Open;
  readonly #contracts: Opened;
  #current: Current | undefined;
  #older: Opened[] = [];
  #instances: readonly string[] = [];
  #refreshing: Promise<unknown> | undefined;
  #closed: Gone | undefined;

  constructor(asked: Asked, open: Open, contracts: Opened) {
    this.#asked = asked;
    this.#open = open;
    this.#contracts = contracts;
    this.#instances = contracts.reference.instances;
    contracts.reference.onChange(() => this.#look());
  }

  /** What was fetched last. */
  get last(): Current {
    return this.#current as Current;
  }

  /** What the server has, as far as is known here. */
  async now(): Promise<Current> {
    await this.#refreshing?.catch(() => {});
    return this.last;
  }

  /** Asks the server whether it has another contract; several at once ask once. */
  async refresh(): Promise<Current> {
    this.#refreshing ??= this.#fetch().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
    return this.last;
  }

  #look(): void {
    const { instances } = this.#contracts.reference;
    const came = instances.some((instance) => !this.#instances.includes(instance));
    this.#instances = instances;
    // Where it cannot be told, what is known is the best there is; the next that comes is asked again.
    if (came && this.#closed === undefined) this.refresh().catch(() => {});
  }

  async #fetch(): Promise<void> {
    const { service, version, group, limits, signal } = this.#asked;
    const options: CallOptions = this.#current === undefined && signal ? { signal } : {};
    const get = this.#contracts.proxy["get"]?.with(options) as (...args: unknown[]) => Promise<unknown>;
    const found = (await get(service, version, group, this.#current?.tag)) as { tag: string; contract?: string };
    if (found.contract === undefined || found.tag === this.#current?.tag) return;
    const contract = readContract(parse(found.contract, limits), limits);
    if (contract.name !== service) throw malformed(`expected ${service}, got ${contract.name}`);
    const opened = await this.#open(contract, { told: true });
    if (this.#closed !== undefined) opened.reference.close(this.#closed);
    const before = this.#current;
    this.#current = { ...opened, contract, tag: found.tag };
    if (before !== undefined) this.#retire(before);
  }

  /** Those before it go, but for subscriptions, which live as long as what was referred to. */
  #retire(before: Opened): void {
    const idle = this.#older.filter(({ reference }) => reference.subscriptions.size === 0);
    for (const { reference } of idle) reference.close("reference");
    this.#older = [...this.#older.filter((one) => !idle.includes(one)), before];
  }

  #every(): readonly Opened[] {
    return [this.#contracts, ...(this.#current === undefined ? [] : [this.#current]), ...this.#older];
  }

  async unsubscribe(): Promise<void> {
    await Promise.all(this.#every().map(({ reference }) => reference.unsubscribe()));
  }

  close(why: Gone): void {
    this.#closed ??= why;
    for (const { reference } of this.#every()) reference.close(why);
  }
}

function parse(text: string, limits: ContractLimits): unknown {
  const bytes = new TextEncoder().encode(text);
  const misfit = contractMisfit(jsonShape(bytes, 0, bytes.length), limits);
  if (misfit !== undefined) throw misfit;
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw malformed(messageOf(thrown));
  }
}

/** Refers to what tells contracts, at the instances of the service that is asked for. */
export async function openContracts({ service, version, group }: Asked, open: Open): Promise<Opened> {
  try {
    const versions = version === undefined ? "any" : "compatible";
    const instancesOf = { service, version: version ?? "", group, versions } as const;
    return await open(Contracts, { instancesOf, told: false });
  } catch (thrown) {
    // A codec that the server lacks is UNIMPLEMENTED, too.
    const untold = RpcError.is(thrown) && thrown.code === "UNIMPLEMENTED" && thrown.message.includes(Contracts.name);
    if (!untold) throw thrown;
    const message = `${service}: its server does not tell contracts; serve with reflection: true, or refer to the contract`;
    throw new RpcError({ code: "UNIMPLEMENTED", message, cause: thrown });
  }
}
