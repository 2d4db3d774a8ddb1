import type { OutgoingCall, Sender } from "../call/outgoing.ts";
import { Trail } from "../call/trail.ts";
import type { Cluster, EndedAttempt } from "../cluster.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import type { Gone } from "../link/gone.ts";
import type { Platform } from "../platform.ts";
import type { ServicePort } from "../transport.ts";
import { Attempts } from "./attempts.ts";
import type { Governance } from "./governance.ts";
import type { Member } from "./member.ts";
import { Pauses } from "./pauses.ts";
import type { Provider } from "./provider.ts";
import { Providers, type ProvidersOptions } from "./providers.ts";
import { type Routable, Route } from "./route.ts";
import { type Go, Waiting } from "./waiting.ts";

/** Calls that wait for a connection; more than these would only time out together. */
const MAX_WAITING = 100_000;

export interface ChannelOptions extends ProvidersOptions {
  readonly governance: Governance;
  /** Whether calls fail, rather than wait, where no connection is there or coming. */
  readonly failFast: boolean;
}

/** Who takes calls and settles them. */
export interface Dispatcher extends Sender {
  /** Throws what sending throws: the arguments do not fit. */
  dispatch(call: OutgoingCall): void;
}

/** Dispatches a call again; nobody is there any more to catch what that throws. */
export function goOnBy(dispatcher: Dispatcher): Go {
  return (call) => {
    try {
      dispatcher.dispatch(call);
    } catch (thrown) {
      call.fail(RpcError.from(thrown, String(thrown)));
    }
  };
}

/** The instances of one service behind one `dispatch`: finds one or waits for it, and does after an attempt what the cluster says. */
export class Channel implements Dispatcher {
  readonly contract: ContractDescriptor;
  readonly providers: Providers;
  readonly route: Route;
  readonly cluster: Cluster;
  readonly platform: Platform;
  /** Where attempts are more than their call. */
  readonly attempts: Attempts | undefined;
  /** Whether anybody wants to know of attempts. */
  readonly #watched: boolean;
  readonly #options: ChannelOptions;
  readonly #waiting: Waiting;
  /** Those that the cluster lets pause before they are sent again. */
  readonly #pausing: Pauses<OutgoingCall>;

