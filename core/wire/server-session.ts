import type { Peer } from "../context.ts";
import { RpcError } from "../error.ts";
import { limited } from "../error-limit.ts";
import type { ErrorListener, ErrorSource } from "../error-source.ts";
import { decisionMs, refused, undecided } from "../link/admission.ts";
import type { ServerHost } from "../transport.ts";
import { Connection, type ConnectionUser } from "./connection.ts";
import { frame, readU16, readU32 } from "./frame.ts";
import { Lateness } from "./lateness.ts";
import type { WireLimits } from "./limits.ts";
import { readHello, readLimit } from "./message.ts";
import type { Pipe, PipeUser } from "./pipe.ts";
import { protocolError } from "./protocol-error.ts";
import { ServerBindings } from "./server-bindings.ts";
import { ServerCalls } from "./server-calls.ts";

export interface ServerSessionOptions {
  readonly host: ServerHost;
  readonly limits: WireLimits;
  onLost(session: ServerSession): void;
}

/** The serving side of a connection: handshake, bindings and calls, each a part of its own. */
export class ServerSession implements PipeUser, ConnectionUser {
  readonly mayPause = true;
  readonly connection: Connection;
  readonly #options: ServerSessionOptions;
  readonly #bindings: ServerBindings;
  readonly #calls: ServerCalls;
  readonly #lateness: Lateness;
  readonly #onError: ErrorListener;
  #peer: Peer;
  #state: "new" | "authenticating" | "ready" = "new";

  constructor(pipe: Pipe, options: ServerSessionOptions) {
    const { host, limits } = options;
    this.#options = options;
    this.#peer = { address: pipe.peerAddress, identity: pipe.peerIdentity };
    this.#onError = limited(host.onError, host.platform);
    const report: ServerSession["report"] = (error, called) => this.report(error, called);
    this.connection = new Connection(pipe, this, { platform: host.platform, limits });
    this.#lateness = new Lateness((token, sentAt) => this.connection.signal(frame.PING, token, sentAt));
    this.#bindings = new ServerBindings({
      host,
      limits,
      answer: (binding, json) => this.#answerBind(binding, json),
      report,
    });
    const { operations } = this.#bindings;
    const { connection } = this;
    this.#calls = new ServerCalls(connection, {
      host,
      lateness: this.#lateness,
      operations,
      onError: this.#onError,
      report,
    });
  }

  get closed(): boolean {
    return this.connection.closed;
  }

  onBytes(bytes: Uint8Array): void {
    this.#calls.gather();
    this.connection.onBytes(bytes);
  }

  onDrain(): void {
    this.connection.onDrain();
  }

  onClose(error: RpcError | undefined): void {
    const left = !this.connection.closed;
    this.#calls.left = left;
    this.connection.onClose(error);
    if (left) this.#calls.beginAll();
  }

  onFrame(type: number, flags: number, bytes: Uint8Array, body: number, end: number): void {
    if (this.#state === "ready") {
      if (type === frame.CALL) this.#calls.onCall(flags, bytes, body, end);
      else if (!this.#calls.onFrame(type, bytes, body, end)) this.#onOther(type, bytes, body, end);
    } else if (type === frame.HELLO) this.#onHello(bytes, body, end);
    else if (type === frame.CUT) this.connection.onCommonFrame(type, bytes, body, end);
    else throw protocolError("the first frame is not HELLO");
  }

  #onOther(type: number, bytes: Uint8Array, body: number, end: number): void {
    const { connection } = this;
    switch (type) {
      case frame.PING:
        connection.need(body, end, 8);
        this.#lateness.of(readU32(bytes, body + 4), connection.platform.now());
        return connection.onCommonFrame(type, bytes, body, end);
      case frame.PONG:
        connection.need(body, end, 8);
        return this.#lateness.onPong(readU32(bytes, body), readU32(bytes, body + 4), connection.platform.now());
      case frame.HELLO:
        return this.#onHello(bytes, body, end);
      case frame.BIND:
        connection.need(body, end, 4);
        return this.#bindings.onBind(bytes, body, end, this.#peer);
      case frame.UNBIND:
        connection.need(body, end, 2);
        return this.#bindings.onUnbind(readU16(bytes, body));
      default:
        connection.onCommonFrame(type, bytes, body, end);
    }
  }

  #onHello(bytes: Uint8Array, body: number, end: number): void {
    if (this.#state !== "new") throw protocolError("a second HELLO");
    const { host, limits } = this.#options;
    const { hello, version } = readHello(bytes, body, end);
    if (typeof hello["sentAt"] === "number") this.#lateness.of(hello["sentAt"], host.platform.now());
    this.#calls.window = Math.min(Number(hello["window"]) || 0, 2 ** 31);
    this.connection.outbox.maxMessageBytes = readLimit(hello["maxMessageBytes"], limits.maxMessageBytes);
    this.#state = "authenticating";
    this.connection.handshakeWithin(decisionMs(limits.handshakeTimeoutMs), () => this.#undecided());
    host.authenticate(hello["credentials"], this.#peer).then(
      (identity) => this.#welcome(identity, version),
      (refusal: RpcError) => this.cut(refusal, true),
    );
  }

  #undecided(): void {
    const late = undecided(this.#options.limits.handshakeTimeoutMs);
    this.report(refused(this.#peer, late));
    this.cut(late, true);
  }

  #welcome(identity: unknown, version: number): void {
    if (this.connection.closed) return;
    this.#peer = Object.freeze({ address: this.#peer.address, identity: identity ?? this.#peer.identity });
    this.#state = "ready";
    const { host, limits } = this.#options;
    const { streamWindowBytes: window, maxMessageBytes, maxPendingCalls } = limits;
    const { instance } = host;
    this.connection.control(frame.WELCOME, [version], { instance, window, maxMessageBytes, maxPendingCalls });
    this.connection.established();
  }

  /** BOUND = binding:u16 json */
  #answerBind(binding: number, json: object | string): void {
    const { outbox } = this.connection;
    const { maxQueuedBytes } = this.#options.limits;
    if (typeof json === "string" && outbox.bufferedBytes > maxQueuedBytes) {
      const message = `the contract is not sent: maxQueuedBytes (${maxQueuedBytes}) wait for this client, which does not read`;
      throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
    }
    this.connection.control(frame.BOUND, [binding >>> 8, binding & 0xff], json, outbox.maxMessageBytes);
  }

  /** Asks the client for no new calls; it ends the connection when it has every answer. */
  goaway(reason: string): void {
    if (this.#state === "ready") this.connection.control(frame.GOAWAY, [], { reason });
    else this.connection.finish();
  }

  /** Ends the connection at once. With `tell`, a last frame says why. */
  cut(error: RpcError, tell = false): void {
    this.connection.cut(error, tell);
  }

  onViolation({ code, message }: RpcError): void {
    this.report(new RpcError({ code, message: `the connection from ${this.#peer.address} was cut: ${message}` }));
  }

  /** Tells of an error of this connection. */
  report(error: unknown, called?: Pick<ErrorSource, "service" | "method">): void {
    this.#onError(error, { ...called, peer: this.#peer.address, instance: this.#options.host.instance });
  }

  onLost(error: RpcError): void {
    this.#calls.lost(error);
    this.#options.onLost(this);
  }
}
