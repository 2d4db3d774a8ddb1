import type { CallbackCodec } from "../call/callback-codec.ts";
import type { CallbackCall, CallbackCarrier } from "../call/remote-callback.ts";
import { RpcError } from "../error.ts";
import type { Connection } from "./connection.ts";
import { closeFrame, frame, openFrame, writeU32 } from "./frame.ts";
import { protocolError } from "./protocol-error.ts";

interface Invocation {
  readonly call: CallbackCall;
  readonly callback: CallbackCodec;
}

/** The server's way back: calls of the client's functions over the same connection. */
export class Invocations implements CallbackCarrier<CallbackCodec> {
  readonly #connection: Connection;
  readonly #pending: (Invocation | undefined)[] = [];
  readonly #free: number[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** INVOKE = callback:u32 callId:u32 timeoutMs:u32 payload */
  invoke(id: number, callback: CallbackCodec, call: CallbackCall): void {
    const { outbox, limits } = this.#connection;
    const { maxPendingCalls, maxQueuedBytes } = limits;
    if (this.#pending.length - this.#free.length >= maxPendingCalls) {
      const message = `${callback.name}: maxPendingCalls (${maxPendingCalls}) callbacks are in progress`;
      throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
    }
    if (outbox.bufferedBytes > maxQueuedBytes) {
      const message = `${callback.name}: maxQueuedBytes (${maxQueuedBytes}) wait for this client, which does not read`;
      throw new RpcError({ code: "RESOURCE_EXHAUSTED", message });
    }
    const callId = this.#free.pop() ?? this.#pending.length;
    const { out } = outbox;
    out.begin(outbox.maxMessageBytes);
    try {
      const from = openFrame(out, frame.INVOKE, 0, 12);
      writeU32(out.buffer, out.position, id);
      writeU32(out.buffer, out.position + 4, callId);
      writeU32(out.buffer, out.position + 8, Math.max(1, Math.ceil(call.timeoutMs ?? 0)));
      out.position += 12;
      callback.encodeArguments(call.args, out);
      closeFrame(out, from);
    } catch (error) {
      out.rollback();
      if (callId < this.#pending.length) this.#free.push(callId);
      throw error;
    }
    this.#pending[callId] = { call, callback };
    outbox.frameDone();
  }

  retain(id: number): void {
    this.#connection.signal(frame.RETAIN, id);
  }

  release(id: number): void {
    this.#connection.signal(frame.RELEASE, id);
  }

  onReply(callId: number, bytes: Uint8Array, start: number, end: number): void {
    const { call, callback } = this.#take(callId);
    try {
      call.succeed(callback.decodeResult(bytes, start, end));
    } catch (error) {
      call.fail(RpcError.from(error, "the callback's result could not be read"));
    }
  }

  onError(callId: number, error: RpcError): void {
    this.#take(callId).call.fail(error);
  }

  #take(callId: number): Invocation {
    const pending = this.#pending[callId];
    if (pending === undefined) throw protocolError(`an answer to callback ${callId}, which nobody made`);
    this.#pending[callId] = undefined;
    this.#free.push(callId);
    return pending;
  }

  lost(error: RpcError): void {
    for (const pending of this.#pending.splice(0)) pending?.call.fail(error);
  }
}
