import type { Attempt, Carrier } from "../call/attempt.ts";
import { lost } from "../call/lost.ts";
import { inArguments, inUpstream, streamArgument } from "../call/place.ts";
import { Credit, ITEM_OVERHEAD_BYTES, pump, StreamReader } from "../call/stream.ts";
import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import type { ErrorSource } from "../error-source.ts";
import { emptyMetadata, type Metadata } from "../metadata.ts";
import type { Platform } from "../platform.ts";
import type { StreamRequest } from "../transport.ts";
import { Binder } from "./binder.ts";
import { argumentFailed, exhausted, neverLeft, unreadable } from "./call-error.ts";
import { CallbackTable } from "./callbacks.ts";
import {
  CALL_HEAD_BYTES,
  closeFrame,
  flag,
  frame,
  MAX_VERSION,
  MIN_VERSION,
  openFrame,
  readU32,
  writeU16,
  writeU32,
} from "./frame.ts";
import type { WireLimits } from "./limits.ts";
import { readError, readJson, readLimit, readNotice, writeHello } from "./message.ts";
import { metadataEnd, readMetadata, writeMetadata } from "./metadata.ts";
import type { WireOperation } from "./operation.ts";
import { type ClientOperation, isStream, type OpenedStream, Pending } from "./pending.ts";
import type { Pipe } from "./pipe.ts";
import { protocolError } from "./protocol-error.ts";
import { Session } from "./session.ts";

export interface ClientSessionOptions {
  readonly platform: Platform;
  readonly limits: WireLimits;
  readonly credentials: unknown;
  /** The handshake is done. */
  onReady(session: ClientSession): void;
  /** The server asks for no new calls. */
  onGoaway(session: ClientSession, reason: string): void;
  onLost(session: ClientSession, error: RpcError): void;
  /** Told of what no call can carry; `where` without what the link knows. */
  onError(error: unknown, where: ErrorSource): void;
}

/** The calling side of a connection. */
export class ClientSession extends Session implements Carrier {
  protected readonly mayPause = false;
  instance: string | undefined;
  ready = false;
  draining = false;
  readonly #options: ClientSessionOptions;
  readonly #pending: (Pending | undefined)[] = [];
  readonly #free: number[] = [];
  #pendingCount = 0;
  #maxPendingCalls: number;
  readonly #binder: Binder;
  #serverWindow = 0;
  readonly #callbacks: CallbackTable;

