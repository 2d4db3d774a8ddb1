import type { Output } from "../bytes/output.ts";
import type { Attempt, Carrier } from "../call/attempt.ts";
import { exhausted, neverLeft, unreadable } from "../call/call-error.ts";
import {
  type CallerEnd,
  endCaller,
  isStream,
  loseCaller,
  type OpenedStream,
  openedStream,
  type ReplyHeard,
  tellMetadata,
  upload,
} from "../call/caller-end.ts";
import type { OperationCodec } from "../call/operation-codec.ts";
import { inArguments, inUpstream, streamArgument } from "../call/place.ts";
import type { Sharing } from "../call/sharing.ts";
import { Credit, ITEM_OVERHEAD_BYTES, type StreamItem, StreamReader } from "../call/stream.ts";
import type { RpcError } from "../error.ts";
import type { ErrorListener } from "../error-source.ts";
import { emptyMetadata } from "../metadata.ts";
import type { StreamRequest } from "../transport.ts";
import { Callbacks } from "./callbacks.ts";
import type { Connection } from "./connection.ts";
import { CALL_HEAD_BYTES, closeFrame, flag, frame, openFrame, readU32, writeU16, writeU32 } from "./frame.ts";
import { readError } from "./message.ts";
import { metadataEnd, readMetadata, writeMetadata } from "./metadata.ts";
import { overCredit, protocolError } from "./protocol-error.ts";

/** An operation as this connection numbers it. */
export interface ClientOperation {
  readonly codec: OperationCodec;
  readonly number: number;
}

const none: readonly number[] = Object.freeze([]);

/** What a call number stands for until its final frame: one per CALL, also after CANCEL. */
class Pending implements CallerEnd {
  readonly codec: OperationCodec;
  readonly target: Attempt | OpenedStream;
  readonly upload: Credit | undefined;
  /** The numbers of the functions that it handed over. */
  readonly callbacks: readonly number[];

  constructor(
    codec: OperationCodec,
    target: Attempt | OpenedStream,
    upload: Credit | undefined,
    callbacks: readonly number[],
  ) {
    this.codec = codec;
    this.target = target;
    this.upload = upload;
    this.callbacks = callbacks;
  }
}

export interface ClientCallsOptions {
  readonly onError: ErrorListener;
  /** The last call in progress has its answer. */
  onIdle(): void;
}

/** The calls that a client has in progress on one connection. */
export class ClientCalls implements Carrier {
  /** How many the server takes at once. */
  maxPendingCalls: number;
  /** How many bytes it takes of a stream before it asks for more. */
  window = 0;
  count = 0;
  readonly #connection: Connection;
  readonly #options: ClientCallsOptions;
  readonly #callbacks: Callbacks;
  readonly #pending: (Pending | undefined)[] = [];
  readonly #free: number[] = [];
  /** Oneways of the write that has not been made, and how many were made before it. */
  #leaving: Attempt[] | undefined;
  #leavingWith = 0;

  constructor(connection: Connection, options: ClientCallsOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#callbacks = new Callbacks(connection, options.onError);
    this.maxPendingCalls = connection.limits.maxPendingCalls;
  }

  /** Throws where the arguments do not fit, having sent nothing. */
  send(call: Attempt, operation: ClientOperation): void {
    const oneway = operation.codec.method.kind === "oneway";
    call.callId = this.#open(operation, call, oneway ? flag.ONEWAY : 0);
    call.sent = true;
    const { outbox } = this.#connection;
    if (oneway) {
      this.#leaves(call);
      outbox.frameDone();
      return;
    }
    call.carrier = this;
    outbox.frameDone(this.count);
  }

