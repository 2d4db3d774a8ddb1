import type { ChannelInterface, Metadata as GrpcMetadata, StatusObject } from "@grpc/grpc-js";
import type { Posted } from "../../core/call/answers.ts";
import { InProgress } from "../../core/call/in-progress.ts";
import type { Codec } from "../../core/codec.ts";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { wireName } from "../../core/contract/wire-name.ts";
import { messageOf, RpcError } from "../../core/error.ts";
import { type AddressedOperation, AddressedSession, type Posting } from "../../core/link/addressed-session.ts";
import type { SessionUser } from "../../core/link/session.ts";
import type { Platform } from "../../core/platform.ts";
import { watchState } from "./channel.ts";
import { type CallKeeper, ClientCall } from "./client-call.ts";
import { credentialHeader } from "./credentials.ts";
import { own } from "./headers.ts";
import { intercepting, type WireCall } from "./interceptors.ts";
import type { GrpcLibrary } from "./library.ts";
import type { ResolvedGrpcOptions } from "./options.ts";

export interface GrpcSessionOptions {
  readonly grpc: GrpcLibrary;
  /** Connected. The session closes it. */
  readonly channel: ChannelInterface;
  readonly platform: Platform;
  readonly options: ResolvedGrpcOptions;
  readonly user: SessionUser<AddressedOperation>;
}

/** Two sides that count the same time may be so far apart at its end. */
const CLOCKS_APART_MS = 50;

/** What the calls of one operation have in common. */
interface Route {
  readonly headers: GrpcMetadata;
  readonly create: () => WireCall;
}

/** One connection to a server, as long as its channel is connected. */
export class GrpcSession extends AddressedSession implements CallKeeper {
  readonly #grpc: GrpcLibrary;
  readonly #channel: ChannelInterface;
  readonly #options: GrpcSessionOptions;
  readonly #calls = new InProgress<ClientCall>();
  /** By the addresses of its operations. */
  readonly #routes = new WeakMap<object, Route>();
  readonly #names = new WeakMap<object, string>();
  readonly #credentials: readonly [name: string, value: string] | undefined;
  readonly #unwatch: () => void;

  constructor(given: GrpcSessionOptions) {
    const { grpc, channel, platform, options, user } = given;
    super({
      platform,
      limits: options.limits,
      user,
      post: (posting) => this.#post(posting),
      onEnd: () => this.#onEnd(),
    });
    this.#grpc = grpc;
    this.#channel = channel;
    this.#options = given;
    this.#credentials = credentialHeader(user.credentials);
    this.#unwatch = watchState(channel, () => {
      if (this.connected || this.closed || this.draining) return;
      this.left();
    });
  }

  /** False once the connection is lost, or the server has asked for no new calls: what is in progress may end well all the same. */
  get connected(): boolean {
    return this.#channel.getConnectivityState(false) === this.#grpc.connectivityState.READY;
  }

  override async bind(contract: ContractDescriptor, codec: Codec): Promise<(AddressedOperation | undefined)[]> {
    const operations = await super.bind(contract, codec);
    for (const one of operations) if (one) this.#names.set(one.address, wireName(contract, one.codec.method));
    return operations;
  }

  #post(posting: Posting): Posted {
    const { address, answers } = posting;
    let route = this.#routes.get(address);
    if (route === undefined) {
      route = this.#route(posting);
      this.#routes.set(address, route);
    }
    const call = new ClientCall(this, posting, route.create());
    this.#calls.add(call);
    try {
      call.start(route.headers);
    } catch (error) {
      this.#calls.delete(call);
      answers.fail(RpcError.from(error, messageOf(error)));
    }
    return call;
  }

  #route({ address, codec: { service, method } }: Posting): Route {
    const grpc = this.#grpc;
    const path = `/${service}/${this.#names.get(address) ?? method.name}`;
    const headers = new grpc.Metadata();
    if (address.codec !== "protobuf") headers.set(own.codec, address.codec);
    if (address.version !== undefined) headers.set(own.version, address.version);
    if (address.group) headers.set(own.group, encodeURIComponent(address.group));
    if (this.#credentials) headers.set(...this.#credentials);
    const create = intercepting({
      channel: this.#channel,
      interceptors: this.#options.options.interceptors,
      path,
      requestStream: method.streamParam >= 0,
      responseStream: method.kind === "stream",
    });
    return { headers, create };
  }

  afterTurn(task: () => void): void {
    this.#options.platform.afterTurn(task);
  }

  isDue({ dueMs }: { readonly dueMs: number }): boolean {
    return dueMs !== 0 && dueMs - this.#options.platform.now() < CLOCKS_APART_MS;
  }

  wasLost({ code, metadata }: StatusObject): boolean {
    return code === this.#grpc.status.UNAVAILABLE && !this.connected && Object.keys(metadata.getMap()).length === 0;
  }

  ended(call: ClientCall): void {
    this.#calls.delete(call);
    if (this.closed && this.#calls.size === 0) this.#channel.close();
  }

  /** Those that are left are oneways, whose answer nobody waits for, and what is cut. */
  #onEnd(): void {
    this.#unwatch();
    for (const call of this.#calls.all()) if (call.awaited) call.cancel();
    if (this.#calls.size === 0) this.#channel.close();
  }

  override cut(error: RpcError): void {
    super.cut(error);
    for (const call of this.#calls.all()) call.cancel();
  }
}
