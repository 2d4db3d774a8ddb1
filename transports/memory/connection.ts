import type { Attempt } from "../../core/call/attempt.ts";
import { inArguments } from "../../core/call/place.ts";
import type { Codec } from "../../core/codec.ts";
import type { Peer } from "../../core/context.ts";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { RpcError } from "../../core/error.ts";
import type { ErrorSource } from "../../core/error-source.ts";
import { decisionMs, refused, undecided } from "../../core/link/admission.ts";
import type { LinkSession, SessionUser } from "../../core/link/session.ts";
import { unreachable } from "../../core/link/unreachable.ts";
import type { ServerHost, StreamRequest } from "../../core/transport.ts";
import { checkMetadataSize } from "../../core/wire/metadata.ts";
import { tooManyBindings } from "../../core/wire/too-many-bindings.ts";
import type { Active, ActiveOwner } from "./active.ts";
import { MemoryCall } from "./call.ts";
import { CallbackShelf } from "./callback.ts";
import type { Listening } from "./listeners.ts";
import { agree, type MemoryOperation } from "./operation.ts";
import type { ResolvedMemoryOptions } from "./options.ts";
import { MemoryReader, MemoryStream } from "./stream.ts";

/** What waits for it runs as soon as the caller's own code has run: cheaper than the platform's end of the turn. */
const turn = Promise.resolve();

/** One connection, both ends of it. What is sent is handed to the server once the caller's own code has run, in order. */
export class MemoryConnection implements LinkSession<MemoryOperation>, ActiveOwner {
  readonly host: ServerHost;
  readonly callbacks: CallbackShelf;
  draining = false;
  closed = false;
  readonly #listener: Listening;
  readonly #user: SessionUser<MemoryOperation>;
  readonly #isolate: boolean;
  readonly #maxPendingCalls: number;
  readonly #active: (Active | undefined)[] = [];
  readonly #free: number[] = [];
  #pending = 0;
  #streams = 0;
  /** Who bound a contract, also one that was refused, as on a wire. */
  readonly #bound = new Set<object>();
  #queue: Active[] = [];
  #emptied: Active[] = [];
  #scheduled = false;
  #identity: unknown;
  #stopHandshake: (() => void) | undefined;
  #ready = false;
  /** Tells the listener that it is gone. */
  #left = (): void => {};

  constructor(listener: Listening, { isolate, limits }: ResolvedMemoryOptions, user: SessionUser<MemoryOperation>) {
    this.#listener = listener;
    this.host = listener.host;
    this.#user = user;
    this.#isolate = isolate || listener.options.isolate;
    this.#maxPendingCalls = Math.min(limits.maxPendingCalls, listener.options.limits.maxPendingCalls);
    const maxCallbacks = Math.min(limits.maxCallbacks, listener.options.limits.maxCallbacks);
    this.callbacks = new CallbackShelf(this.host, maxCallbacks, (error, where) => this.onCallerError(error, where));
  }

  get instance(): string {
    return this.host.instance;
  }

  get pendingCount(): number {
    return this.#pending;
  }

