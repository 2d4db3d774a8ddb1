import { type Call, compose, type Interceptor, type Next, type Reply } from "./core/call/interceptor.ts";
import type { CallOptions } from "./core/client/client-types.ts";
import type { Codec } from "./core/codec.ts";
import type { ContractDescriptor, MethodDescriptor } from "./core/contract/contract.ts";
import { RpcError } from "./core/error.ts";
import type { ErrorListener } from "./core/error-source.ts";
import { createMetadata, emptyMetadata, type Metadata } from "./core/metadata.ts";
import { credentialsHeader } from "./transports/http/headers.ts";
import { FetchMethod } from "./transports/http/web.ts";

/** Of an idempotent method; as of `failover`. */
const MAX_SENT = 5;

export interface FetchSettings {
  readonly endpoints: readonly string[];
  readonly codec: Codec;
  readonly timeoutMs: number;
  readonly interceptors: readonly Interceptor[];
  readonly credentials: unknown;
  readonly failFast: boolean;
  readonly onError: ErrorListener;
  /** Ends every call. */
  readonly closed: AbortSignal;
}

type AnyFunction = (...args: unknown[]) => unknown;

/** What needs more than `fetch` can do. */
export function needsSocket({ methods, topics }: ContractDescriptor): readonly string[] {
  const needing = methods.filter(({ callbacks, streamParam }) => callbacks.length > 0 || streamParam >= 0);
  return [...needing, ...topics].map(({ name }) => name);
}

/** A function for each method that `fetch` can carry. */
export function fetchProxy(contract: ContractDescriptor, settings: FetchSettings): object {
  const without = needsSocket(contract);
  const methods = contract.methods.map((method) => {
    if (!without.includes(method.name)) return [method.name, proxyMethod(new FetchCaller(contract, method, settings))];
    return [method.name, () => refuse(contract.name, [method.name])];
  });
  return Object.freeze(Object.fromEntries(methods));
}

export function refuse(service: string, names: readonly string[]): never {
  const message = `${service}: fetch does not carry ${names.join(", ")}; connect to ws:// or wss://, or refer with partial: true to do without`;
  throw new RpcError({ code: "FAILED_PRECONDITION", message });
}

function proxyMethod(caller: FetchCaller, options: CallOptions = {}): AnyFunction {
  const withOptions = { with: (given: CallOptions) => proxyMethod(caller, { ...options, ...given }) };
  const unary = async (...args: unknown[]) => (await caller.unary(args, options)).value;
  switch (caller.method.kind) {
    case "stream":
      return Object.assign((...args: unknown[]) => caller.stream(args, options), withOptions);
    case "oneway":
      return Object.assign((...args: unknown[]) => caller.fire(args, options), withOptions, { sent: unary });
    case "unary":
      return Object.assign(unary, withOptions, {
        callback(...args: unknown[]) {
          const done = args.pop() as AnyFunction;
          unary(...args).then(
            (value) => done(undefined, value),
            (error) => done(error, undefined),
          );
        },
      });
  }
}

class FetchCaller {
  readonly method: MethodDescriptor;
  readonly #contract: ContractDescriptor;
  readonly #settings: FetchSettings;
  readonly #fetch: FetchMethod;
  readonly #next: Next;

