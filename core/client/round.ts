import type { Attempt, Carrier } from "../call/attempt.ts";
import type { AttemptCall, AttemptInfo, AttemptInterceptor, Reply } from "../call/interceptor.ts";
import type { OutgoingCall } from "../call/outgoing.ts";
import type { Trail } from "../call/trail.ts";
import type { Cluster } from "../cluster.ts";
import { RpcError } from "../error.ts";
import { emptyMetadata } from "../metadata.ts";
import type { Platform } from "../platform.ts";
import type { ServicePort } from "../transport.ts";
import type { Member } from "./member.ts";
import type { Route } from "./route.ts";
import { SeparateAttempt } from "./separate-attempt.ts";

/** An attempt, on its way through the interceptors to who begins it. */
export interface Run extends AttemptInfo {
  /** Behind the interceptors: sends what they made of it. */
  begin(seen: AttemptCall): Promise<Reply>;
}

export interface AttemptsOptions {
  readonly service: string;
  readonly interceptors: readonly AttemptInterceptor[];
  readonly cluster: Cluster;
  readonly route: Route;
  readonly platform: Platform;
}

interface Host {
  readonly options: AttemptsOptions;
  run(call: AttemptCall): Promise<Reply>;
}

/** The attempts at a call that are under way at the same time. The first reply is the call's; only when all have failed it fails. */
export class Round implements Carrier {
  readonly #call: OutgoingCall;
  readonly #host: Host;
  readonly #alone: boolean;
  readonly #live = new Set<SeparateAttempt>();
  /** How many have neither a reply nor failed, those still within interceptors too. */
  #running = 0;
  #over = false;
  readonly #timers = new Set<() => void>();

  constructor(call: OutgoingCall, host: Host, alone: boolean) {
    this.#call = call;
    this.#host = host;
    this.#alone = alone;
  }

  start(member: Member): void {
    const { candidate } = member;
    const { platform } = this.#host.options;
    const { number } = this.#trail;
    const begunAt = platform.now();
    const own: SeparateAttempt[] = [];
    const begin = async (seen: AttemptCall): Promise<Reply> => {
      const attempt = new SeparateAttempt(this.#call, seen, platform);
      own.push(attempt);
      this.#live.add(attempt);
      if (this.#over) attempt.cancel(superseded(this.#call));
      else attempt.send(member.port as ServicePort);
      try {
        const value = await attempt.promise;
        return { value, metadata: attempt.replyMetadata, trailers: attempt.replyTrailers };
      } finally {
        this.#live.delete(attempt);
      }
    };
    const ended = (error: RpcError | undefined): void => {
      const { cluster, route } = this.#host.options;
      this.#running--;
      cluster.ended?.({ call: route.routed(this.#call), candidate, number, error, tookMs: platform.now() - begunAt });
    };
    this.#running++;
    this.#run({ number, candidate, begin }).then(
      (reply) => {
        ended(undefined);
        this.#won(reply);
      },
      (thrown: unknown) => {
        const error = RpcError.from(thrown, String(thrown));
        ended(error);
        this.#lost(error, member, own);
      },
    );
    this.#beside(number, member);
  }

  async #run(attempt: Run): Promise<Reply> {
    const { service, platform } = this.#host.options;
    const { method, args, metadata, key, failFast, dueMs } = this.#call;
    const left = Math.max(0, dueMs - platform.now());
    const timeoutMs = left === Number.POSITIVE_INFINITY ? undefined : left;
    return this.#host.run({ service, method, args, metadata, timeoutMs, signal: undefined, key, failFast, attempt });
  }

  #won({ value, metadata, trailers }: Reply): void {
    if (this.#over) return;
    this.#end(superseded(this.#call));
    this.#call.replyMetadata = metadata;
    this.#call.replyTrailers = trailers ?? emptyMetadata;
    this.#call.succeed(value);
  }

  #lost(error: RpcError, { candidate }: Member, own: readonly SeparateAttempt[]): void {
    if (this.#over) return;
    const sent = own.some((attempt) => attempt.sent);
    const final = own.some((attempt) => attempt.final);
    if (this.#running > 0 && !final) return this.#trail.failed(candidate, sent);
    this.#end(error);
    this.#call.triedAt = candidate;
    // Of this attempt: the others have been counted.
    this.#call.sent = sent;
    if (final) this.#call.abandon(error);
    else this.#call.fail(error);
  }

  /** Begins another when the cluster says so and there is somebody who has not been asked. */
  #beside(number: number, { candidate }: Member): void {
    const { cluster, route, platform } = this.#host.options;
    if (this.#alone || cluster.beside === undefined || this.#over) return;
    const afterMs = cluster.beside({ call: route.routed(this.#call), candidate, number });
    if (afterMs === undefined) return;
    this.#trail.asked(candidate);
    const start = (): void => {
      const other = this.#over ? undefined : route.untried(this.#call, this.#trail.tried);
      if (other === undefined) return;
      this.#trail.number++;
      this.start(other.member);
    };
    if (!(afterMs > 0)) return start();
    const stop = platform.schedule(afterMs, () => {
      this.#timers.delete(stop);
      start();
    });
    this.#timers.add(stop);
  }

  get #trail(): Trail {
    return this.#call.trail as Trail;
  }

  /** The call is over: its caller or its deadline gave up. */
  cancel(_: Attempt, why: RpcError): void {
    this.#end(why);
  }

  #end(why: RpcError): void {
    this.#over = true;
    for (const stop of this.#timers) stop();
    for (const attempt of [...this.#live]) attempt.cancel(why);
  }
}

function superseded({ method }: OutgoingCall): RpcError {
  return new RpcError({ code: "CANCELLED", message: `${method.name}: another attempt was answered first` });
}
