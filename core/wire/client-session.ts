import type { Attempt } from "../call/attempt.ts";
import type { StreamReader } from "../call/stream.ts";
import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import type { ErrorListener } from "../error-source.ts";
import type { Platform } from "../platform.ts";
import type { StreamRequest } from "../transport.ts";
import { Binder } from "./binder.ts";
import { ClientCalls, type ClientOperation } from "./client-calls.ts";
import { Connection, type ConnectionUser } from "./connection.ts";
import { frame, MAX_VERSION, MIN_VERSION } from "./frame.ts";
import type { WireLimits } from "./limits.ts";
import { readJson, readLimit, readNotice, writeHello } from "./message.ts";
import type { Pipe, PipeUser } from "./pipe.ts";
import { protocolError } from "./protocol-error.ts";

export interface ClientSessionOptions {
  readonly platform: Platform;
  readonly limits: WireLimits;
  readonly credentials: unknown;
  /** The handshake is done. */
  onReady(session: ClientSession): void;
  /** The server asks for no new calls. */
  onGoaway(session: ClientSession, reason: string): void;
  onLost(session: ClientSession, error: RpcError): void;
  /** Told of what no call can carry; its place without what the link knows. */
  readonly onError: ErrorListener;
}

/** The calling side of a connection: handshake, bindings and calls, each a part of its own. */
export class ClientSession implements PipeUser, ConnectionUser {
  readonly mayPause = false;
  readonly connection: Connection;
  instance: string | undefined;
  ready = false;
  draining = false;
  readonly #options: ClientSessionOptions;
  readonly #binder: Binder;
  readonly #calls: ClientCalls;

  constructor(pipe: Pipe, options: ClientSessionOptions) {
    const { platform, limits, credentials, onError } = options;
    this.#options = options;
    const connection = new Connection(pipe, this, { platform, limits });
    this.connection = connection;
    this.#calls = new ClientCalls(connection, {
      onError,
      onIdle: () => {
        if (this.draining) platform.afterTurn(() => this.#finishIfIdle());
      },
    });
    this.#binder = new Binder({
      limits,
      bind: (head, json) => connection.control(frame.BIND, head, json, connection.outbox.maxMessageBytes),
      unbind: (binding) => connection.control(frame.UNBIND, [binding >>> 8, binding & 0xff], ""),
    });
    const { streamWindowBytes: window, maxMessageBytes } = limits;
    try {
      writeHello(connection.outbox.out, { window, maxMessageBytes, sentAt: platform.now() >>> 0, credentials });
    } catch (error) {
      connection.cut(RpcError.from(error, "the credentials cannot be sent"));
      throw error;
    }
    connection.outbox.frameDone();
  }

  get closed(): boolean {
    return this.connection.closed;
  }

  get pendingCount(): number {
    return this.#calls.count;
  }

  /** Agrees on a contract for `owner`, who gives it up by `unbind` and then uses none of its operations any more. */
  bind(contract: ContractDescriptor, codec: Codec, owner: object = {}): Promise<(ClientOperation | undefined)[]> {
    return this.#binder.bind(contract, codec, owner);
  }

  unbind(owner: object): void {
    this.#binder.unbind(owner);
  }

  /** Throws where the arguments do not fit, having sent nothing. */
  send(call: Attempt, operation: ClientOperation): void {
    this.#calls.send(call, operation);
  }

  openStream(request: StreamRequest, operation: ClientOperation): StreamReader {
    return this.#calls.openStream(request, operation);
  }

  onBytes(bytes: Uint8Array): void {
    this.connection.onBytes(bytes);
  }

  onDrain(): void {
    this.connection.onDrain();
  }

  onClose(error: RpcError | undefined): void {
    this.connection.onClose(error);
  }

  onFrame(type: number, flags: number, bytes: Uint8Array, body: number, end: number): void {
    // Before the handshake nothing is pending, and an answer to nothing breaks a rule.
    if (type === frame.REPLY) this.#calls.onReply(flags, bytes, body, end);
    else if (type === frame.WELCOME) this.#onWelcome(bytes, body, end);
    else if (!this.ready && type !== frame.CUT) throw protocolError("the first frame is not WELCOME");
    else if (!this.#calls.onFrame(type, flags, bytes, body, end)) this.#onOther(type, bytes, body, end);
  }

  #onOther(type: number, bytes: Uint8Array, body: number, end: number): void {
    switch (type) {
      case frame.BOUND:
        this.connection.need(body, end, 2);
        return this.#binder.onBound(bytes, body, end);
      case frame.GOAWAY:
        this.draining = true;
        this.#options.onGoaway(this, String(readNotice(bytes, body, end)["reason"]).slice(0, 200));
        this.#finishIfIdle();
        return;
      default:
        this.connection.onCommonFrame(type, bytes, body, end);
    }
  }

  #onWelcome(bytes: Uint8Array, body: number, end: number): void {
    if (this.ready) throw protocolError("a second WELCOME");
    const { connection } = this;
    connection.need(body, end, 1);
    const version = bytes[body] as number;
    if (version < MIN_VERSION || version > MAX_VERSION)
      throw protocolError(`the server chose version ${version}, which was not offered`);
    const { limits } = this.#options;
    const { instance, window, maxMessageBytes, maxPendingCalls } = readJson(bytes, body + 1, end);
    this.#calls.maxPendingCalls = readLimit(maxPendingCalls, limits.maxPendingCalls);
    this.#calls.window = Number(window) || 0;
    connection.outbox.maxMessageBytes = readLimit(maxMessageBytes, limits.maxMessageBytes);
    this.instance = String(instance);
    this.ready = true;
    connection.established();
    this.#options.onReady(this);
  }

  /** No new calls; ends when the last one has its answer. */
  drain(): void {
    this.draining = true;
    this.#finishIfIdle();
  }

  #finishIfIdle(): void {
    if (this.draining && this.#calls.count === 0 && !this.closed) this.connection.finish();
  }

  /** Ends the connection at once. */
  cut(error: RpcError): void {
    this.connection.cut(error);
  }

  /** Calls in progress and later ones say it: it becomes the reason of the link. */
  onViolation(): void {}

  onLost(error: RpcError): void {
    this.#binder.lost(error);
    this.#calls.lost(error, () => this.#options.onLost(this, error));
  }
}