  constructor(options: ChannelOptions) {
    this.contract = options.contract;
    this.#options = options;
    this.cluster = options.governance.cluster;
    this.platform = options.platform;
    this.#waiting = new Waiting(options.platform);
    this.#pausing = new Pauses(options.platform);
    this.providers = new Providers(options);
    this.route = new Route({ service: this.contract.name, providers: this.providers, ...options.governance });
    const { attemptInterceptors: interceptors, cluster } = options.governance;
    if (interceptors.length > 0 || cluster.beside !== undefined) {
      const { platform, route } = this;
      this.attempts = new Attempts({ service: this.contract.name, interceptors, cluster, route, platform });
    }
    this.#watched = this.attempts !== undefined || cluster.ended !== undefined;
    // The first to be told: who has waited goes before who comes then.
    this.providers.onChange(() => this.#lookAtWaiting());
  }

  /** Now, or when somebody is connected. */
  dispatch(call: OutgoingCall): void {
    const provider = call.trail === undefined ? this.route.pick(call) : this.choose(call, call.trail);
    this.deliver(call, provider?.member, this.#goOn);
  }

  /** Who gets the next attempt. */
  choose(call: Routable, trail: Trail | undefined): Provider | undefined {
    if (trail === undefined || trail.tried.length === 0 || trail.at === "any") return this.route.pick(call);
    if (trail.at === "same") return this.route.stay(call, trail.tried.at(-1) as Provider);
    return this.route.pickOther(call, trail.tried);
  }

  /** Sends the call by way of `member`; where there is none it waits, until `go` finds one. */
  deliver(call: OutgoingCall, member: Member | undefined, go: Go): void {
    if (member === undefined) return this.#wait(call, go);
    call.triedAt = member.candidate;
    if (this.#watched) {
      if (this.attempts !== undefined) return this.attempts.begin(call, member, go !== this.#goOn);
      call.trail ??= new Trail();
      call.trail.begunAt = this.platform.now();
    }
    (member.port as ServicePort).send(call);
  }

  /** For what is not a call: resolves `wait`, which is never sent, to what `find` finds, now or once there is something. */
  admit(wait: OutgoingCall, find: () => unknown): void {
    try {
      const found = find();
      if (found === undefined) this.#wait(wait, () => this.admit(wait, find));
      else wait.succeed(found);
    } catch (thrown) {
      wait.abandon(RpcError.from(thrown, String(thrown)));
    }
  }

  readonly #goOn = goOnBy(this);

  retry(call: OutgoingCall, error: RpcError): boolean {
    const provider = call.triedAt as Provider | undefined;
    if (provider === undefined || this.providers.closed) return false;
    const { sent } = call;
    const decision = this.cluster.decide({
      call: this.route.routed(call),
      candidate: provider,
      number: call.trail?.number ?? 1,
      error,
      sent,
      sentTimes: (call.trail?.sentTimes ?? 0) + (sent ? 1 : 0),
      timeLeftMs: Math.max(0, call.dueMs - this.platform.now()),
    });
    if (decision.do === "fail" && decision.error === undefined) return false;
    if (decision.do === "again" && ((sent && !call.method.idempotent) || this.#failsFast(call))) return false;
    this.#ended(call, error);
    call.triedAt = undefined;
    if (decision.do === "fail") call.abandon(decision.error as RpcError);
    else if (decision.do === "answer") call.succeed(decision.value);
    else {
      call.trail ??= new Trail();
      call.trail.failed(provider, sent);
      call.trail.number++;
      call.trail.at = decision.at ?? "other";
      call.sent = false;
      // At the earliest in a turn of its own: the link that failed is still telling of its loss.
      this.#pausing.add(call, decision.afterMs ?? 0, this.#goOn);
    }
    return true;
  }

  settled(call: OutgoingCall, error: RpcError | undefined): void {
    if (this.#waiting.size > 0) this.#waiting.delete(call);
    // Without one it has not failed, and nobody wants to hear of it.
    if (call.trail === undefined) return;
    this.#pausing.delete(call);
    this.#ended(call, error);
  }

  /** Tells of the attempt under way, if there is one. */
  #ended(call: OutgoingCall, error: RpcError | undefined): void {
    const { triedAt: candidate, trail } = call;
    // Those that are objects of their own are told of by themselves.
    if (candidate === undefined || trail === undefined || this.attempts !== undefined) return;
    const tookMs = this.platform.now() - trail.begunAt;
    const outcome: EndedAttempt = { call: this.route.routed(call), candidate, number: trail.number, error, tookMs };
    this.cluster.ended?.(outcome);
  }

  whyWaiting(call: OutgoingCall): string | undefined {
    return this.#waiting.has(call) ? this.#unavailable(call).message : undefined;
  }

  /** Its failure is final: an `abandon`, which asks nobody whether to try again. */
  #wait(call: OutgoingCall, go: Go): void {
    call.timeoutMs = undefined;
    const { providers } = this;
    const hopeless = providers.hopeless() ?? (this.#failsFast(call) ? this.#unavailable(call) : undefined);
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
    providers.wake();
  }

  #lookAtWaiting(): void {
    if (this.#waiting.size === 0) return;
    const { providers } = this;
    if (providers.ready.length > 0) {
      for (const [call, go] of this.#waiting.take()) if (!call.settled) go(call);
      return;
    }
    const hopeless = providers.hopeless();
    if (hopeless !== undefined) {
      for (const [call] of this.#waiting.take()) call.abandon(hopeless);
      return;
    }
    for (const call of this.#waiting.calls) if (this.#failsFast(call)) call.abandon(this.#unavailable(call));
    providers.wake();
  }

  /** Nobody is left, and nobody comes of whom nothing is known yet. */
  #failsFast(call: OutgoingCall): boolean {
    if (!(call.failFast ?? this.#options.failFast)) return false;
    return this.#nobodyFor(call) && !this.providers.anyComing;
  }

  #nobodyFor(call: OutgoingCall): boolean {
    return this.providers.ready.length === 0 || this.route.refuses(call);
  }

  #unavailable(call: OutgoingCall): RpcError {
    const { ready, service } = this.providers;
    if (ready.length === 0) return this.providers.unavailable();
    return new RpcError({
      code: "UNAVAILABLE",
      message: `no instance of ${service} may take ${call.method.name}: the routers leave none of the ${ready.length} that are connected`,
      retryable: true,
    });
  }

  close(why: Gone = "reference"): void {
    this.providers.close(why);
  }
}
