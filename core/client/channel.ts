import type { Balancer } from "../balancer.ts";
import type { OutgoingCall, Sender } from "../call/outgoing.ts";
import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import { isFinal } from "../link/admission.ts";
import { backoffMs, defaultBackoff } from "../link/backoff.ts";
import { type Gone, refusedCall } from "../link/gone.ts";
import type { Platform } from "../platform.ts";
import type { LinkPool } from "./link-pool.ts";
import { type Endpoint, Member } from "./member.ts";
import { type Go, Waiting } from "./waiting.ts";

/** How often an idempotent call is sent in all: one that ends whatever server it reaches must not end them all. */
const MAX_SENT = 5;
/** Calls that wait for a connection; more than these would only time out together. */
const MAX_WAITING = 100_000;

export interface ChannelOptions {
  readonly contract: ContractDescriptor;
  readonly codec: Codec;
  readonly pool: LinkPool;
  readonly balance: Balancer;
  readonly platform: Platform;
  /** Whether calls fail, rather than wait, where no connection is there or coming. */
  readonly failFast: boolean;
}

/** The instances of one service behind one `dispatch`: picks, waits for a connection, and fails over. */
export class Channel implements Sender {
  readonly contract: ContractDescriptor;
  readonly #options: ChannelOptions;
  /** By their URL, the connections to each. */
  readonly #members = new Map<string, readonly Member[]>();
  #ready: readonly Member[] = [];
  /**
   * Those that the balancer picks from, one of each endpoint: an array of its own for each set of them, as balancers are
   * promised.
   */
  #candidates: readonly Member[] = [];
  /** The candidates without those at one URL, for a call that failed there. */
  readonly #others = new Map<string, readonly Member[]>();
  readonly #waiting: Waiting;
  readonly #watchers = new Set<() => void>();
  #closed: Gone | undefined;
  /** Why there is no member. */
  #none = "";

  constructor(options: ChannelOptions) {
    this.contract = options.contract;
    this.#options = options;
    this.#waiting = new Waiting(options.platform);
  }

  get ready(): readonly Member[] {
    return this.#ready;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()].flat();
  }

