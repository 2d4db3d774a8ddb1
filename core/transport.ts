import type { Attempt } from "./call/attempt.ts";
import type { TimerWheel } from "./call/timer-wheel.ts";
import type { Codec } from "./codec.ts";
import type { IncomingCall, Peer } from "./context.ts";
import type { ContractDescriptor, MethodDescriptor } from "./contract/contract.ts";
import type { RpcError } from "./error.ts";
import type { ErrorListener } from "./error-source.ts";
import type { Metadata } from "./metadata.ts";
import type { Platform } from "./platform.ts";

/**
 * The transport port: carries calls between two endpoints.
 * - A link connects by itself and again after a loss, with jittered backoff, until closed. `Redial` says when.
 * - `send` settles every attempt that it takes, once, by `succeed` or `fail`, and never sends one again. It throws only what
 *   keeps it from taking it: arguments that do not fit, or a limit of this side. Nothing was sent then, and the attempt is
 *   still its caller's; so a oneway fails where it is called. That there is no connection is told by `fail`.
 * - `close` drains: calls in progress end, new ones are refused. `destroy` cuts: what is pending fails with the error.
 */
export interface Transport {
  /** The word before `://`. */
  readonly scheme: string;
  /** Further words that mean the same adapter. */
  readonly schemes?: readonly string[];
  /**
   * What it was given for, where others serve the same schemes: beginnings of URLs, as in `tls:` or `tcp://10.0.0.7:20880`.
   * Of several transports the one that names the most of a URL takes it. Default: all of its schemes.
   */
  readonly urls?: readonly string[] | undefined;
  /**
   * What calls to `url` cannot be. `refer` then refuses the contracts that need it, by name, and `serve` those that need it of
   * every listener. Default: nothing.
   */
  lacks?(url: string): readonly Feature[];
  connect(url: string, environment: ClientEnvironment): Link;
  listen(url: string, host: ServerHost): Promise<Listener>;
}

/**
 * What a transport may be unable to carry, beside a request and its reply. A subscription to a topic is a stream of the server,
 * too.
 */
export type Feature =
  | "oneways"
  | "callbacks"
  | "server streams"
  | "client streams"
  | "bidirectional streams"
  | "topics";

export interface ClientEnvironment {
  readonly platform: Platform;
  readonly wheel: TimerWheel;
  /**
   * What is sent in the handshake of a connection to `url`, as JSON would carry it; asked anew for each. Rejects, once
   * `onError` was told, with what ends the attempt: where they are a function, it has `timeoutMs`.
   */
  credentials(url: string, timeoutMs: number): Promise<unknown>;
  /** Told of what goes wrong where no call can carry it. Never throws. */
  readonly onError: ErrorListener;
}

export type LinkState = "connecting" | "ready" | "down" | "draining" | "closed";

/** The way to one endpoint. */
export interface Link {
  readonly url: string;
  readonly state: LinkState;
  /** Why it is down. */
  readonly reason: RpcError | undefined;
  /** The identifier of the instance at the other end, once connected. */
  readonly instance: string | undefined;
  /** Calls in progress, for balancing. */
  readonly pending: number;
  /** Called at every change of `state`; returns what stops it. */
  onState(listener: () => void): () => void;
  /** A call waits for it: if it is down, the next attempt must come soon. Called often. */
  wake(): void;
  /** Agrees on a contract with the server; again by itself after every reconnect. Rejects if the two do not fit. */
  bind(contract: ContractDescriptor, codec: Codec): Promise<ServicePort>;
  close(): Promise<void>;
  destroy(error: RpcError): void;
}

/** One service at one endpoint. */
export interface ServicePort {
  /** Why the server at the other end does not serve the contract; `undefined` if it does, or has not answered yet. */
  readonly refused: RpcError | undefined;
  /**
   * Takes an attempt at a unary or oneway call and settles it. A oneway succeeds when its bytes have left. Throws, having
   * taken nothing, where the arguments do not fit or a limit of this side is reached.
   */
  send(attempt: Attempt): void;
  /** Opens a stream: nothing is sent before the first `next()`. */
  open(stream: StreamRequest): AsyncIterable<unknown>;
  /**
   * Gives up what one `bind` gave; when all have, both sides forget the contract. What was sent before goes on; later
   * calls are refused.
   */
  release(): void;
}

export interface StreamRequest {
  readonly method: MethodDescriptor;
  readonly args: readonly unknown[];
  readonly metadata: Metadata;
  /** By the platform's clock; `undefined` for as long as both sides live. */
  readonly deadline: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onReplyMetadata: ((metadata: Metadata) => void) | undefined;
  readonly onTrailers?: ((trailers: Metadata) => void) | undefined;
}

export interface Listener {
  /** What others connect to, the port filled in. */
  readonly url: string;
  /** Stops accepting and says so to the clients; resolves when all have left or `drainMs` is over. */
  close(drainMs: number): Promise<void>;
  /** Cuts every connection: what is at work is aborted with the error. */
  destroy(error: RpcError): void;
}

/** What a transport's server needs from the framework. */
export interface ServerHost {
  readonly platform: Platform;
  readonly wheel: TimerWheel;
  readonly instance: string;
  /** True if handlers' own calls inherit deadline and metadata. */
  readonly inherit: boolean;
  readonly codecs: ReadonlyMap<string, Codec>;
  /** All that can be called here, what is built in too. */
  readonly services: readonly ServedService[];
  /** The service of that name; the error says what is wrong with the name, version or group, and which there are. */
  find(name: string, wanted?: WantedService): ServedService | RpcError;
  /** Whether somebody decides who may call. */
  readonly authenticates: boolean;
  /** Resolves to the identity of the peer; rejects with an `RpcError` that the peer may see. The transport bounds its time. */
  authenticate(credentials: unknown, peer: Peer): Promise<unknown>;
  /** Told of what the caller must not see, or does not wait for. Never throws. */
  readonly onError: ErrorListener;
}

/** Which of several services of one name; what is left out may be any, as long as only one is meant. */
export interface WantedService {
  /** One with the same major number will do. */
  readonly version?: string | undefined;
  readonly group?: string | undefined;
}

/** What ends with those who take its calls. */
export type Door = Pick<Listener, "close" | "destroy">;

/**
 * Takes calls and listens nowhere, as `createHandler` makes it: an adapter serves `host` on connections or requests that
 * somebody else owns.
 */
export interface CallHandler {
  readonly host: ServerHost;
  /** The door is closed and destroyed with this; where that is done already, it is destroyed at once. Returns what forgets it. */
  attach(door: Door): () => void;
}

export interface ServedService {
  readonly contract: ContractDescriptor;
  readonly operations: readonly ServedOperation[];
}

/** One operation, interceptors and handler composed. */
export interface ServedOperation {
  readonly method: MethodDescriptor;
  /** Runs the handler: the value or a promise of it; for a stream an `AsyncIterable`. May throw. */
  invoke(call: IncomingCall, args: unknown[]): unknown;
  /** Runs `read`, which reads the `AsyncIterable` of a stream, where `call` is the one in progress: a generator works while it is read. */
  readonly within?: ((call: IncomingCall, read: () => void) => void) | undefined;
  /** Runs each further step of reading it, where `call` might not be the one in progress otherwise. */
  readonly resume?: (<R>(call: IncomingCall, step: () => R) => R) | undefined;
}
