import { callMetadata } from "../call/call-metadata.ts";
import { cancelled } from "../call/future.ts";
import type { Call, Reply } from "../call/interceptor.ts";
import type { Way } from "../call/lazy-stream.ts";
import type { OutgoingCall } from "../call/outgoing.ts";
import { Trail } from "../call/trail.ts";
import { RpcError } from "../error.ts";
import { emptyMetadata } from "../metadata.ts";
import type { ServicePort, StreamRequest } from "../transport.ts";
import type { Caller } from "./caller.ts";
import type { Channel } from "./channel.ts";
import { after } from "./pauses.ts";
import type { Provider } from "./provider.ts";
import type { Run } from "./round.ts";
import { termsOfCall } from "./terms.ts";

type Stream = AsyncIterable<unknown>;

/** The way of a stream to one instance, decided ahead. */
export class DirectWay implements Way {
  protected readonly channel: Channel;
  protected readonly call: Call;
  #provider: Provider | undefined;
  #number = 0;
  #begunAt = 0;

  constructor(channel: Channel, call: Call, provider?: Provider) {
    this.channel = channel;
    this.call = call;
    this.#provider = provider;
  }

  open(request: StreamRequest, found: () => void): Promise<Stream> {
    found();
    return this.openAt(this.#provider as Provider, request, 1);
  }

  /** Fails in a turn of its own, as calls do that have not left. */
  protected async openAt(provider: Provider, request: StreamRequest, number: number): Promise<Stream> {
    const { platform } = this.channel;
    this.#provider = provider;
    this.#number = number;
    this.#begunAt = platform.now();
    try {
      return await this.#opened(provider, request);
    } catch (error) {
      await new Promise<void>((resolve) => platform.nextTurn(resolve));
      throw error;
    }
  }

  async #opened(candidate: Provider, request: StreamRequest): Promise<Stream> {
    const port = candidate.member.port as ServicePort;
    const { attempts } = this.channel;
    if (attempts === undefined) return port.open(request);
    const begin = async ({ args, metadata }: Call): Promise<Reply> => ({
      value: port.open({ ...request, args, metadata: callMetadata(metadata) }),
      metadata: emptyMetadata,
    });
    const attempt: Run = { number: this.#number, candidate, begin };
    return (await attempts.run({ ...this.call, metadata: request.metadata, attempt })).value as Stream;
  }

  ended(error: RpcError | undefined): void {
    const { cluster, route, platform } = this.channel;
    const candidate = this.#provider;
    this.#provider = undefined;
    if (candidate === undefined || cluster.ended === undefined) return;
    const tookMs = platform.now() - this.#begunAt;
    cluster.ended({ call: route.routed(this.call), candidate, number: this.#number, error, tookMs });
  }
}

/** Finds an instance for a stream, or waits for one; where the stream cannot be opened there, the cluster says what comes next. */
export class StreamWay extends DirectWay {
  readonly #caller: Caller;
  #wait: OutgoingCall | undefined;
  #givenUp = false;
  #wake = (): void => {};

  constructor(caller: Caller, call: Call) {
    super(caller.channel, call);
    this.#caller = caller;
  }

  override async open(request: StreamRequest, found: () => void): Promise<Stream> {
    const trail = new Trail();
    for (;;) {
      const provider = (await this.#pick(trail)) ?? (await this.#reach(trail));
      found();
      try {
        return await this.openAt(provider, request, trail.number);
      } catch (thrown) {
        const error = RpcError.from(thrown, String(thrown));
        const decision = this.#decide(provider, trail, error);
        if (decision.do === "fail") throw decision.error ?? thrown;
        this.ended(error);
        if (decision.do === "answer") return nothing;
        trail.failed(provider, false);
        trail.number++;
        trail.at = decision.at ?? "other";
        await this.#pause(decision.afterMs ?? 0);
        if (this.#givenUp) throw thrown;
      }
    }
  }

  /** Until it is over, or the stream is given up. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = after(ms, resolve, this.channel.platform);
      this.#wake = () => {
        stop();
        resolve();
      };
    });
  }

  #decide(
    candidate: Provider,
    { number, sentTimes }: Trail,
    error: RpcError,
  ): ReturnType<Channel["cluster"]["decide"]> {
    const { channel, call } = this;
    if (this.#givenUp || call.signal?.aborted) return { do: "fail" };
    const timeLeftMs = Number.POSITIVE_INFINITY;
    const failure = { candidate, number, error, sent: false, sentTimes, timeLeftMs };
    return channel.cluster.decide({ call: channel.route.routed(call), ...failure });
  }

  async #pick(trail: Trail): Promise<Provider | undefined> {
    if (this.call.signal?.aborted === true || this.call.timeoutMs === 0) return undefined;
    try {
      return this.channel.choose(this.call, trail);
    } catch (error) {
      await this.#pause(0);
      throw error;
    }
  }

  /** Without a deadline of its own it waits as long as a unary call would. */
  async #reach(trail: Trail): Promise<Provider> {
    const { call } = this;
    const terms = termsOfCall({ ...call, timeoutMs: call.timeoutMs ?? this.#caller.timeoutMs }, this.channel.platform);
    const wait = this.#caller.reach(terms, () => this.channel.choose(call, trail));
    this.#wait = wait;
    if (this.#givenUp) this.giveUp();
    try {
      return (await wait.promise) as Provider;
    } finally {
      this.#wait = undefined;
    }
  }

  giveUp(): void {
    this.#givenUp = true;
    this.#wake();
    this.#wait?.abandon(cancelled(this.#wait));
  }
}

const nothing: Stream = { async *[Symbol.asyncIterator]() {} };