  constructor(pipe: Pipe, options: ClientSessionOptions) {
    super(pipe, options.platform, options.limits);
    this.#options = options;
    this.#maxPendingCalls = options.limits.maxPendingCalls;
    this.#callbacks = new CallbackTable(options.limits, this.outbox, options.onError);
    this.#binder = new Binder({
      limits: options.limits,
      bind: (head, json) => this.control(frame.BIND, head, json, this.outbox.maxMessageBytes),
      unbind: (binding) => this.control(frame.UNBIND, [binding >>> 8, binding & 0xff], ""),
    });
    const { streamWindowBytes: window, maxMessageBytes } = this.limits;
    try {
      const sentAt = this.platform.now() >>> 0;
      writeHello(this.outbox.out, { window, maxMessageBytes, sentAt, credentials: options.credentials });
    } catch (error) {
      this.cut(RpcError.from(error, "the credentials cannot be sent"));
      throw error;
    }
    this.outbox.frameDone();
  }

  get pendingCount(): number {
    return this.#pendingCount;
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
    const oneway = operation.wire.method.kind === "oneway";
    call.callId = this.#open(operation, call, oneway ? flag.ONEWAY : 0);
    call.sent = true;
    if (oneway) {
      this.outbox.whenLeft((left) => (left ? call.succeed(undefined) : call.fail(neverLeft(call.method.name))));
      this.outbox.frameDone();
      return;
    }
    call.carrier = this;
    this.outbox.frameDone(this.#pendingCount);
  }

  openStream(request: StreamRequest, operation: ClientOperation): StreamReader {
    let callId = -1;
    const reader = new StreamReader(
      this.limits.streamWindowBytes,
      (bytes) => this.signal(frame.CREDIT, callId, bytes),
      () => this.signal(frame.CANCEL, callId),
    );
    const { args, metadata, deadline = 0, onReplyMetadata: onMetadata } = request;
    callId = this.#open(
      operation,
      { args, metadata, dueMs: deadline, timeoutMs: undefined, reader, onMetadata },
      flag.STREAM,
    );
    this.outbox.frameDone();
    return reader;
  }

  cancel(call: Attempt): void {
    const pending = this.#pending[call.callId];
    if (pending?.call !== call) return;
    pending.upstream?.close();
    this.signal(frame.CANCEL, call.callId);
  }

  /** Writes a CALL and opens its slot; a oneway has none. Returns the call's number. */
  #open(operation: ClientOperation, target: Attempt | OpenedStream, flags: number): number {
    const { method, request } = operation.wire;
    const { args, metadata } = target;
    const { out } = this.outbox;
    this.#checkRoom();
    const source = method.streamParam < 0 ? undefined : streamArgument(args[method.streamParam], operation.wire);
    const oneway = (flags & flag.ONEWAY) !== 0;
    const callId = oneway ? 0 : (this.#free.pop() ?? this.#pending.length);
    const record = operation.pack(args);
    let callbacks = none;
    out.begin(this.outbox.maxMessageBytes);
    try {
      if (method.callbacks.length > 0) callbacks = this.#callbacks.handOver(operation.wire, args, record);
      const hasMetadata = metadata !== emptyMetadata;
      const from = openFrame(out, frame.CALL, hasMetadata ? flags | flag.METADATA : flags, CALL_HEAD_BYTES);
      const { buffer, position } = out;
      writeU16(buffer, position, operation.number);
      writeU32(buffer, position + 2, callId);
      this.#writeTime(buffer, position + 6, target);
      out.position = position + CALL_HEAD_BYTES;
      if (hasMetadata) writeMetadata(out, metadata);
      request.encodeInto(record, out);
      closeFrame(out, from);
    } catch (error) {
      out.rollback();
      if (!oneway && callId < this.#pending.length) this.#free.push(callId);
      this.#callbacks.releaseUnlessRetained(callbacks);
      throw inArguments(error, operation.wire);
    }
    if (!oneway) {
      const upstream = source && new Credit(this.#serverWindow);
      this.#pending[callId] = new Pending(operation, target, upstream, callbacks);
      this.#pendingCount++;
      if (upstream) void this.#pumpUp(callId, operation, source, upstream);
    }
    return callId;
  }

  #checkRoom(): void {
    const { maxQueuedBytes } = this.limits;
    if (this.#pendingCount >= this.#maxPendingCalls) throw exhausted("maxPendingCalls", this.#maxPendingCalls);
    if (this.outbox.bufferedBytes > maxQueuedBytes) throw exhausted("maxQueuedBytes", maxQueuedBytes);
  }

  /** timeoutMs, 0 for "no deadline", and sentAt. A call that has just begun has all of its time: no look at the clock. */
  #writeTime(buffer: Uint8Array, at: number, target: Attempt | OpenedStream): void {
    const now = target.timeoutMs === undefined ? this.platform.now() : target.startedAt;
    const left = target.timeoutMs ?? (target.dueMs === 0 ? Number.POSITIVE_INFINITY : target.dueMs - now);
    const finite = left === Number.POSITIVE_INFINITY ? 0 : Math.min(0xffffffff, Math.max(1, Math.ceil(left)));
    writeU32(buffer, at, finite);
    writeU32(buffer, at + 4, now);
  }

  async #pumpUp(
    callId: number,
    operation: ClientOperation,
    source: AsyncIterable<unknown>,
    credit: Credit,
  ): Promise<void> {
    const codec = operation.wire.upstream;
    if (!codec) return;
    try {
      const items = { callId, codec, credit, placed: (error: unknown) => inUpstream(error, operation.wire) };
      await pump(source, credit, (item) => this.sendItem(items, operation.packItem(item)));
      if (!credit.closed) this.signal(frame.END, callId);
    } catch (thrown) {
      if (credit.closed) return;
      // The call itself fails by what its own argument threw.
      const error = argumentFailed(thrown);
      const pending = this.#pending[callId];
      this.signal(frame.CANCEL, callId);
      pending?.stream?.reader.end(error);
      pending?.call?.abandon(error);
    }
  }

  protected onFrame(type: number, flags: number, bytes: Uint8Array, body: number, end: number): void {
    if (type === frame.REPLY) this.#onReply(flags, bytes, body, end);
    else if (!this.ready && type !== frame.WELCOME && type !== frame.CUT)
      throw protocolError("the first frame is not WELCOME");
    else this.#onOther(type, flags, bytes, body, end);
  }

  #onReply(flags: number, bytes: Uint8Array, body: number, end: number): void {
    const { operation, target: call, callbacks, upstream } = this.#pendingOf(bytes, body, end);
    if (isStream(call)) throw protocolError("a REPLY to a stream");
    const from = body + 4;
    const start = (flags & flag.METADATA) === 0 ? from : metadataEnd(bytes, from, end);
    this.#vacate(readU32(bytes, body));
    upstream?.close();
    if (callbacks !== none) this.#callbacks.releaseUnlessRetained(callbacks);
    if (call.settled) return;
    let value: unknown;
    try {
      if (start > from) call.replyMetadata = readMetadata(bytes, from, start);
      value = operation.unpackResult(operation.wire.response.decode(bytes, start, end));
    } catch (error) {
      call.fail(unreadable(operation, error));
      return;
    }
    call.succeed(value);
  }

  /** What a final frame ends. It keeps its number until the frame proves sound: the cut of a bad one must settle it too. */
  #pendingOf(bytes: Uint8Array, body: number, end: number): Pending {
    this.need(body, end, 4);
    const callId = readU32(bytes, body);
    const pending = this.#pending[callId];
    if (pending === undefined) throw protocolError(`an answer to call ${callId}, which nobody made`);
    return pending;
  }

  /** The number may be used again. */
  #vacate(callId: number): void {
    this.#pending[callId] = undefined;
    this.#free.push(callId);
    this.#pendingCount--;
    if (this.#pendingCount === 0 && this.draining) this.platform.afterTurn(() => this.#finishIfIdle());
  }

  #onOther(type: number, flags: number, bytes: Uint8Array, body: number, end: number): void {
    switch (type) {
      case frame.DATA:
        return this.#onItem(flags, bytes, body, end);
      case frame.ERROR: {
        const pending = this.#pendingOf(bytes, body, end);
        const error = readError(bytes, body + 4, end, pending.operation.wire);
        this.#vacate(readU32(bytes, body));
        this.#settle(pending, error);
        return;
      }
      case frame.END: {
        const pending = this.#pendingOf(bytes, body, end);
        const { stream } = pending;
        if (stream === undefined) throw protocolError("an END for a call that is not a stream");
        const from = body + 4;
        const stop = (flags & flag.METADATA) === 0 ? from : metadataEnd(bytes, from, end);
        this.#vacate(readU32(bytes, body));
        try {
          const metadata = stop > from && readMetadata(bytes, from, stop);
          if (metadata) stream.reader.atEnd = () => this.#tell(stream, metadata, pending.operation.wire);
          this.#settle(pending, undefined);
        } catch (error) {
          this.#settle(pending, unreadable(pending.operation, error));
        }
        return;
      }
      case frame.CREDIT:
        this.need(body, end, 8);
        this.#pending[readU32(bytes, body)]?.upstream?.add(readU32(bytes, body + 4));
        return;
      case frame.INVOKE:
        this.need(body, end, 12);
        this.#callbacks.invoke(readU32(bytes, body), readU32(bytes, body + 4), bytes, body + 12, end);
        return;
      case frame.RETAIN:
        this.need(body, end, 4);
        return this.#callbacks.retain(readU32(bytes, body));
      case frame.RELEASE:
        this.need(body, end, 4);
        return this.#callbacks.release(readU32(bytes, body));
      case frame.WELCOME:
        return this.#onWelcome(bytes, body, end);
      case frame.BOUND:
        this.need(body, end, 2);
        return this.#binder.onBound(bytes, body, end);
      case frame.GOAWAY:
        this.draining = true;
        this.#options.onGoaway(this, String(readNotice(bytes, body, end)["reason"]).slice(0, 200));
        this.#finishIfIdle();
        return;
      default:
        this.onCommonFrame(type, bytes, body, end);
    }
  }

  #onItem(flags: number, bytes: Uint8Array, body: number, end: number): void {
    this.need(body, end, 4);
    const callId = readU32(bytes, body);
    const from = body + 4;
    const start = (flags & flag.METADATA) === 0 ? from : metadataEnd(bytes, from, end);
    const pending = this.#pending[callId];
    const stream = pending?.stream;
    if (!pending || !stream || stream.reader.ended) return;
    const { reader } = stream;
    const { wire, unpackResult } = pending.operation;
    let item: unknown;
    try {
      const head = start > from ? readMetadata(bytes, from, start) : undefined;
      item = unpackResult(wire.response.decode(bytes, start, end));
      if (head) this.#tell(stream, head, wire);
    } catch (error) {
      reader.end(unreadable(pending.operation, error));
      this.signal(frame.CANCEL, callId);
      return;
    }
    if (!reader.push(item, end - start + ITEM_OVERHEAD_BYTES))
      throw protocolError("a stream sent more than its credit");
  }

  /** What the caller's function throws must not cost the connection. */
  #tell(stream: OpenedStream, metadata: Metadata, { service, method }: WireOperation): void {
    try {
      stream.onMetadata?.(metadata);
    } catch (error) {
      this.#options.onError(RpcError.from(error, "onReplyMetadata threw"), { service, method: method.name });
    }
  }

  #settle(pending: Pending, error: RpcError | undefined): void {
    pending.upstream?.close();
    if (pending.callbacks !== none) this.#callbacks.releaseUnlessRetained(pending.callbacks);
    if (pending.stream) pending.stream.reader.end(error);
    else if (error) pending.call?.fail(error);
  }

  #onWelcome(bytes: Uint8Array, body: number, end: number): void {
    if (this.ready) throw protocolError("a second WELCOME");
    this.need(body, end, 1);
    const version = bytes[body] as number;
    if (version < MIN_VERSION || version > MAX_VERSION)
      throw protocolError(`the server chose version ${version}, which was not offered`);
    const { instance, window, maxMessageBytes, maxPendingCalls } = readJson(bytes, body + 1, end);
    this.#maxPendingCalls = readLimit(maxPendingCalls, this.limits.maxPendingCalls);
    this.outbox.maxMessageBytes = readLimit(maxMessageBytes, this.limits.maxMessageBytes);
    this.instance = String(instance);
    this.#serverWindow = Number(window) || 0;
    this.ready = true;
    this.established();
    this.#options.onReady(this);
  }

  /** No new calls; ends when the last one has its answer. */
  drain(): void {
    this.draining = true;
    this.#finishIfIdle();
  }

  #finishIfIdle(): void {
    if (this.draining && this.#pendingCount === 0 && !this.closed) this.finish();
  }

  /** Calls in progress and later ones say it: it becomes the reason of the link. */
  protected onViolation(): void {}

  protected onLost(error: RpcError): void {
    this.#binder.lost(error);
    const pending = this.#pending.splice(0);
    this.#pendingCount = 0;
    this.#callbacks.clear();
    this.#options.onLost(this, error);
    for (const one of pending) {
      if (!one) continue;
      one.upstream?.close();
      const { method } = one.operation.wire;
      one.stream?.reader.end(lost(error, method.name, true));
      one.call?.fail(lost(error, method.name, method.idempotent));
    }
  }
}

const none: readonly number[] = Object.freeze([]);
