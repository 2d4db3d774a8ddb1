import { DeferredStream } from "../call/deferred-stream.ts";
import { Future } from "../call/future.ts";
import type { ContractDescriptor, MethodDescriptor, TopicDescriptor } from "../contract/contract.ts";
import type { ContractJson } from "../contract/contract-json.ts";
import { type ContractLimits, defaultContractLimits } from "../contract/limits.ts";
import { printContract } from "../contract/print-contract.ts";
import type { Delivery, MessagesOptions, PublishOptions, SubscribeOptions, Subscription } from "../contract/topic.ts";
import type { Platform } from "../platform.ts";
import type { CallOptions, MulticastReply } from "./client-types.ts";
import { isNoStream, isNotUnary, isStream, noMember } from "./generic-misuse.ts";
import { converted, type GenericArguments, inOrder, jsonValues, typedValues, type Values } from "./generic-values.ts";
import { type Current, type Known, LiveContract, openContracts } from "./live-contract.ts";
import type { AnyMember, Held, Open } from "./opened.ts";

/** What is asked for by name, and how its values are to be. */
export interface GenericRequest {
  readonly service: string;
  readonly version: string | undefined;
  readonly group: string;
  readonly json: boolean;
  readonly limits: Partial<ContractLimits>;
  readonly signal: AbortSignal | undefined;
}

export interface GenericContext {
  readonly open: Open;
  readonly platform: Platform;
  /** What the client has been told. */
  readonly cache: Map<string, Known>;
  /** What is to be closed with the client until it is handed out. */
  readonly opening: Set<Held>;
}

/** Fetches the contract of a service, and refers to it. */
export async function openGeneric(
  { json, limits, ...request }: GenericRequest,
  { open, platform, cache, opening }: GenericContext,
): Promise<{ readonly generic: Generic; readonly held: Held }> {
  const asked = { ...request, cache, limits: { ...defaultContractLimits, ...limits } };
  const contract = new LiveContract(asked, open, await openContracts(asked, open));
  opening.add(contract);
  try {
    await contract.refresh();
    return { generic: new Generic(contract, json ? jsonValues : typedValues, platform), held: contract };
  } catch (error) {
    contract.close("reference");
    throw error;
  } finally {
    opening.delete(contract);
  }
}

/** A method of the service, and how it is called by the contract of the moment. */
interface Resolved {
  readonly contract: ContractDescriptor;
  readonly method: MethodDescriptor;
  readonly member: AnyMember;
  readonly args: unknown[];
}

/**
 * A service that is called by its name alone, by the contract that its server has: typed, checked, with every codec. What
 * `client.generic` gives.
 */
export class Generic {
  readonly #live: LiveContract;
  readonly #values: Values;
  readonly #platform: Platform;

  /** Use `client.generic`. */
  constructor(live: LiveContract, values: Values, platform: Platform) {
    this.#live = live;
    this.#values = values;
    this.#platform = platform;
  }

  /** What the service offers, as it was fetched last: methods, parameters, types, docs. */
  get contract(): ContractDescriptor {
    return this.#live.last.contract;
  }

  /** The same as plain JSON. */
  describe(): ContractJson {
    return printContract(this.contract);
  }

  /**
   * Calls a unary method and resolves to its result, or a oneway and resolves when it has left. The arguments are in order, or by
   * the names of the parameters. Rejects with `INVALID_ARGUMENT` where the service has no such method or they do not fit, and with
   * what the method throws: a declared error has its name and fields.
   */
  async call(method: string, args: GenericArguments = [], options: CallOptions = {}): Promise<unknown> {
    const resolved = await this.#resolve(method, args, options);
    const { member, contract } = resolved;
    if (resolved.method.kind === "oneway") return member.sent(...resolved.args);
    if (resolved.method.kind === "stream") throw isStream(contract, resolved.method);
    return this.#values.result(resolved.method, await member(...resolved.args));
  }

