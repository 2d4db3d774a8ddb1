import { inItem, streamResult } from "../call/place.ts";
import { Credit, ITEM_OVERHEAD_BYTES, pump, StreamReader } from "../call/stream.ts";
import type { Peer } from "../context.ts";
import { RpcError } from "../error.ts";
import { limited } from "../error-limit.ts";
import { type ErrorListener, type ErrorSource, oneLine, sourceOf, withoutHalf } from "../error-source.ts";
import { decisionMs, refused, undecided } from "../link/admission.ts";
import { emptyMetadata, type Metadata } from "../metadata.ts";
import { isPromise } from "../promise.ts";
import type { ServerHost } from "../transport.ts";
import { Backlog } from "./backlog.ts";
import { CALL_HEAD_BYTES, flag, frame, readU16, readU32 } from "./frame.ts";
import { Invoker } from "./invoker.ts";
import { BEHIND_MS, Lateness, tooLate } from "./lateness.ts";
import type { WireLimits } from "./limits.ts";
import { readError, readHello, readLimit } from "./message.ts";
import { metadataEnd, readMetadata } from "./metadata.ts";
import { OnewayCalls } from "./oneway-calls.ts";
import type { Pipe } from "./pipe.ts";
import { protocolError } from "./protocol-error.ts";
import { Replier } from "./replier.ts";
import { ServerBindings } from "./server-bindings.ts";
import { WireCall } from "./server-operation.ts";
import { Session } from "./session.ts";

export interface ServerSessionOptions {
  readonly host: ServerHost;
  readonly limits: WireLimits;
  onLost(session: ServerSession): void;
}

/** The serving side of a connection. */
export class ServerSession extends Session {
  protected readonly mayPause = true;
  readonly #host: ServerHost;
  readonly #onLostHook: (session: ServerSession) => void;
  #peer: Peer;
  #state: "new" | "authenticating" | "ready" = "new";
  #clientWindow = 0;
  readonly #bindings: ServerBindings;
  readonly #active: (WireCall | undefined)[] = [];
  readonly #oneways: OnewayCalls;
  readonly #onError: ErrorListener;
  #streams = 0;
  readonly #invoker: Invoker;
  readonly #replier: Replier;
  readonly #lateness: Lateness;
  readonly #backlog: Backlog;
  /** The client ended the connection. */
  #left = false;

