import type { Attempt } from "../../../core/call/attempt.ts";
import { TimerWheel } from "../../../core/call/timer-wheel.ts";
import { RpcError } from "../../../core/error.ts";
import { ReconnectingLink } from "../../../core/link/reconnecting-link.ts";
import type { LinkSession, SessionUser } from "../../../core/link/session.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

/** An operation as a fake session knows it: the name of its session and of the method. */
type Word = string;

/** A session that the test drives; what it is told to do stands in `log`. */
export class FakeSession implements LinkSession<Word> {
  instance: string | undefined;
  draining = false;
  closed = false;
  pendingCount = 0;
  readonly name: string;
  readonly log: string[] = [];
  /** Methods that the server lacks, or why it refuses the contract. */
  lacks: readonly string[] = [];
  refusal: RpcError | undefined;
  readonly #user: SessionUser<Word>;

  constructor(name: string, user: SessionUser<Word>) {
    this.name = name;
    this.#user = user;
    user.onOpen(this);
  }

  ready(): this {
    this.instance = `instance of ${this.name}`;
    this.#user.onReady(this);
    return this;
  }

  async bind(contract: { operations: readonly { name: string }[] }): Promise<(Word | undefined)[]> {
    this.log.push("bind");
    // The answer takes a while.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.closed) throw new RpcError({ code: "UNAVAILABLE", message: "lost meanwhile" });
    if (this.refusal) throw this.refusal;
    return contract.operations.map(({ name }) => (this.lacks.includes(name) ? undefined : `${this.name} ${name}`));
  }

  unbind(): void {
    this.log.push("unbind");
  }

  send(call: Attempt, operation: Word): void {
    call.succeed(operation);
  }

  async *openStream(_: unknown, operation: Word): AsyncGenerator<unknown> {
    yield operation;
  }

  goaway(): void {
    this.draining = true;
    this.#user.onGoaway(this);
  }

  drain(): void {
    this.log.push("drain");
    this.draining = true;
    if (this.pendingCount === 0) this.lose("the connection was closed");
  }

  cut(error: RpcError): void {
    this.log.push(`cut: ${error.message}`);
    this.lose(error.message);
  }

  lose(message: string): void {
    if (this.closed) return;
    this.closed = true;
    this.#user.onLost(this, new RpcError({ code: "UNAVAILABLE", message }));
  }

  report(error: unknown): void {
    this.#user.onError(error, { callback: "progress" });
  }
}

export interface Bench {
  readonly link: ReconnectingLink<Word>;
  readonly platform: ManualPlatform;
  readonly wheel: TimerWheel;
  /** One for each attempt that got that far, the last one last. */
  readonly sessions: FakeSession[];
  readonly states: string[];
  readonly reported: unknown[];
  readonly attempts: SessionUser<Word>[];
  /** What the next attempts fail with, before there is a session. */
  fails: RpcError | undefined;
}

/** A link whose every attempt leads to a fake session. */
export async function bench(credentials: () => Promise<unknown> = async () => "secret"): Promise<Bench> {
  const platform = new ManualPlatform();
  const wheel = new TimerWheel(platform);
  const made: Omit<Bench, "link"> = {
    platform,
    wheel,
    sessions: [],
    states: [],
    reported: [],
    attempts: [],
    fails: undefined,
  };
  const link = new ReconnectingLink<Word>({
    url: "fake://server",
    environment: { platform, wheel, credentials, onError: (error, where) => made.reported.push([error, where]) },
    handshakeTimeoutMs: 1000,
    backoff: { firstMs: 50, maxMs: 1000 },
    connect: async (user) => {
      made.attempts.push(user);
      if (made.fails) throw made.fails;
      made.sessions.push(new FakeSession(`session ${made.sessions.length + 1}`, user));
    },
  });
  link.onState(() => made.states.push(link.state));
  await settled();
  return Object.assign(made, { link });
}

/** Whatever was promised so far is told. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
