import type { Attempt } from "../../core/call/attempt.ts";
import { inArguments } from "../../core/call/place.ts";
import type { Peer } from "../../core/context.ts";
import { RpcError } from "../../core/error.ts";
import type { ErrorSource } from "../../core/error-source.ts";
import { decisionMs, refused, undecided } from "../../core/link/admission.ts";
import type { ClientEnvironment, ServerHost, StreamRequest } from "../../core/transport.ts";
import { checkMetadataSize } from "../../core/wire/metadata.ts";
import { tooManyBindings } from "../../core/wire/too-many-bindings.ts";
import type { Active, ActiveOwner } from "./active.ts";
import { MemoryCall } from "./call.ts";
import { CallbackShelf } from "./callback.ts";
import type { Accepted, Listening } from "./listeners.ts";
import type { MemoryOperation } from "./operation.ts";
import type { MemoryLimits } from "./options.ts";
import { MemoryReader, MemoryStream } from "./stream.ts";

/** What waits for it runs as soon as the caller's own code has run: cheaper than the platform's end of the turn. */
const turn = Promise.resolve();

export interface ConnectionUser {
  onReady(connection: MemoryConnection): void;
  /** The server asks for no new calls. */
  onGoaway(connection: MemoryConnection): void;
  onLost(connection: MemoryConnection, error: RpcError): void;
}

/** One connection, both ends of it. What is sent is handed to the server once the caller's own code has run, in order. */
export class MemoryConnection implements Accepted, ActiveOwner {
  readonly host: ServerHost;
  readonly callbacks: CallbackShelf;
  draining = false;
  closed = false;
  readonly #listener: Listening;
  readonly #environment: ClientEnvironment;
  readonly #user: ConnectionUser;
  readonly #maxPendingCalls: number;
  readonly #active: (Active | undefined)[] = [];
  readonly #free: number[] = [];
  #pending = 0;
  #streams = 0;
  #bindings = 0;
  #queue: Active[] = [];
  #emptied: Active[] = [];
  #scheduled = false;
  #identity: unknown;
  #stopHandshake: (() => void) | undefined;

  constructor(listener: Listening, environment: ClientEnvironment, limits: MemoryLimits, user: ConnectionUser) {
    this.#listener = listener;
    this.host = listener.host;
    this.#environment = environment;
    this.#user = user;
    this.#maxPendingCalls = Math.min(limits.maxPendingCalls, listener.options.limits.maxPendingCalls);
    const maxCallbacks = Math.min(limits.maxCallbacks, listener.options.limits.maxCallbacks);
    this.callbacks = new CallbackShelf(this.host, maxCallbacks, (error, where) => this.onCallerError(error, where));
  }

  get instance(): string {
    return this.host.instance;
  }

  get pending(): number {
    return this.#pending;
  }

  get isolate(): boolean {
    return this.#listener.options.isolate;
  }

  /** Who calls, as handlers see it; known once the server has looked at the credentials. */
  get peer(): Peer {
    return Object.freeze({ address: "memory", identity: this.#identity });
  }

  /** The handshake: the server looks at the credentials. */
  open(credentials: unknown): void {
    const full = this.#listener.accept(this);
    if (full) return this.#end(full, full);
    const { handshakeTimeoutMs } = this.#listener.options.limits;
    const late = (): void => this.#refuseLate(handshakeTimeoutMs);
    this.#stopHandshake = this.host.platform.schedule(decisionMs(handshakeTimeoutMs), late);
    this.host.authenticate(credentials, this.peer).then(
      (identity) => {
        if (this.closed) return;
        this.#stopHandshake?.();
        this.#identity = identity;
        if (this.draining) this.#finishIfIdle();
        else this.#user.onReady(this);
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

  /** One contract more or less is agreed on; one that was refused counts, as on a wire. */
  bound(change: 1 | -1): void {
    this.#bindings += change;
  }

  checkBindings(): void {
    const { maxBindings } = this.#listener.options.limits;
    if (this.#bindings > maxBindings) throw tooManyBindings(maxBindings);
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
    this.#environment.onError(error, { ...where, endpoint: this.#listener.url, instance: this.instance });
  }

  goaway(): void {
    this.draining = true;
    this.#user.onGoaway(this);
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

  cutByClient(error: RpcError): void {
    this.#end(error, closedByOther());
  }

  cutByServer(error: RpcError): void {
    this.#end(closedByOther(), error);
  }

  #end(atClient: RpcError, atServer: RpcError): void {
    if (this.closed) return;
    this.closed = true;
    this.draining = true;
    this.#stopHandshake?.();
    this.callbacks.lost(atServer);
    const active = this.#active.splice(0);
    this.#pending = 0;
    this.#listener.lost(this);
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
