import { callMetadata } from "../call/call-metadata.ts";
import type { Call, Reply } from "../call/interceptor.ts";
import type { Way } from "../call/lazy-stream.ts";
import type { RpcError } from "../error.ts";
import { emptyMetadata } from "../metadata.ts";
import type { ServicePort, StreamRequest } from "../transport.ts";
import type { Attempts } from "./attempts.ts";
import type { Caller } from "./caller.ts";
import type { Provider } from "./provider.ts";
import type { Run } from "./round.ts";
import { isOver, StreamSearch, type Unopened } from "./stream-search.ts";

type Stream = AsyncIterable<unknown>;

/** The way of a stream to an instance: to the one that the call names, or to one that is found. */
export class StreamWay implements Way {
  readonly #caller: Caller;
  readonly #call: Call;
  #search: StreamSearch | undefined;
  /** Where somebody wants to hear of it. */
  #begun: { readonly candidate: Provider; readonly number: number; readonly atMs: number } | undefined;

  constructor(caller: Caller, call: Call) {
    this.#caller = caller;
    this.#call = call;
  }

  /** Mostly the first is there and takes it: then nothing is awaited. */
  open(request: StreamRequest, found: () => void): Stream | Promise<Stream> {
    const call = this.#call;
    const { channel } = this.#caller;
    let provider = call.candidate as Provider | undefined;
    try {
      if (provider === undefined && !isOver(call)) provider = channel.choose(call, undefined);
      if (provider === undefined) return this.#searched(request, found, undefined);
      found();
      const opened = this.#openAt(provider, 1, request);
      if (!(opened instanceof Promise)) return opened;
      return opened.catch((thrown: unknown) => this.#searched(request, found, { provider, thrown }));
    } catch (thrown) {
      return this.#searched(request, found, { provider, thrown });
    }
  }

  #searched(request: StreamRequest, found: () => void, first: Unopened | undefined): Promise<Stream> {
    const decided = first !== undefined && this.#call.candidate !== undefined;
    // To the instance of a subscription, and to no other: who subscribes decides what comes next.
    if (decided) return new Promise((_, reject) => this.#caller.channel.platform.nextTurn(() => reject(first.thrown)));
    this.#search = new StreamSearch(this.#caller, this.#call);
    const open = (provider: Provider, number: number): Stream | Promise<Stream> => {
      found();
      return this.#openAt(provider, number, request);
    };
    return this.#search.run({ open, ended: (error) => this.ended(error) }, first);
  }

  #openAt(candidate: Provider, number: number, request: StreamRequest): Stream | Promise<Stream> {
    const { attempts, cluster, platform } = this.#caller.channel;
    if (cluster.ended !== undefined) this.#begun = { candidate, number, atMs: platform.now() };
    const port = candidate.member.port as ServicePort;
    return attempts === undefined ? port.open(request) : this.#intercepted({ candidate, number }, request, attempts);
  }

  async #intercepted(
    at: Pick<Run, "candidate" | "number">,
    request: StreamRequest,
    attempts: Attempts,
  ): Promise<Stream> {
    const port = (at.candidate as Provider).member.port as ServicePort;
    const begin = async ({ args, metadata }: Call): Promise<Reply> => ({
      value: port.open({ ...request, args, metadata: callMetadata(metadata) }),
      metadata: emptyMetadata,
    });
    const reply = await attempts.run({ ...this.#call, metadata: request.metadata, attempt: { ...at, begin } as Run });
    return reply.value as Stream;
  }

  giveUp(): void {
    this.#search?.giveUp();
  }

  ended(error: RpcError | undefined): void {
    if (this.#begun === undefined) return;
    const { candidate, number, atMs } = this.#begun;
    this.#begun = undefined;
    const { cluster, platform, route } = this.#caller.channel;
    cluster.ended?.({ call: route.routed(this.#call), candidate, number, error, tookMs: platform.now() - atMs });
  }
}