  /** The same as a future, which can be cancelled. */
  future(method: string, args: GenericArguments = [], options: CallOptions = {}): Future<unknown> {
    const controller = new AbortController();
    const signals = options.signal === undefined ? [controller.signal] : [options.signal, controller.signal];
    const called = this.call(method, args, { ...options, signal: AbortSignal.any(signals) });
    return new Future(called, () => controller.abort(), this.#platform);
  }

  /** Opens a stream of results at its first `next()`. */
  stream(method: string, args: GenericArguments = [], options: CallOptions = {}): AsyncIterableIterator<unknown> {
    return new DeferredStream(async () => {
      const resolved = await this.#resolve(method, args, options);
      if (resolved.method.kind !== "stream") throw isNoStream(resolved.contract, resolved.method);
      const items = resolved.member(...resolved.args) as unknown as AsyncIterable<unknown>;
      return mapped(items, (item) => this.#values.result(resolved.method, item));
    });
  }

  /** Calls a unary method at every live instance; the replies come as they arrive. */
  multicast(
    method: string,
    args: GenericArguments = [],
    options: CallOptions = {},
  ): AsyncIterableIterator<MulticastReply<unknown>> {
    return new DeferredStream(async () => {
      const resolved = await this.#resolve(method, args, options);
      if (resolved.method.kind !== "unary") throw isNotUnary(resolved.contract, resolved.method);
      return mapped(resolved.member.multicast(...resolved.args), (reply) =>
        reply.ok ? { ...reply, value: this.#values.result(resolved.method, reply.value) } : reply,
      );
    }) as AsyncIterableIterator<MulticastReply<unknown>>;
  }

  async publish(topic: string, value: unknown, options: PublishOptions = {}): Promise<void> {
    const { found, member } = await this.#topic(topic);
    await member.publish(this.#values.topicIn(found.value, value), options);
  }

  /** As `subscribe` of a topic; it outlives a change of the contract. */
  async subscribe(
    topic: string,
    handler: (value: unknown, delivery: Delivery) => unknown,
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    const { found, member } = await this.#topic(topic);
    return member.subscribe((value, delivery) => handler(this.#values.topicOut(found.value, value), delivery), options);
  }

  messages(topic: string, options: MessagesOptions = {}): AsyncIterableIterator<unknown> {
    return new DeferredStream(async () => {
      const { found, member } = await this.#topic(topic);
      return mapped(member.messages(options), (value) => this.#values.topicOut(found.value, value));
    });
  }

  #resolve(name: string, args: GenericArguments, options: CallOptions): Promise<Resolved> {
    return this.#byLatest(({ contract, proxy }) => {
      const method = contract.methods.find((one) => one.name === name);
      if (method === undefined) throw noMember(contract, "method", name);
      const inside = inOrder(contract, method, args);
      const member = (proxy[name] as AnyMember).with(options) as AnyMember;
      return { contract, method, member, args: converted(contract, method, () => this.#values.args(method, inside)) };
    });
  }

  #topic(name: string): Promise<{ readonly found: TopicDescriptor; readonly member: AnyMember }> {
    return this.#byLatest(({ contract, proxy }) => {
      const found = contract.topics.find((one) => one.name === name);
      if (found === undefined) throw noMember(contract, "topic", name);
      return { found, member: proxy[name] as AnyMember };
    });
  }

  /** What does not fit the contract that is known here may fit the one that the server has. */
  async #byLatest<T>(resolve: (current: Current) => T): Promise<T> {
    const known = await this.#live.now();
    try {
      return resolve(known);
    } catch (misfit) {
      const latest = await this.#live.refresh().catch(() => known);
      if (latest === known) throw misfit;
      return resolve(latest);
    }
  }
}

/** The items as they are mapped; who ends it ends what it maps. */
function mapped<T>(items: AsyncIterable<T>, map: (item: T) => unknown): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const inner = items[Symbol.asyncIterator]();
      return {
        async next() {
          const { done, value } = await inner.next();
          return done === true ? { done, value: undefined } : { done: false, value: map(value) };
        },
        async return() {
          await inner.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
