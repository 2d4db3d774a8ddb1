import type { CallbackPlace } from "../call/callback.ts";
import type { CallbackCodec } from "../call/callback-codec.ts";
import { CallbackTable } from "../call/callback-table.ts";
import type { RpcError } from "../error.ts";
import { curtailed } from "../error-head.ts";
import type { ErrorListener } from "../error-source.ts";
import type { Connection } from "./connection.ts";
import { closeFrame, frame, openFrame, readU32, writeU32 } from "./frame.ts";
import { writeError } from "./message.ts";

/** The client's half of callbacks: its functions, and the frames by which the server calls and releases them. */
export class Callbacks {
  readonly table: CallbackTable<CallbackCodec>;
  readonly #connection: Connection;
  readonly #onError: ErrorListener;

  constructor(connection: Connection, onError: ErrorListener) {
    this.table = new CallbackTable(connection.limits, onError);
    this.#connection = connection;
    this.#onError = onError;
  }

  /** False for a frame that is not about callbacks. */
  onFrame(type: number, bytes: Uint8Array, body: number, end: number): boolean {
    switch (type) {
      case frame.INVOKE:
        this.#connection.need(body, end, 12);
        this.#onInvoke(bytes, body, end);
        return true;
      case frame.RETAIN:
        this.#connection.need(body, end, 4);
        this.table.retain(readU32(bytes, body));
        return true;
      case frame.RELEASE:
        this.#connection.need(body, end, 4);
        this.table.release(readU32(bytes, body));
        return true;
      default:
        return false;
    }
  }

  /** INVOKE = callback:u32 callId:u32 timeoutMs:u32 payload; the answer is a REPLY or an ERROR. */
  #onInvoke(bytes: Uint8Array, body: number, end: number): void {
    const callId = readU32(bytes, body + 4);
    this.table.invoke(readU32(bytes, body), {
      args: (callback) => callback.decodeArguments(bytes, body + 12, end),
      reply: (callback, value) => this.#reply(callId, callback, value),
      fail: (error, callback) => this.#fail(callId, error, callback?.place),
    });
  }

  /** REPLY = callId:u32 payload */
  #reply(callId: number, callback: CallbackCodec, value: unknown): void {
    const { outbox } = this.#connection;
    if (outbox.closed) return;
    const { out } = outbox;
    out.begin(outbox.maxMessageBytes);
    try {
      const from = openFrame(out, frame.REPLY, 0, 4);
      writeU32(out.buffer, out.position, callId);
      out.position += 4;
      callback.encodeResult(value, out);
      closeFrame(out, from);
    } catch (error) {
      out.rollback();
      throw error;
    }
    outbox.frameDone();
  }

  #fail(callId: number, error: RpcError, place: CallbackPlace | undefined): void {
    const { outbox } = this.#connection;
    if (outbox.closed) return;
    const { out, maxMessageBytes: maxBytes } = outbox;
    const lost = writeError(out, callId, error, { operation: undefined, maxBytes });
    outbox.frameDone();
    if (lost !== undefined && place !== undefined) this.#onError(curtailed(error, lost), place);
  }
}
