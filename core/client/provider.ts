import type { Candidate } from "../balancer.ts";
import type { LinkPool } from "./link-pool.ts";
import { Member, type Wanted } from "./member.ts";

/** Where an instance is, and what was registered of it. */
export interface Endpoint {
  readonly url: string;
  readonly weight: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly version: string;
  readonly group: string;
  /** When the instance started, in milliseconds since the epoch; `undefined` if nobody says. */
  readonly startedAt: number | undefined;
  /** False where the instance says that calls should go elsewhere. */
  readonly serving: boolean;
}

/** An endpoint of an instance, as one channel reaches it: what was registered of it, and the connections to it. */
export class Provider implements Candidate {
  readonly url: string;
  readonly members: readonly Member[];
  #endpoint: Endpoint;
  /** Where there is but one connection. */
  readonly #only: Member | undefined;

  constructor(endpoint: Endpoint, pool: LinkPool) {
    this.url = endpoint.url;
    this.#endpoint = endpoint;
    this.members = Array.from({ length: pool.connections }, (_, nth) => new Member(this, pool, nth));
    this.#only = pool.connections === 1 ? this.members[0] : undefined;
  }

  join(wanted: Wanted, changed: () => void): void {
    for (const member of this.members) void member.join(wanted, changed);
  }

  leave(): void {
    for (const member of this.members) member.leave();
  }

  /** Takes what is registered now; false if that is what is known. */
  update(endpoint: Endpoint): boolean {
    const same = sameEndpoint(this.#endpoint, endpoint);
    this.#endpoint = endpoint;
    return !same;
  }

  get weight(): number {
    return this.#endpoint.weight;
  }

  get tags(): Readonly<Record<string, string>> {
    return this.#endpoint.tags;
  }

  get version(): string {
    return this.#endpoint.version;
  }

  get group(): string {
    return this.#endpoint.group;
  }

  get startedAt(): number | undefined {
    return this.#endpoint.startedAt;
  }

  get serving(): boolean {
    return this.#endpoint.serving;
  }

  get instance(): string {
    return (this.#first ?? (this.members[0] as Member)).instance;
  }

  get pending(): number {
    let sum = 0;
    for (const member of this.members) sum += member.busy;
    return sum;
  }

  get ready(): boolean {
    return this.#first !== undefined;
  }

  /** True while one of its connections may yet become ready without a failure in between. */
  get coming(): boolean {
    return this.members.some((member) => member.coming);
  }

  /** The connection that the next call takes: of those that are ready the least busy. */
  get member(): Member {
    return this.#only ?? this.#leastBusy();
  }

  #leastBusy(): Member {
    let least = this.members[0] as Member;
    for (const member of this.members) {
      if (member.ready && (!least.ready || member.busy < least.busy)) least = member;
    }
    return least;
  }

  get #first(): Member | undefined {
    for (const member of this.members) if (member.ready) return member;
    return undefined;
  }
}

function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    a.weight === b.weight &&
    a.serving === b.serving &&
    a.startedAt === b.startedAt &&
    a.version === b.version &&
    a.group === b.group &&
    sameTags(a.tags, b.tags)
  );
}

function sameTags(a: Endpoint["tags"], b: Endpoint["tags"]): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