  /** Replaces the list of endpoints; those that stay keep their connection. */
  setEndpoints(endpoints: readonly Endpoint[], none = this.#none): void {
    if (this.#closed !== undefined) return;
    this.#none = none;
    const wanted = new Map(endpoints.map((endpoint) => [endpoint.url, endpoint]));
    for (const [url, members] of this.#members) {
      if (wanted.has(url)) continue;
      this.#members.delete(url);
      for (const member of members) member.leave();
    }
    for (const endpoint of wanted.values()) {
      const known = this.#members.get(endpoint.url);
      if (known === undefined) this.#join(endpoint);
      else for (const member of known) Object.assign(member, { weight: endpoint.weight, tags: endpoint.tags });
    }
    // Weights may have changed.
    this.#candidates = [];
    this.#changed();
  }

  #join(endpoint: Endpoint): void {
    const { contract, codec, pool } = this.#options;
    const members = Array.from({ length: pool.connections }, (_, nth) => new Member(endpoint, pool, nth));
    this.#members.set(endpoint.url, members);
    for (const member of members) void member.join(contract, codec, this.#changed);
  }

  /** Told whenever the set of ready members may have changed; returns what stops it. */
  onChange(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Resolves when a member is ready; rejects with the reasons when each has failed once more, or for good. */
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
        const waiting = this.members.filter(untried).length > 0 || this.#anyComing();
        if (this.#ready.length > 0) resolve();
        // In a turn of its own, for those who refer in a loop.
        else if (!waiting) platform.nextTurn(() => reject(this.unavailable()));
        else return false;
        stop();
        return true;
      };
      if (!look()) stop = this.onChange(look);
    }).finally(release);
  }

  /** Sends the call to a member, now or when one is connected. Throws what `send` throws: the arguments do not fit. */
  dispatch(call: OutgoingCall): void {
    const member = call.triedAt === undefined ? this.pick(call.key) : this.#pickAnother(call);
    if (member === undefined) return this.#wait(call, this.#goOn);
    call.triedAt = member;
    (member.port as NonNullable<Member["port"]>).send(call);
  }

  /** For what is not a call: resolves `wait`, which is never sent, to a member, now or when one is connected. */
  admit(wait: OutgoingCall): void {
    const member = this.pick(wait.key);
    if (member === undefined) this.#wait(wait, (call) => this.admit(call));
    else wait.succeed(member);
  }

  pick(key?: string): Member | undefined {
    return this.#pickOf(this.#candidates, key);
  }

  #pickOf(candidates: readonly Member[], key: string | undefined): Member | undefined {
    const { balance, pool } = this.#options;
    const picked = candidates.length > 1 ? balance(candidates, key) : candidates[0];
    return pool.connections > 1 && picked !== undefined ? this.#leastBusy(picked) : picked;
  }

  /** Among the connections to the endpoint of `picked`. */
  #leastBusy(picked: Member): Member {
    let least = picked;
    for (const member of this.#members.get(picked.url) ?? []) {
      if (member.ready && member.busy < least.busy) least = member;
    }
    return least;
  }

  /** For a call that failed at one member: another, if there is one. */
  #pickAnother(call: OutgoingCall): Member | undefined {
    const { url } = call.triedAt as Member;
    let others = this.#others.get(url);
    if (others === undefined) {
      others = this.#candidates.filter((member) => member.url !== url);
      this.#others.set(url, others);
    }
    return this.#pickOf(others, call.key) ?? this.pick(call.key);
  }

  retry(call: OutgoingCall, error: RpcError): boolean {
    if (this.#closed !== undefined || error.code !== "UNAVAILABLE") return false;
    // The word of a server does not count: its handler may have passed on the error of a call of its own.
    if (call.sent ? !call.method.idempotent || call.lost + 1 >= MAX_SENT : !error.retryable) return false;
    if (this.#failsFast(call)) return false;
    if (call.sent) call.lost++;
    call.sent = false;
    const { platform } = this.#options;
    const again = (): void => {
      if (!call.settled) this.#goOn(call);
    };
    // In a turn of its own: the link that failed is still telling of its loss. Not at once when that has failed as well: a
    // server that is overburdened says so of every call, and would have it five times over.
    if (call.lost < 2) platform.nextTurn(again);
    else platform.schedule(backoffMs(call.lost - 2, defaultBackoff, platform), again);
    return true;
  }

  readonly #goOn = (call: OutgoingCall): void => {
    try {
      this.dispatch(call);
    } catch (thrown) {
      call.fail(RpcError.from(thrown, String(thrown)));
    }
  };

  settled(call: OutgoingCall): void {
    if (this.#waiting.size > 0) this.#waiting.delete(call);
  }

  whyWaiting(call: OutgoingCall): string | undefined {
    return this.#waiting.has(call) ? this.unavailable().message : undefined;
  }

  /** Its failure is final: an `abandon`, which asks nobody whether to try again. */
  #wait(call: OutgoingCall, go: Go): void {
    call.timeoutMs = undefined;
    const hopeless = this.#hopeless() ?? (this.#failsFast(call) ? this.unavailable() : undefined);
    if (hopeless !== undefined) call.abandon(hopeless);
    else if (this.#waiting.size < MAX_WAITING) this.#waiting.add(call, go);
    else {
      call.abandon(
        new RpcError({
          code: "RESOURCE_EXHAUSTED",
          message: `${MAX_WAITING} calls already wait for a connection to ${this.contract.name}`,
          retryable: true,
        }),
      );
    }
    this.#wake();
  }

  #wake(): void {
    for (const member of this.members) member.link?.wake();
  }

  #failsFast(call: OutgoingCall): boolean {
    return (call.failFast ?? this.#options.failFast) && this.#ready.length === 0 && !this.#anyComing();
  }

  #anyComing(): boolean {
    return this.members.some((member) => member.coming);
  }

  /** What no waiting mends: the channel is closed, or every member refuses. */
  #hopeless(): RpcError | undefined {
    if (this.#closed !== undefined) return refusedCall(this.#closed, this.#service);
    let first: RpcError | undefined;
    for (const { fatal } of this.members) {
      if (fatal === undefined) return undefined;
      first ??= fatal;
    }
    return first;
  }

  /** The error of a call that no member can take, with the reason of each. */
  unavailable(): RpcError {
    const final = this.#hopeless() ?? this.members.find(({ reason }) => isFinal(reason))?.reason;
    if (final) return final;
    const reasons = this.members.map(
      (member) => `${member.url}: ${member.reason?.message ?? member.link?.state ?? "not connected"}`,
    );
    const why = reasons.length === 0 ? this.#none : [...new Set(reasons)].join("; ");
    return new RpcError({
      code: "UNAVAILABLE",
      message: `no instance of ${this.#service} can be reached: ${why}`,
      retryable: true,
    });
  }

  get #service(): string {
    const { name, version, group } = this.contract;
    return `${name} ${version}${group === "" ? "" : ` (group ${group})`}`;
  }

  readonly #changed = (): void => {
    this.#ready = this.members.filter((member) => member.ready);
    this.#choose();
    if (this.#waiting.size > 0) this.#lookAtWaiting();
    for (const watcher of [...this.#watchers]) watcher();
  };

  #lookAtWaiting(): void {
    if (this.#ready.length > 0) {
      for (const [call, go] of this.#waiting.take()) go(call);
      return;
    }
    const hopeless = this.#hopeless();
    if (hopeless !== undefined) return this.#failWaiting(hopeless);
    for (const call of this.#waiting.calls) if (this.#failsFast(call)) call.abandon(this.unavailable());
    this.#wake();
  }

  /** A weight of 0 is for those who are called only when nobody else is there. */
  #choose(): void {
    const ready = [...this.#members.values()].map((members) => members.find((member) => member.ready));
    const first = ready.filter((member) => member !== undefined);
    const weighty = first.filter(({ weight }) => weight > 0);
    const candidates = weighty.length > 0 ? weighty : first;
    const known = this.#candidates;
    if (candidates.length === known.length && candidates.every((member, i) => member === known[i])) return;
    this.#candidates = candidates;
    this.#others.clear();
  }

  #failWaiting(error: RpcError): void {
    for (const [call] of this.#waiting.take()) call.abandon(error);
  }

  close(why: Gone = "reference"): void {
    this.#closed ??= why;
    for (const member of this.members) member.leave();
    this.#members.clear();
    this.#ready = [];
    this.#choose();
    this.#failWaiting(this.unavailable());
    for (const watcher of [...this.#watchers]) watcher();
  }
}
