import type { Attempt } from "../../core/call/attempt.ts";
import type { Codec } from "../../core/codec.ts";
import type { Peer } from "../../core/context.ts";
import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { RpcError } from "../../core/error.ts";
import { decisionMs, refused, undecided } from "../../core/link/admission.ts";
import type { LinkSession, SessionUser } from "../../core/link/session.ts";
import { unreachable } from "../../core/link/unreachable.ts";
import type { ServerHost, StreamRequest } from "../../core/transport.ts";
import { tooManyBindings } from "../../core/wire/too-many-bindings.ts";
import { MemoryCalls } from "./calls.ts";
import type { Listening } from "./listeners.ts";
import { agree, type MemoryOperation } from "./operation.ts";
import type { ResolvedMemoryOptions } from "./options.ts";

/** One connection, both ends of it: its handshake, its contracts and its end. */
export class MemoryConnection implements LinkSession<MemoryOperation> {
  readonly host: ServerHost;
  draining = false;
  closed = false;
  readonly #listener: Listening;
  readonly #user: SessionUser<MemoryOperation>;
  readonly #isolate: boolean;
  readonly #calls: MemoryCalls;
  /** Who bound a contract, also one that was refused, as on a wire. */
  readonly #bound = new Set<object>();
  #identity: unknown;
  #stopHandshake: (() => void) | undefined;
  #ready = false;
  /** Tells the listener that it is gone. */
  #left = (): void => {};

  constructor(listener: Listening, { isolate, limits }: ResolvedMemoryOptions, user: SessionUser<MemoryOperation>) {
    const { host, options } = listener;
    this.#listener = listener;
    this.host = host;
    this.#user = user;
    this.#isolate = isolate || options.isolate;
    const both = (name: "maxPendingCalls" | "maxCallbacks"): number => Math.min(limits[name], options.limits[name]);
    this.#calls = new MemoryCalls({
      host,
      limits: {
        maxPendingCalls: both("maxPendingCalls"),
        maxCallbacks: both("maxCallbacks"),
        maxStreams: options.limits.maxStreams,
      },
      onCallerError: (error, where) => user.onError(error, where),
      onIdle: () => {
        if (this.draining) host.platform.afterTurn(() => this.#finishIfIdle());
      },
    });
  }

  get instance(): string {
    return this.host.instance;
  }

  get pendingCount(): number {
    return this.#calls.count;
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
    this.#calls.send(call, operation);
  }

  openStream(request: StreamRequest, operation: MemoryOperation): AsyncIterable<unknown> {
    return this.#calls.openStream(request, operation);
  }

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
    if (!this.draining || this.#calls.count > 0 || this.closed) return;
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
    this.#calls.lost(atClient, atServer, () => {
      this.#left();
      this.#user.onLost(this, atClient);
    });
  }
}

function closedByOther(): RpcError {
  return new RpcError({ code: "UNAVAILABLE", message: "the other side closed the connection" });
}