  constructor(contract: ContractDescriptor, method: MethodDescriptor, settings: FetchSettings) {
    this.method = method;
    this.#contract = contract;
    this.#settings = settings;
    this.#fetch = new FetchMethod({ service: contract.name, method }, settings.codec);
    const innermost: Next = (call) => (method.kind === "stream" ? this.#open(call) : this.#send(call));
    this.#next = compose(settings.interceptors, innermost);
  }

  async unary(args: readonly unknown[], options: CallOptions): Promise<Reply> {
    const reply = await this.#next(this.#callOf(args, options));
    options.onReplyMetadata?.(reply.metadata);
    if (reply.trailers && reply.trailers !== emptyMetadata) options.onTrailers?.(reply.trailers);
    return reply;
  }

  /** Throws where the arguments do not fit; what else goes wrong `onError` is told. */
  fire(args: readonly unknown[], options: CallOptions): void {
    this.#fetch.encode(args);
    const where = { service: this.#contract.name, method: this.method.name };
    this.unary(args, options).catch((error: unknown) => this.#settings.onError(error, where));
  }

  async *stream(args: readonly unknown[], options: CallOptions): AsyncGenerator<unknown> {
    yield* (await this.#next(this.#callOf(args, options))).value as AsyncIterable<unknown>;
  }

  #callOf(args: readonly unknown[], { timeoutMs, metadata = {}, signal, ...rest }: CallOptions): Call {
    const { method } = this;
    const least = method.kind === "stream" ? undefined : (method.timeoutMs ?? this.#settings.timeoutMs);
    const service = this.#contract.name;
    return { ...rest, service, method, args, metadata: created(metadata), signal, timeoutMs: timeoutMs ?? least };
  }

  async #send(call: Call): Promise<Reply> {
    const body = this.#fetch.encode(call.args);
    const limit = new Limit(call, this.#settings.closed);
    try {
      for (let sent = 1; ; sent++) {
        try {
          return await this.#fetch.unary(body, await this.#terms(call, limit, sent));
        } catch (thrown) {
          const error = limit.errorOf(thrown);
          const again = error.code === "UNAVAILABLE" && (error.retryable || this.method.idempotent);
          if (!again || sent >= MAX_SENT || (call.failFast ?? this.#settings.failFast)) throw error;
          await limit.pause(sent === 1 ? 0 : 50 * 2 ** sent * (1 + Math.random()));
        }
      }
    } finally {
      limit.stop();
    }
  }

  async #open(call: Call): Promise<Reply> {
    const body = this.#fetch.encode(call.args);
    const limit = new Limit(call, this.#settings.closed);
    const told = {
      head: (metadata: Metadata) => call.onReplyMetadata?.(metadata),
      trailers: (trailers: Metadata) => trailers !== emptyMetadata && call.onTrailers?.(trailers),
    };
    const fetching = this.#fetch;
    const terms = (): Promise<Parameters<FetchMethod["stream"]>[1]> => this.#terms(call, limit, 1);
    const items = async function* (): AsyncGenerator<unknown> {
      try {
        yield* fetching.stream(body, await terms(), told);
      } catch (thrown) {
        throw limit.errorOf(thrown);
      } finally {
        // Whoever stops reading ends the request.
        limit.stop(true);
      }
    };
    return { value: items(), metadata: emptyMetadata };
  }

  async #terms({ metadata }: Call, { signal, leftMs }: Limit, sent: number) {
    const { credentials, endpoints } = this.#settings;
    const given = typeof credentials === "function" ? await credentials() : credentials;
    return {
      url: endpoints[(sent - 1) % endpoints.length] as string,
      metadata,
      credentials: credentialsHeader(given),
      group: this.#contract.group,
      timeoutMs: leftMs,
      signal,
    };
  }
}

/** How long a call may take, and who else may end it. */
class Limit {
  readonly #controller = new AbortController();
  readonly #call: Call;
  readonly #endsAt: number;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #others: readonly AbortSignal[];
  #late = false;

  constructor(call: Call, closed: AbortSignal) {
    const { timeoutMs = Number.POSITIVE_INFINITY, signal } = call;
    this.#call = call;
    this.#others = signal ? [signal, closed] : [closed];
    this.#endsAt = performance.now() + timeoutMs;
    if (timeoutMs < 2 ** 31) {
      this.#timer = setTimeout(() => {
        this.#late = true;
        this.#abort();
      }, timeoutMs);
    }
    for (const other of this.#others) {
      if (other.aborted) this.#abort();
      else other.addEventListener("abort", this.#abort);
    }
  }

  readonly #abort = (): void => this.#controller.abort();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get leftMs(): number | undefined {
    return this.#endsAt === Number.POSITIVE_INFINITY ? undefined : this.#endsAt - performance.now();
  }

  /** What `fetch` throws says neither why nor what became of the call. */
  errorOf(cause: unknown): RpcError {
    const { name } = this.#call.method;
    if (this.#late) {
      const message = `${name}: no reply before the deadline; outcome unknown; raise timeoutMs if the work needs longer`;
      return new RpcError({ code: "DEADLINE_EXCEEDED", message, details: { outcome: "unknown" } });
    }
    if (this.#others.some(({ aborted }) => aborted)) {
      return new RpcError({ code: "CANCELLED", message: `${name}: cancelled by the caller`, cause });
    }
    if (RpcError.is(cause)) return cause;
    const message = `${name}: the request failed: ${String(cause)}; outcome unknown; the browser's console may say more`;
    return new RpcError({ code: "UNAVAILABLE", message, cause });
  }

  /** Between two attempts. */
  async pause(ms: number): Promise<void> {
    await new Promise((resolve) => {
      setTimeout(resolve, ms);
      this.signal.addEventListener("abort", resolve);
    });
    if (this.signal.aborted) throw this.errorOf(undefined);
  }

  stop(end = false): void {
    clearTimeout(this.#timer);
    for (const other of this.#others) other.removeEventListener("abort", this.#abort);
    if (end) this.#abort();
  }
}

function created(metadata: NonNullable<CallOptions["metadata"]>): Metadata {
  try {
    return createMetadata(metadata);
  } catch (error) {
    throw new RpcError({ code: "INVALID_ARGUMENT", message: (error as TypeError).message });
  }
}
