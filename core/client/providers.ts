import { RpcError } from "../error.ts";
import { isFinal } from "../link/admission.ts";
import { type Gone, refusedCall } from "../link/gone.ts";
import type { Platform } from "../platform.ts";
import type { LinkPool } from "./link-pool.ts";
import type { Member, Wanted } from "./member.ts";
import { type Endpoint, Provider } from "./provider.ts";
import { Shortlists } from "./shortlist.ts";

export interface ProvidersOptions extends Wanted {
  readonly pool: LinkPool;
  readonly platform: Platform;
}

/** Who provides a service: the endpoints that are known, which of them are ready, and why the others are not. */
export class Providers {
  readonly #options: ProvidersOptions;
  readonly #byUrl = new Map<string, Provider>();
  readonly #watchers = new Set<() => void>();
  #closed: Gone | undefined;
  /** Why there is no endpoint. */
  #none = "";
  /** Made of those that are ready; another object whenever they, or what is known of them, have changed. */
  lists = new Shortlists([]);

  constructor(options: ProvidersOptions) {
    this.#options = options;
  }

  get ready(): readonly Provider[] {
    return this.lists.everybody.all;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Replaces the list of endpoints; those that stay keep their connections. */
  set(endpoints: readonly Endpoint[], none = this.#none): void {
    if (this.#closed !== undefined) return;
    this.#none = none;
    const wanted = new Map(endpoints.map((endpoint) => [endpoint.url, endpoint]));
    for (const [url, provider] of this.#byUrl) {
      if (wanted.has(url)) continue;
      this.#byUrl.delete(url);
      provider.leave();
    }
    let updated = false;
    for (const endpoint of wanted.values()) {
      const known = this.#byUrl.get(endpoint.url);
      if (known === undefined) this.#join(endpoint);
      else updated = known.update(endpoint) || updated;
    }
    if (updated) this.lists = new Shortlists([]);
    this.#changed();
  }

  #join(endpoint: Endpoint): void {
    const provider = new Provider(endpoint, this.#options.pool);
    this.#byUrl.set(endpoint.url, provider);
    provider.join(this.#options, this.#changed);
  }

  /** Told whenever those that are ready may have changed; returns what stops it. */
  onChange(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  readonly #changed = (): void => {
    const ready = [...this.#byUrl.values()].filter((provider) => provider.ready);
    const known = this.ready;
    if (ready.length !== known.length || ready.some((provider, i) => provider !== known[i]))
      this.lists = new Shortlists(ready);
    for (const watcher of [...this.#watchers]) watcher();
  };

  get #members(): readonly Member[] {
    return [...this.#byUrl.values()].flatMap(({ members }) => members);
  }

  /** Those that may yet become ready without a failure in between. */
  get coming(): readonly Member[] {
    return this.#members.filter((member) => member.coming);
  }

  get anyComing(): boolean {
    return this.#members.some((member) => member.coming);
  }

  /** Somebody waits: what is down is to be tried again soon. */
  wake(): void {
    for (const member of this.#members) member.link?.wake();
  }

  /** Resolves when one is ready; rejects with the reasons when each has failed once more, or for good. */
  whenReady(): Promise<void> {
    const { platform } = this.#options;
    const release = platform.hold();
    /** What links that were down already have to say: two failures, as the first attempt may have begun before this. */
    const before = new Map<Member, { reason: RpcError | undefined; attempts: number }>();
    const untried = (member: Member): boolean => {
      const { link } = member;
      if (link === undefined || member.fatal !== undefined) return false;
      const down = link.state === "down";
      const known = before.get(member) ?? { reason: link.reason, attempts: down ? 2 : 0 };
      before.set(member, known);
      if (link.reason !== known.reason) {
        known.reason = link.reason;
        known.attempts--;
      }
      if (!down || known.attempts <= 0) return false;
      link.wake();
      return true;
    };
    return new Promise<void>((resolve, reject) => {
      let stop = (): void => {};
      const look = (): boolean => {
        const waiting = this.#members.filter(untried).length > 0 || this.anyComing;
        if (this.ready.length > 0) resolve();
        // In a turn of its own, for those who refer in a loop.
        else if (!waiting) platform.nextTurn(() => reject(this.unavailable()));
        else return false;
        stop();
        return true;
      };
      if (!look()) stop = this.onChange(look);
    }).finally(release);
  }

  /** What no waiting mends: the channel is closed, or every endpoint refuses. */
  hopeless(): RpcError | undefined {
    if (this.#closed !== undefined) return refusedCall(this.#closed, this.service);
    let first: RpcError | undefined;
    for (const { fatal } of this.#members) {
      if (fatal === undefined) return undefined;
      first ??= fatal;
    }
    return first;
  }

  /** The error of a call that nobody can take, with the reason of each. */
  unavailable(): RpcError {
    const members = this.#members;
    const final = this.hopeless() ?? members.find(({ reason }) => isFinal(reason))?.reason;
    if (final) return final;
    const reasons = members.map(
      (member) => `${member.url}: ${member.reason?.message ?? member.link?.state ?? "not connected"}`,
    );
    const why = reasons.length === 0 ? this.#none : [...new Set(reasons)].join("; ");
    return new RpcError({
      code: "UNAVAILABLE",
      message: `no instance of ${this.service} can be reached: ${why}`,
      retryable: true,
    });
  }

  /** In words. */
  get service(): string {
    const { name, version, group } = this.#options.contract;
    return `${name} ${version}${group === "" ? "" : ` (group ${group})`}`;
  }

  /** Watchers are told once more. */
  close(why: Gone): void {
    this.#closed ??= why;
    for (const provider of this.#byUrl.values()) provider.leave();
    this.#byUrl.clear();
    this.#changed();
  }
}
