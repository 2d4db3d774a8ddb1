import type { SharedForms } from "../call/flow.ts";
import type { OperationCodec } from "../call/operation-codec.ts";
import type { ReplySink } from "../call/reply-sink.ts";
import { RpcError } from "../error.ts";
import { curtailed } from "../error-head.ts";
import type { Metadata } from "../metadata.ts";
import type { Connection } from "./connection.ts";
import { closeFrame, flag, frame, openFrame, writeU32 } from "./frame.ts";
import { ItemFrames } from "./item-frames.ts";
import { writeError } from "./message.ts";
import { writeMetadata } from "./metadata.ts";
import type { WireCall } from "./server-operation.ts";

/** Writes what becomes of the calls that one connection serves. Each final frame frees the number of its call. */
export class Replier implements ReplySink<WireCall> {
  /** How many replies are likely to be ready together. */
  share = 1;
  /** By their numbers. */
  readonly active: (WireCall | undefined)[] = [];
  readonly #connection: Connection;
  readonly #items: ItemFrames;
  readonly #onError: (error: RpcError, codec: OperationCodec | undefined) => void;

  constructor(connection: Connection, onError: (error: RpcError, codec: OperationCodec | undefined) => void) {
    this.#connection = connection;
    this.#items = new ItemFrames(connection);
    this.#onError = onError;
  }

  /** Leaves with what follows. */
  head(call: WireCall, metadata: Metadata): void {
    call.head = metadata;
  }

  item(call: WireCall, value: unknown, shared: SharedForms | undefined): Promise<void> | undefined {
    const { head } = call;
    if (shared !== undefined && head === undefined) return this.#items.send(call, value, shared);
    call.head = undefined;
    return this.#connection.sendItem(call, value, head);
  }

  /** REPLY = callId:u32 [metadata] [trailers] payload */
  reply(call: WireCall, value: unknown, trailers: Metadata | undefined): void {
    const { outbox, limits } = this.#connection;
    // A client that does not read: what it asked for must not fill this process.
    if (outbox.bufferedBytes > limits.maxQueuedBytes) return this.#unread(call);
    const { out } = outbox;
    out.begin(outbox.maxMessageBytes);
    try {
      const from = this.#open(frame.REPLY, call, trailers);
      call.operation.codec.encodeResult(value, out);
      closeFrame(out, from);
    } catch (cause) {
      out.rollback();
      throw cause;
    }
    this.active[call.callId] = undefined;
    outbox.frameDone(this.share);
  }

  /** END = callId:u32 [metadata] [trailers] */
  end(call: WireCall, trailers: Metadata | undefined): void {
    const { outbox } = this.#connection;
    const { out } = outbox;
    out.begin(outbox.maxMessageBytes);
    try {
      closeFrame(out, this.#open(frame.END, call, trailers));
    } catch (error) {
      out.rollback();
      throw error;
    }
    this.active[call.callId] = undefined;
    outbox.frameDone();
  }

  fail(call: WireCall, error: RpcError): void {
    this.active[call.callId] = undefined;
    this.error(call.callId, error, call.operation.codec);
  }

  /** ERROR; the declared errors of the operation travel with their fields. */
  error(callId: number, error: RpcError, codec: OperationCodec | undefined): void {
    const { outbox } = this.#connection;
    if (outbox.closed) return;
    const { out, maxMessageBytes: maxBytes } = outbox;
    let lost: string | undefined;
    try {
      lost = writeError(out, callId, error, { operation: codec, maxBytes });
    } catch {
      // A declared error whose fields do not fit its type arrives without them.
      out.rollback();
      lost = writeError(out, callId, error, { operation: undefined, maxBytes });
    }
    outbox.frameDone(this.share);
    if (lost !== undefined) this.#onError(curtailed(error, lost), codec);
  }

  #unread(call: WireCall): void {
    const { maxQueuedBytes } = this.#connection.limits;
    const message = `${call.method}: the call was done, but maxQueuedBytes (${maxQueuedBytes}) of replies wait for this client, which does not read them`;
    this.fail(call, new RpcError({ code: "RESOURCE_EXHAUSTED", message }));
  }

  #open(type: number, call: WireCall, trailers: Metadata | undefined): number {
    const { out } = this.#connection.outbox;
    const { head } = call;
    const flags = (head === undefined ? 0 : flag.METADATA) | (trailers === undefined ? 0 : flag.TRAILERS);
    const from = openFrame(out, type, flags, 4);
    writeU32(out.buffer, out.position, call.callId);
    out.position += 4;
    if (head !== undefined) writeMetadata(out, head);
    if (trailers !== undefined) writeMetadata(out, trailers);
    return from;
  }
}
