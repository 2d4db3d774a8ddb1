import type { ContractDescriptor } from "../contract/contract.ts";
import { Contracts, compareVersions } from "../contract/contracts.ts";
import { contractMisfit, jsonShape } from "../contract/json-shape.ts";
import type { ContractLimits } from "../contract/limits.ts";
import { malformed } from "../contract/malformed.ts";
import { readContract } from "../contract/read-contract.ts";
import { messageOf, RpcError } from "../error.ts";
import type { Gone } from "../link/gone.ts";
import type { AnyMember, Held, Open, Opened } from "./opened.ts";

/** What is asked for. */
export interface Asked {
  readonly service: string;
  readonly version: string | undefined;
  readonly group: string;
  readonly limits: ContractLimits;
  readonly signal: AbortSignal | undefined;
  /** What the client has been told, by what it asked for: each is sent and read once. */
  readonly cache: Map<string, Known>;
}

/** A contract that was told. */
export interface Known {
  readonly contract: ContractDescriptor;
  /** The server's word for its whole text. */
  readonly tag: string;
}
/** A service by the contract that its server has now. */
export interface Current extends Opened, Known {}

/** What `Contracts.get` gives. */
interface Told {
  readonly tag: string;
  readonly contract?: string;
}

/** Contracts that a client keeps, of services that it has asked for. */
const MAX_KNOWN = 64;

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
    const before = this.#current;
    const found = before === undefined ? await this.#first() : await this.#newer(before);
    if (found === undefined) return;
    const opened = await this.#open(found.contract, { told: true });
    if (this.#closed !== undefined) opened.reference.close(this.#closed);
    this.#current = { ...opened, ...found };
    if (before !== undefined) this.#retire(before);
  }

  /** What one of the instances has. */
  async #first(): Promise<Known> {
    const { service, version, group, signal, cache } = this.#asked;
    const key = JSON.stringify([service, version, group]);
    const known = cache.get(key);
    const get = this.#contracts.proxy["get"]?.with(signal ? { signal } : {}) as AnyMember;
    const told = (await get(service, version, group, known?.tag)) as Told;
    const found = told.contract === undefined && known !== undefined ? known : this.#read(told);
    cache.delete(key);
    cache.set(key, found);
    const [oldest] = cache.keys();
    if (cache.size > MAX_KNOWN && oldest !== undefined) cache.delete(oldest);
    return found;
  }

  /** The highest version that an instance has, if it is above what is known, or nobody has that any more. */
  async #newer({ contract, tag }: Known): Promise<Known | undefined> {
    const { service, version, group } = this.#asked;
    const all: Known[] = [];
    let stays = false;
    for await (const reply of (this.#contracts.proxy["get"] as AnyMember).multicast(service, version, group, tag)) {
      if (!reply.ok) continue;
      const told = reply.value as Told;
      if (told.tag === tag) stays = true;
      else all.push(this.#read(told));
    }
    const [found] = all.sort((a, b) => compareVersions(b.contract.version, a.contract.version));
    if (found === undefined || (stays && compareVersions(found.contract.version, contract.version) <= 0))
      return undefined;
    return found;
  }

  #read({ tag, contract: text = "" }: Told): Known {
    const { service, limits } = this.#asked;
    const contract = readContract(parse(text, limits), limits);
    if (contract.name !== service) throw malformed(`expected ${service}, got ${contract.name}`);
    return { contract, tag };
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