  /** Settles the oneway with all others of the same write. */
  #leaves(call: Attempt): void {
    const { outbox } = this.#connection;
    if (this.#leaving === undefined || this.#leavingWith !== outbox.writes) {
      const leaving: Attempt[] = [];
      this.#leaving = leaving;
      this.#leavingWith = outbox.writes;
      outbox.whenLeft((left) => {
        for (const one of leaving) left ? one.succeed(undefined) : one.fail(neverLeft(one.method.name));
      });
    }
    this.#leaving.push(call);
  }

  openStream(request: StreamRequest, operation: ClientOperation): StreamReader {
    const connection = this.#connection;
    let callId = -1;
    const reader = new StreamReader(
      connection.limits.streamWindowBytes,
      (bytes) => connection.signal(frame.CREDIT, callId, bytes),
      () => connection.signal(frame.CANCEL, callId),
    );
    callId = this.#open(operation, openedStream(request, reader), flag.STREAM);
    connection.outbox.frameDone();
    return reader;
  }

  cancel(call: Attempt): void {
    const pending = this.#pending[call.callId];
    if (pending?.target !== call) return;
    pending.upload?.close();
    this.#connection.signal(frame.CANCEL, call.callId);
  }

  /** Writes a CALL and opens its slot; a oneway has none. Returns the call's number. */
  #open({ codec, number }: ClientOperation, target: Attempt | OpenedStream, flags: number): number {
    const { method } = codec;
    const { metadata } = target;
    const { outbox } = this.#connection;
    const { out } = outbox;
    this.#checkRoom();
    const source = method.streamParam < 0 ? undefined : streamArgument(target.args[method.streamParam], codec);
    const oneway = (flags & flag.ONEWAY) !== 0;
    const callId = oneway ? 0 : (this.#free.pop() ?? this.#pending.length);
    let { args } = target;
    let callbacks = none;
    out.begin(outbox.maxMessageBytes);
    try {
      if (codec.callbacks.length > 0) {
        const numbered = [...args];
        callbacks = this.#callbacks.table.handOver(codec.callbacks, numbered);
        args = numbered;
      }
      const hasMetadata = metadata !== emptyMetadata;
      const from = openFrame(out, frame.CALL, hasMetadata ? flags | flag.METADATA : flags, CALL_HEAD_BYTES);
      const { buffer, position } = out;
      writeU16(buffer, position, number);
      writeU32(buffer, position + 2, callId);
      this.#writeTime(buffer, position + 6, target);
      out.position = position + CALL_HEAD_BYTES;
      if (hasMetadata) writeMetadata(out, metadata);
      codec.encodeRequest(args, out);
      closeFrame(out, from);
    } catch (error) {
      out.rollback();
      if (!oneway && callId < this.#pending.length) this.#free.push(callId);
      this.#callbacks.table.releaseUnlessRetained(callbacks);
      throw inArguments(error, codec);
    }
    if (!oneway) {
      const pending = new Pending(codec, target, source && new Credit(this.window), callbacks);
      this.#pending[callId] = pending;
      this.count++;
      if (source) this.#upload(callId, pending, source);
    }
    return callId;
  }

  #checkRoom(): void {
    const { outbox, limits } = this.#connection;
    const { maxQueuedBytes } = limits;
    if (this.count >= this.maxPendingCalls) throw exhausted("maxPendingCalls", this.maxPendingCalls);
    if (outbox.bufferedBytes > maxQueuedBytes) throw exhausted("maxQueuedBytes", maxQueuedBytes);
  }

  /** timeoutMs, 0 for "no deadline", and sentAt. A call that has just begun has all of its time: no look at the clock. */
  #writeTime(buffer: Uint8Array, at: number, target: Attempt | OpenedStream): void {
    const now = target.timeoutMs === undefined ? this.#connection.platform.now() : target.startedAt;
    const left = target.timeoutMs ?? (target.dueMs === 0 ? Number.POSITIVE_INFINITY : target.dueMs - now);
    const finite = left === Number.POSITIVE_INFINITY ? 0 : Math.min(0xffffffff, Math.max(1, Math.ceil(left)));
    writeU32(buffer, at, finite);
    writeU32(buffer, at + 4, now);
  }

  #upload(callId: number, pending: Pending, source: AsyncIterable<unknown>): void {
    const connection = this.#connection;
    const { codec } = pending;
    const credit = pending.upload as Credit;
    const items = { callId, credit, encodeItem: (item: unknown, out: Output) => codec.encodeItem(item, out) };
    void upload(source, pending, {
      item: (value) => {
        try {
          return connection.sendItem(items, value);
        } catch (error) {
          throw inUpstream(error, codec);
        }
      },
      end: () => connection.signal(frame.END, callId),
      cancel: () => connection.signal(frame.CANCEL, callId),
    });
  }

  onReply(flags: number, bytes: Uint8Array, body: number, end: number): void {
    const pending = this.#pendingOf(bytes, body, end);
    const { codec, target: call } = pending;
    if (isStream(call)) throw protocolError("a REPLY to a stream");
    const from = body + 4;
    const headEnd = (flags & flag.METADATA) === 0 ? from : metadataEnd(bytes, from, end);
    const start = (flags & flag.TRAILERS) === 0 ? headEnd : metadataEnd(bytes, headEnd, end);
    this.#vacate(readU32(bytes, body), pending);
    pending.upload?.close();
    if (call.settled) return;
    let value: unknown;
    try {
      if (headEnd > from) call.replyMetadata = readMetadata(bytes, from, headEnd);
      if (start > headEnd) call.replyTrailers = readMetadata(bytes, headEnd, start);
      value = codec.decodeResult(bytes, start, end);
    } catch (error) {
      call.fail(unreadable(codec, error));
      return;
    }
    call.succeed(value);
  }

  /** What a final frame ends. It keeps its number until the frame proves sound: the cut of a bad one must settle it too. */
  #pendingOf(bytes: Uint8Array, body: number, end: number): Pending {
    this.#connection.need(body, end, 4);
    const callId = readU32(bytes, body);
    const pending = this.#pending[callId];
    if (pending === undefined) throw protocolError(`an answer to call ${callId}, which nobody made`);
    return pending;
  }

  /** The number may be used again. */
  #vacate(callId: number, { callbacks }: Pending): void {
    this.#pending[callId] = undefined;
    this.#free.push(callId);
    if (callbacks !== none) this.#callbacks.table.releaseUnlessRetained(callbacks);
    if (--this.count === 0) this.#options.onIdle();
  }

  /** A frame about a call that was sent before, or about a callback; false for any other. */
  onFrame(type: number, flags: number, bytes: Uint8Array, body: number, end: number): boolean {
    switch (type) {
      case frame.DATA:
        this.#onItem(flags, bytes, body, end);
        return true;
      case frame.ERROR: {
        const pending = this.#pendingOf(bytes, body, end);
        const error = readError(bytes, body + 4, end, pending.codec);
        this.#vacate(readU32(bytes, body), pending);
        endCaller(pending, error);
        return true;
      }
      case frame.END:
        this.#onEnd(flags, bytes, body, end);
        return true;
      case frame.CREDIT:
        this.#connection.need(body, end, 8);
        this.#pending[readU32(bytes, body)]?.upload?.add(readU32(bytes, body + 4));
        return true;
      default:
        return this.#callbacks.onFrame(type, bytes, body, end);
    }
  }

  #onEnd(flags: number, bytes: Uint8Array, body: number, end: number): void {
    const pending = this.#pendingOf(bytes, body, end);
    const { target, codec } = pending;
    if (!isStream(target)) throw protocolError("an END for a call that is not a stream");
    const from = body + 4;
    const headEnd = (flags & flag.METADATA) === 0 ? from : metadataEnd(bytes, from, end);
    const stop = (flags & flag.TRAILERS) === 0 ? headEnd : metadataEnd(bytes, headEnd, end);
    this.#vacate(readU32(bytes, body), pending);
    try {
      const head = headEnd > from ? readMetadata(bytes, from, headEnd) : undefined;
      const trailers = stop > headEnd ? readMetadata(bytes, headEnd, stop) : undefined;
      if (stop > from) target.reader.atEnd = () => this.#tell(target, { head, trailers }, codec);
      endCaller(pending, undefined);
    } catch (error) {
      endCaller(pending, unreadable(codec, error));
    }
  }

  #onItem(flags: number, bytes: Uint8Array, body: number, end: number): void {
    this.#connection.need(body, end, 4);
    if ((flags & flag.SHARED) !== 0) return this.#onSharedItem(flags, bytes, body, end);
    const callId = readU32(bytes, body);
    const from = body + 4;
    const start = (flags & flag.METADATA) === 0 ? from : metadataEnd(bytes, from, end);
    const pending = this.#pending[callId];
    const target = pending && openStream(pending);
    if (target === undefined) return;
    const { codec } = pending as Pending;
    let item: unknown;
    try {
      const head = start > from ? readMetadata(bytes, from, start) : undefined;
      item = codec.decodeResult(bytes, start, end);
      codec.sharing?.freeze?.(item);
      if (head) this.#tell(target, { head }, codec);
    } catch (error) {
      this.#unreadable(callId, target, unreadable(codec, error));
      return;
    }
    if (!target.reader.push(item, end - start + ITEM_OVERHEAD_BYTES)) throw overCredit();
  }

  /** DATA = callId:u32 payload callId:u32 × n n:u32, as n + 1 frames would be; the payload is read once. */
  #onSharedItem(flags: number, bytes: Uint8Array, body: number, end: number): void {
    const others = end - body < 12 ? 0 : readU32(bytes, end - 4);
    const stop = end - 4 - 4 * others;
    if (others === 0 || stop < body + 4 || (flags & flag.METADATA) !== 0) {
      throw protocolError("an item for several streams does not name them");
    }
    let codec: OperationCodec | undefined;
    let item: StreamItem | undefined;
    let failure: RpcError | undefined;
    for (let at = body, next = stop; next <= end - 4; at = next, next += 4) {
      const callId = readU32(bytes, at);
      const pending = this.#pending[callId];
      const target = pending && openStream(pending);
      if (target === undefined) continue;
      codec ??= shareable((pending as Pending).codec);
      if (codec !== (pending as Pending).codec) throw protocolError("an item for streams of several operations");
      if (item === undefined && failure === undefined) {
        try {
          item = sharedItem(codec, bytes, body + 4, stop);
        } catch (error) {
          failure = unreadable(codec, error);
        }
      }
      if (item === undefined) this.#unreadable(callId, target, failure as RpcError);
      else if (!target.reader.pushItem(item)) throw overCredit();
    }
  }

  #unreadable(callId: number, { reader }: OpenedStream, error: RpcError): void {
    reader.end(error);
    this.#connection.signal(frame.CANCEL, callId);
  }

  #tell(stream: OpenedStream, heard: ReplyHeard, place: OperationCodec): void {
    tellMetadata(stream, heard, { place, onError: this.#options.onError });
  }

  /** The connection is gone; first `onLost` is told. */
  lost(error: RpcError, onLost: () => void): void {
    const pending = this.#pending.splice(0);
    this.count = 0;
    this.#callbacks.table.clear();
    onLost();
    for (const one of pending) if (one) loseCaller(one, error, one.codec);
  }
}

/** What still reads the items of a call, if anything does. */
function openStream({ target }: Pending): OpenedStream | undefined {
  return isStream(target) && !target.reader.ended ? target : undefined;
}

function shareable(codec: OperationCodec): OperationCodec {
  if (codec.sharing === undefined) throw protocolError(`an item of ${codec.method.name} for several streams`);
  return codec;
}

function sharedItem(codec: OperationCodec, bytes: Uint8Array, start: number, end: number): StreamItem {
  const value = codec.decodeResult(bytes, start, end);
  const { freeze, own } = codec.sharing as Sharing;
  freeze?.(value);
  return { value, bytes: end - start + ITEM_OVERHEAD_BYTES, own: freeze === undefined ? own : undefined };
}