  /** Who calls, as handlers see it; known once the server has looked at the credentials. */
  get peer(): Peer {
    return Object.freeze({ address: "memory", identity: this.#identity });
  }

  /** The handshake: the server looks at the credentials. */
  open(credentials: unknown): void {
    const { acceptor, url } = this.#listener;
    const accepted = acceptor.admit(this.peer.address, (onLost) => {
      const end = { goaway: () => this.goaway(), cut: (error: RpcError) => this.#end(closedByOther(), error) };
      this.#left = () => onLost(end);
      return end;
    });
    if (accepted === undefined) {
      const full = unreachable(url, "it takes no more connections");
      return this.#end(full, full);
    }
    const { handshakeTimeoutMs } = this.#listener.options.limits;
    const late = (): void => this.#refuseLate(handshakeTimeoutMs);
    this.#stopHandshake = this.host.platform.schedule(decisionMs(handshakeTimeoutMs), late);
    this.host.authenticate(credentials, this.peer).then(
      (identity) => {
        if (this.closed) return;
        this.#stopHandshake?.();
        this.#identity = identity;
        this.#ready = true;
        this.#user.onReady(this);
      },
      (refusal: RpcError) => this.#refuse(refusal),
    );
  }

  #refuseLate(timeoutMs: number): void {
    const late = undecided(timeoutMs);
    this.host.onError(refused(this.peer, late), { peer: this.peer.address, instance: this.instance });
    this.#refuse(late);
  }

  /** Throws where the arguments do not fit, having sent nothing. */
  send(call: Attempt, operation: MemoryOperation): void {
    if (this.#pending >= this.#maxPendingCalls) throw exhausted("maxPendingCalls", this.#maxPendingCalls);
    if (operation.stream) this.#checkStreams();
    checkMetadataSize(call.metadata);
    let served: MemoryCall;
    try {
      served = new MemoryCall(this, operation, call, operation.request(call.args));
      if (!operation.plain) served.prepare();
    } catch (error) {
      throw inArguments(error, operation.place);
    }
    call.sent = true;
    if (!operation.oneway) call.carrier = served;
    this.#enter(served);
  }

  openStream(request: StreamRequest, operation: MemoryOperation): AsyncIterable<unknown> {
    if (this.#pending >= this.#maxPendingCalls) throw exhausted("maxPendingCalls", this.#maxPendingCalls);
    this.#checkStreams();
    checkMetadataSize(request.metadata);
    let stream: MemoryStream;
    try {
      stream = new MemoryStream(this, operation, request, operation.request(request.args));
      stream.prepare();
    } catch (error) {
      throw inArguments(error, operation.place);
    }
    this.#enter(stream);
    return new MemoryReader(stream);
  }

  #checkStreams(): void {
    const { maxStreams } = this.#listener.options.limits;
    if (this.#streams >= maxStreams) throw exhausted("maxStreams", maxStreams);
  }

  #enter(active: Active): void {
    active.slot = this.#free.pop() ?? this.#active.length;
    this.#active[active.slot] = active;
    this.#pending++;
    this.#queue.push(active);
    if (this.#scheduled) return;
    this.#scheduled = true;
    turn.then(this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#scheduled = false;
    const queue = this.#queue;
    this.#queue = this.#emptied;
    const { platform } = this.host;
    // For each: handlers before it may have taken long.
    for (let i = 0; i < queue.length; i++) (queue[i] as Active).run(platform.now());
    queue.length = 0;
    this.#emptied = queue;
  };

  async bind(
    contract: ContractDescriptor,
    codec: Codec,
    owner: object,
  ): Promise<readonly (MemoryOperation | undefined)[]> {
    const { maxBindings } = this.#listener.options.limits;
    this.#bound.add(owner);
    if (this.#bound.size > maxBindings) throw tooManyBindings(maxBindings);
    return agree(contract, codec, this, this.#isolate);
  }

  unbind(owner: object): void {
    this.#bound.delete(owner);
  }

  streamOpened(): void {
    this.#streams++;
  }

  streamClosed(): void {
    this.#streams--;
  }

  /** Its outcome is known. */
  leave(active: Active): void {
    this.#active[active.slot] = undefined;
    this.#free.push(active.slot);
    this.#pending--;
    if (this.draining && this.#pending === 0) this.host.platform.afterTurn(() => this.#finishIfIdle());
  }

  /** Runs a task that no call waits for, at the end of the turn. */
  later(task: () => void): void {
    this.host.platform.afterTurn(task);
  }

  onCallerError(error: unknown, where: ErrorSource): void {
    this.#user.onError(error, where);
  }

  /** The server asks for no new calls. */
  goaway(): void {
    this.draining = true;
    if (this.#ready) this.#user.onGoaway(this);
    this.#finishIfIdle();
  }

  /** The client makes no new calls. */
  drain(): void {
    this.draining = true;
    this.#finishIfIdle();
  }

  #finishIfIdle(): void {
    if (!this.draining || this.#pending > 0 || this.closed) return;
    const error = new RpcError({ code: "UNAVAILABLE", message: "the connection was closed", retryable: true });
    this.#end(error, error);
  }

  /** The server ends the handshake, and says why. */
  #refuse({ code, message, retryable }: RpcError): void {
    const error = new RpcError({ code, message: `refused by the other side: ${message}`, retryable });
    this.#end(error, error);
  }

  cut(error: RpcError): void {
    this.#end(error, closedByOther());
  }

  #end(atClient: RpcError, atServer: RpcError): void {
    if (this.closed) return;
    this.closed = true;
    this.draining = true;
    this.#stopHandshake?.();
    this.callbacks.lost(atServer);
    const active = this.#active.splice(0);
    this.#pending = 0;
    this.#left();
    this.#user.onLost(this, atClient);
    for (const one of active) one?.lost(atClient, atServer);
  }
}

function closedByOther(): RpcError {
  return new RpcError({ code: "UNAVAILABLE", message: "the other side closed the connection" });
}

function exhausted(limit: string, value: number): RpcError {
  return new RpcError({
    code: "RESOURCE_EXHAUSTED",
    message: `the connection is at its limit ${limit} (${value}); wait for replies, give connect more connections, or raise the limit`,
    retryable: true,
  });
}
