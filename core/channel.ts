import { isFinal } from "./admission.ts";
import type { Balancer } from "./balancer.ts";
import type { Codec } from "./codec.ts";
import type { ContractDescriptor } from "./contract.ts";
import { RpcError } from "./error.ts";
import { type Gone, refusedCall } from "./gone.ts";
import type { LinkPool } from "./link-pool.ts";
import { type Endpoint, Member } from "./member.ts";
import type { OutgoingCall, Sender } from "./outgoing.ts";

/** How often one idempotent or unsent call is tried in all. */
const MAX_ATTEMPTS = 3;
/** Calls that wait for a connection; more than these would only time out together. */
const MAX_WAITING = 100_000;

/** The instances of one service behind one `dispatch`: picks, waits for a connection, and fails over. */
export class Channel implements Sender {
  readonly contract: ContractDescriptor;
  readonly #codec: Codec;
  readonly #pool: LinkPool;
  readonly #balance: Balancer;
  readonly #members = new Map<string, Member>();
  #ready: readonly Member[] = [];
  /** Those that the balancer picks from: an array of its own for each set of them, as balancers are promised. */
  #candidates: readonly Member[] = [];
  /** The candidates without those at one URL, for a call that failed there. */
  readonly #others = new Map<string, readonly Member[]>();
  readonly #waiting = new Set<OutgoingCall>();
  readonly #watchers = new Set<() => void>();
  #closed: Gone | undefined;

  constructor(contract: ContractDescriptor, codec: Codec, pool: LinkPool, balance: Balancer) {
    this.contract = contract;
    this.#codec = codec;
    this.#pool = pool;
    this.#balance = balance;
  }

  get ready(): readonly Member[] {
    return this.#ready;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** Replaces the list of endpoints; those that stay keep their connection. */
  setEndpoints(endpoints: readonly Endpoint[]): void {
    if (this.#closed !== undefined) return;
    const wanted = new Map(endpoints.map((endpoint) => [endpoint.url, endpoint]));
    for (const [url, member] of this.#members) {
      if (wanted.has(url)) continue;
      this.#members.delete(url);
      member.leave();
    }
    for (const [url, endpoint] of wanted) {
      const known = this.#members.get(url);
      if (known !== undefined) {
        known.weight = endpoint.weight;
        known.tags = endpoint.tags;
        continue;
      }
      const member = new Member(endpoint, this.#pool);
      this.#members.set(url, member);
      void member.join(this.contract, this.#codec, this.#changed);
    }
    // Weights may have changed.
    this.#candidates = [];
    this.#changed();
  }

  /** Told whenever the set of ready members may have changed; returns what stops it. */
  onChange(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Resolves when a member is ready; rejects with the reasons when none can be. */
  whenReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      let stop = (): void => {};
      const look = (): boolean => {
        if (this.#ready.length > 0) resolve();
        else if (!this.#anyComing()) reject(this.unavailable());
        else return false;
        stop();
        return true;
      };
      if (!look()) stop = this.onChange(look);
    });
  }

  /** Sends the call to a member, now or when one is connected. Throws what `send` throws: the arguments do not fit. */
  dispatch(call: OutgoingCall): void {
    const member = call.attempts === 0 ? this.pick(call.key) : this.#pickAnother(call);
    if (member === undefined) return this.#wait(call);
    call.triedAt = member;
    (member.port as NonNullable<Member["port"]>).send(call);
  }

  pick(key?: string): Member | undefined {
    return this.#pickOf(this.#candidates, key);
  }

  #pickOf(candidates: readonly Member[], key: string | undefined): Member | undefined {
    return candidates.length > 1 ? this.#balance(candidates, key) : candidates[0];
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
    if (this.#closed !== undefined || ++call.attempts >= MAX_ATTEMPTS) return false;
    // The word of a server does not count: its handler may have passed on the error of a call of its own.
    const unsent = !call.sent && error.retryable && error.code === "UNAVAILABLE";
    if (!unsent && !(call.method.idempotent && error.code === "UNAVAILABLE")) return false;
    if (this.#ready.length === 0 && !this.#anyComing()) return false;
    // In a turn of its own: the link that failed is still telling of its loss.
    queueMicrotask(() => {
      if (call.settled) return;
      try {
        this.dispatch(call);
      } catch (thrown) {
        call.fail(RpcError.from(thrown));
      }
    });
    return true;
  }

  settled(call: OutgoingCall): void {
    if (this.#waiting.size > 0) this.#waiting.delete(call);
  }

  #wait(call: OutgoingCall): void {
    call.timeoutMs = undefined;
    if (!this.#anyComing() || this.#closed !== undefined) call.fail(this.unavailable());
    else if (this.#waiting.size >= MAX_WAITING) {
      call.fail(
        new RpcError({
          code: "RESOURCE_EXHAUSTED",
          message: `${MAX_WAITING} calls already wait for a connection to ${this.contract.name}`,
        }),
      );
    } else this.#waiting.add(call);
  }

  #anyComing(): boolean {
    for (const member of this.#members.values()) if (member.coming) return true;
    return false;
  }

  /** The error of a call that no member can take, with the reason of each. */
  unavailable(): RpcError {
    const { name, version, group } = this.contract;
    const service = `${name} ${version}${group === "" ? "" : ` (group ${group})`}`;
    if (this.#closed !== undefined) return refusedCall(this.#closed, service);
    const members = this.members;
    const refusal = members.length > 0 && members.every((member) => member.refused) ? members[0]?.refused : undefined;
    if (refusal) return refusal;
    const fatal = members.find((member) => isFinal(member.reason))?.reason;
    if (fatal) return fatal;
    const reasons = members.map(
      (member) => `${member.url}: ${member.reason?.message ?? member.link?.state ?? "not connected"}`,
    );
    const why = reasons.length === 0 ? "no provider is registered" : reasons.join("; ");
    return new RpcError({
      code: "UNAVAILABLE",
      message: `no instance of ${service} can be reached: ${why}`,
      retryable: true,
    });
  }

  readonly #changed = (): void => {
    this.#ready = this.members.filter((member) => member.ready);
    this.#choose();
    if (this.#ready.length > 0 && this.#waiting.size > 0) {
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const call of waiting) {
        try {
          this.dispatch(call);
        } catch (error) {
          call.fail(RpcError.from(error));
        }
      }
    } else if (this.#waiting.size > 0 && !this.#anyComing()) this.#failWaiting(this.unavailable());
    for (const watcher of [...this.#watchers]) watcher();
  };

  /** A weight of 0 is for those who are called only when nobody else is there. */
  #choose(): void {
    const weighty = this.#ready.filter(({ weight }) => weight > 0);
    const candidates = weighty.length > 0 ? weighty : this.#ready;
    const known = this.#candidates;
    if (candidates.length === known.length && candidates.every((member, i) => member === known[i])) return;
    this.#candidates = candidates;
    this.#others.clear();
  }

  #failWaiting(error: RpcError): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const call of waiting) call.fail(error);
  }

  close(why: Gone = "reference"): void {
    this.#closed ??= why;
    for (const member of this.#members.values()) member.leave();
    this.#members.clear();
    this.#ready = [];
    this.#choose();
    this.#failWaiting(this.unavailable());
    for (const watcher of [...this.#watchers]) watcher();
  }
}