  constructor(pipe: Pipe, options: ServerSessionOptions) {
    super(pipe, options.host.platform, options.limits);
    this.#host = options.host;
    this.#onLostHook = options.onLost;
    this.#peer = { address: pipe.peerAddress, identity: pipe.peerIdentity };
    this.#onError = limited(options.host.onError, this.platform);
    this.#oneways = new OnewayCalls(this.limits.maxPendingCalls, this.#onError);
    this.#replier = new Replier(this.outbox, this.limits, (error, operation) =>
      this.#report(error, operation && { service: operation.service, method: withoutHalf(operation.method.name) }),
    );
    this.#bindings = new ServerBindings({
      host: options.host,
      limits: options.limits,
      answer: (binding, json) => this.#answerBind(binding, json),
      report: (error) => this.#report(error),
    });
    this.#invoker = new Invoker(this.outbox, this.limits, options.host, (type, id) => this.signal(type, id));
    this.#lateness = new Lateness((token, sentAt) => this.signal(frame.PING, token, sentAt));
    this.#backlog = new Backlog(this.platform, this.limits, (call, args, now) => this.#beginLate(call, args, now));
  }

  override onBytes(bytes: Uint8Array): void {
    // Replies to calls that came together are likely to be ready together.
    this.#replier.share = 0;
    super.onBytes(bytes);
  }

  protected onFrame(type: number, flags: number, bytes: Uint8Array, body: number, end: number): void {
    if (type === frame.CALL && this.#state === "ready") this.#onCall(flags, bytes, body, end);
    else if (this.#state !== "ready" && type !== frame.HELLO && type !== frame.CUT)
      throw protocolError("the first frame is not HELLO");
    else this.#onOther(type, bytes, body, end);
  }

  #onCall(flags: number, bytes: Uint8Array, body: number, end: number): void {
    this.need(body, end, CALL_HEAD_BYTES);
    this.#replier.share++;
    const operation = this.#bindings.operations[readU16(bytes, body)];
    const callId = readU32(bytes, body + 2);
    const timeoutMs = readU32(bytes, body + 6);
    const sentAt = readU32(bytes, body + 10);
    const from = body + CALL_HEAD_BYTES;
    const oneway = (flags & flag.ONEWAY) !== 0;
    if (!oneway) this.#checkCallId(callId);
    const start = (flags & flag.METADATA) === 0 ? from : metadataEnd(bytes, from, end);
    if (operation === undefined) throw protocolError("an operation that was not bound");
    if (typeof operation === "string") {
      const error = noSuchOperation(operation);
      if (oneway) this.#report(error, placeOf(operation));
      else this.#replier.error(callId, error, undefined);
      return;
    }
    const { kind, name } = operation.wire.method;
    if ((kind === "oneway") !== oneway || (kind === "stream") !== ((flags & flag.STREAM) !== 0)) {
      throw protocolError(`${name} was not called as the ${kind} method that it is`);
    }
    // For each call: handlers before this one may have taken long.
    const now = this.platform.now();
    const late = this.#lateness.of(sentAt, now);
    const until = timeoutMs === 0 ? undefined : now + timeoutMs - late;
    if (until !== undefined && until <= now) {
      this.#lateness.doubt(now);
      if (oneway) this.#onError(tooLate(name), sourceOf(operation.origin));
      else this.#replier.error(callId, tooLate(name), undefined);
      return;
    }
    let metadata: Metadata;
    let args: unknown[];
    try {
      metadata = start === from ? emptyMetadata : readMetadata(bytes, from, start);
      args = operation.unpack(operation.wire.request.decode(bytes, start, end));
    } catch (error) {
      if (oneway) this.#onError(error, sourceOf(operation.origin));
      else this.#replier.error(callId, RpcError.from(error, "the arguments could not be read"), operation.wire);
      return;
    }
    const call = new WireCall(operation, callId, metadata, until, this.#host.wheel);
    if (!oneway) {
      if (!operation.plain && !this.#openStreams(call, args)) return;
      this.#active[callId] = call;
    }
    // In order: once one is set aside, so are those behind it.
    if (late > BEHIND_MS || !this.#backlog.empty) this.#backlog.add(call, args, end - body);
    else this.#begin(call, args);
  }

  #begin(call: WireCall, args: unknown[]): void {
    if (call.operation.wire.method.kind === "oneway") this.#oneways.serve(call, args);
    else this.#serve(call, args);
  }

  /** What was set aside may have been cancelled since, its time may be over, or its connection. */
  #beginLate(call: WireCall, args: unknown[], now: number): void {
    if (call.over || (this.closed && !this.#left)) return;
    this.#replier.share++;
    if (call.until === undefined || call.until > now) return this.#begin(call, args);
    const error = tooLate(call.method);
    if (call.operation.wire.method.kind === "oneway") this.#onError(error, sourceOf(call));
    else this.#fail(call, error);
  }

  /** A number beyond the limit would make a sparse table of any size; one in use would mix up two calls. */
  #checkCallId(callId: number): void {
    const { maxPendingCalls } = this.limits;
    if (callId >= maxPendingCalls) {
      throw protocolError(`call number ${callId} is over maxPendingCalls (${maxPendingCalls})`);
    }
    if (this.#active[callId] !== undefined) throw protocolError(`call number ${callId} is in use`);
  }

  /** Opens what a call needs beside its arguments; false if there are too many streams, and the call was refused. */
  #openStreams(call: WireCall, args: unknown[]): boolean {
    const { callId, operation } = call;
    const { kind, streamParam, callbacks } = operation.wire.method;
    const { maxStreams, streamWindowBytes } = this.limits;
    if (kind === "stream" || streamParam >= 0) {
      if (this.#streams >= maxStreams) {
        const message = `maxStreams (${maxStreams}) are open on this connection; close some`;
        this.#replier.error(callId, new RpcError({ code: "RESOURCE_EXHAUSTED", message, retryable: true }), undefined);
        return false;
      }
      this.#streams++;
    }
    if (kind === "stream") call.downstream = new Credit(this.#clientWindow);
    if (streamParam >= 0) {
      const grant = (bytes: number): void => this.signal(frame.CREDIT, callId, bytes);
      call.upstream = new StreamReader(streamWindowBytes, grant, () => {});
      args[streamParam] = call.upstream;
    }
    if (callbacks.length > 0) this.#invoker.attach(call, operation.wire.callbacks, args);
    return true;
  }

  #serve(call: WireCall, args: unknown[]): void {
    let result: unknown;
    try {
      result = call.operation.served.invoke(call, args);
    } catch (error) {
      this.#fail(call, error);
      return;
    }
    if (call.downstream) void this.#pumpDown(call, call.downstream, result);
    else if (isPromise(result)) {
      result.then(
        (value) => this.#done(call, value),
        (error: unknown) => this.#fail(call, error),
      );
    } else this.#done(call, result);
  }

  async #pumpDown(call: WireCall, credit: Credit, result: unknown): Promise<void> {
    const { operation, callId } = call;
    try {
      const source = streamResult(await result, call.operation.wire);
      const { wire } = operation;
      const items = { callId, codec: wire.response, credit, placed: (error: unknown) => inItem(error, wire) };
      let first = true;
      await pump(source, credit, (item) => {
        const head = first ? call.untoldMetadata() : undefined;
        first = false;
        return this.sendItem(items, operation.pack(item), head);
      });
      if (this.#close(call)) this.#replier.end(call);
    } catch (error) {
      this.#fail(call, error);
    }
  }

  /** Frees the number; false if the call was over before, or the connection is gone. */
  #close(call: WireCall): boolean {
    if (this.closed || this.#active[call.callId] !== call) return false;
    this.#active[call.callId] = undefined;
    call.finish();
    if (!call.operation.plain) {
      if (call.upstream || call.downstream) this.#streams--;
      call.upstream?.end();
      call.downstream?.close();
      if (call.operation.wire.callbacks.length > 0) this.#invoker.detach(call);
    }
    return true;
  }

  #done(call: WireCall, value: unknown): void {
    if (this.#close(call)) this.#replier.reply(call, value);
  }

  #fail(call: WireCall, thrown: unknown): void {
    if (!this.#close(call)) return;
    if (!RpcError.is(thrown)) this.#onError(thrown, sourceOf(call));
    this.#replier.error(call.callId, RpcError.from(thrown), call.operation.wire);
  }

  #onOther(type: number, bytes: Uint8Array, body: number, end: number): void {
    switch (type) {
      case frame.CANCEL: {
        this.need(body, end, 4);
        const call = this.#active[readU32(bytes, body)];
        if (call) this.#onCancel(call);
        return;
      }
      case frame.DATA:
        this.need(body, end, 4);
        this.#onItem(this.#active[readU32(bytes, body)], bytes, body + 4, end);
        return;
      case frame.END:
        this.need(body, end, 4);
        this.#active[readU32(bytes, body)]?.upstream?.end();
        return;
      case frame.CREDIT:
        this.need(body, end, 8);
        this.#active[readU32(bytes, body)]?.downstream?.add(readU32(bytes, body + 4));
        return;
      case frame.REPLY:
        this.need(body, end, 4);
        this.#invoker.onReply(readU32(bytes, body), bytes, body + 4, end);
        return;
      case frame.ERROR:
        this.need(body, end, 7);
        this.#invoker.onError(readU32(bytes, body), readError(bytes, body + 4, end, undefined));
        return;
      case frame.PING:
        this.need(body, end, 8);
        this.#lateness.of(readU32(bytes, body + 4), this.platform.now());
        return this.onCommonFrame(type, bytes, body, end);
      case frame.PONG:
        this.need(body, end, 8);
        return this.#lateness.onPong(readU32(bytes, body), readU32(bytes, body + 4), this.platform.now());
      case frame.HELLO:
        return this.#onHello(bytes, body, end);
      case frame.BIND:
        this.need(body, end, 4);
        return this.#bindings.onBind(bytes, body, end, this.#peer);
      case frame.UNBIND:
        this.need(body, end, 2);
        return this.#bindings.onUnbind(readU16(bytes, body));
      default:
        this.onCommonFrame(type, bytes, body, end);
    }
  }

  #onItem(call: WireCall | undefined, bytes: Uint8Array, start: number, end: number): void {
    const codec = call?.operation.wire.upstream;
    if (!call?.upstream || !codec) return;
    let item: unknown;
    try {
      item = call.operation.unpackItem(codec.decode(bytes, start, end));
    } catch (error) {
      this.#fail(call, RpcError.from(error, "an item of the stream could not be read"));
      return;
    }
    if (!call.upstream.push(item, end - start + ITEM_OVERHEAD_BYTES)) {
      throw protocolError("a stream sent more than its credit");
    }
  }

  #onCancel(call: WireCall): void {
    const reason = new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" });
    call.abort(reason);
    call.upstream?.end(reason);
    this.#fail(call, reason);
  }

  #onHello(bytes: Uint8Array, body: number, end: number): void {
    if (this.#state !== "new") throw protocolError("a second HELLO");
    const { hello, version } = readHello(bytes, body, end);
    if (typeof hello["sentAt"] === "number") this.#lateness.of(hello["sentAt"], this.platform.now());
    this.#clientWindow = Math.min(Number(hello["window"]) || 0, 2 ** 31);
    this.outbox.maxMessageBytes = readLimit(hello["maxMessageBytes"], this.limits.maxMessageBytes);
    this.#state = "authenticating";
    this.handshakeWithin(decisionMs(this.limits.handshakeTimeoutMs));
    this.#host.authenticate(hello["credentials"], this.#peer).then(
      (identity) => this.#welcome(identity, version),
      (refusal: RpcError) => this.cut(refusal, true),
    );
  }

  protected override onLate(): void {
    if (this.#state !== "authenticating") return super.onLate();
    const late = undecided(this.limits.handshakeTimeoutMs);
    this.#report(refused(this.#peer, late));
    this.cut(late, true);
  }

  #welcome(identity: unknown, version: number): void {
    if (this.closed) return;
    this.#peer = Object.freeze({ address: this.#peer.address, identity: identity ?? this.#peer.identity });
    this.#state = "ready";
    const { streamWindowBytes: window, maxMessageBytes, maxPendingCalls } = this.limits;
    const { instance } = this.#host;
    this.control(frame.WELCOME, [version], { instance, window, maxMessageBytes, maxPendingCalls });
    this.established();
  }

  /** BOUND = binding:u16 json */
  #answerBind(binding: number, json: object | string): void {
    const { maxQueuedBytes } = this.limits;
    if (typeof json === "string" && this.outbox.bufferedBytes > maxQueuedBytes) {
      const message = `the contract is not sent: maxQueuedBytes (${maxQueuedBytes}) wait for this client, which does not read`;
      throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
    }
    this.control(frame.BOUND, [binding >>> 8, binding & 0xff], json, this.outbox.maxMessageBytes);
  }

  /** Asks the client for no new calls; it ends the connection when it has every answer. */
  goaway(reason: string): void {
    if (this.#state === "ready") this.control(frame.GOAWAY, [], { reason });
    else this.finish();
  }

  protected onViolation({ code, message }: RpcError): void {
    this.#report(new RpcError({ code, message: `the connection from ${this.#peer.address} was cut: ${message}` }));
  }

  #report(error: unknown, called?: Pick<ErrorSource, "service" | "method">): void {
    this.#onError(error, { ...called, peer: this.#peer.address, instance: this.#host.instance });
  }

  /** Oneways that had arrived before are done, as if they had not been set aside. */
  override onClose(error: RpcError | undefined): void {
    this.#left = !this.closed;
    super.onClose(error);
    if (this.#left) this.#backlog.beginAll();
  }

  protected onLost(error: RpcError): void {
    for (const call of this.#active.splice(0)) {
      if (!call) continue;
      call.abort(error);
      call.upstream?.end(error);
      call.downstream?.close();
    }
    this.#invoker.lost(error);
    this.#onLostHook(this);
  }
}

function noSuchOperation(path: string): RpcError {
  return new RpcError({
    code: "UNIMPLEMENTED",
    message: `the service has no ${oneLine(path)}; deploy a server that has, or check the contract`,
    retryable: true,
  });
}

/** Of the path of an operation that is not served: its service, as far as it is known, and its name. */
function placeOf(path: string): Pick<ErrorSource, "service" | "method"> {
  const dot = path.lastIndexOf(".");
  return dot < 0 ? { method: path } : { service: path.slice(0, dot), method: path.slice(dot + 1) };
}
