import { packResult, type Unpack, unpackFields } from "../call/arguments.ts";
import { type CallbackPlace, callbackError } from "../call/callback.ts";
import { inCallback } from "../call/place.ts";
import { RpcError } from "../error.ts";
import { curtailed } from "../error-head.ts";
import { closeFrame, frame, openFrame, writeU32 } from "./frame.ts";
import type { WireLimits } from "./limits.ts";
import { writeError } from "./message.ts";
import type { WireCallback, WireOperation } from "./operation.ts";
import type { Outbox } from "./outbox.ts";

/** A function of the caller that the server may call. */
interface Handed {
  readonly wire: WireCallback;
  readonly call: (...args: unknown[]) => unknown;
  readonly unpack: Unpack;
  readonly pack: (value: unknown) => unknown;
  /** The server keeps it beyond its call. */
  retained: boolean;
}

/**
 * The functions handed over on one connection. Each belongs to the call it was an argument of and goes with it,
 * unless the server retained it; then it goes when the server releases it. The connection's end takes all.
 */
export class CallbackTable {
  readonly #handed = new Map<number, Handed>();
  readonly #limits: WireLimits;
  readonly #outbox: Outbox;
  readonly #onError: (error: unknown, where: CallbackPlace) => void;
  #next = 1;
  /** Invocations without an answer yet. */
  #running = 0;

  constructor(limits: WireLimits, outbox: Outbox, onError: (error: unknown, where: CallbackPlace) => void) {
    this.#limits = limits;
    this.#outbox = outbox;
    this.#onError = onError;
  }

  /** Hands over the callbacks among `args`: their numbers take their place in `record`. Returns the numbers. */
  handOver(operation: WireOperation, args: readonly unknown[], record: unknown): readonly number[] {
    const ids: number[] = [];
    try {
      for (const callback of operation.callbacks) {
        const { position, name } = callback.descriptor;
        const id = this.#add(callback, args[position]);
        ids.push(id);
        (record as Record<string, unknown>)[name] = id;
      }
    } catch (error) {
      this.releaseUnlessRetained(ids);
      throw error;
    }
    return ids;
  }

  #add(wire: WireCallback, value: unknown): number {
    if (typeof value !== "function") {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `${wire.descriptor.name}: expected a function, got ${typeof value}`,
      });
    }
    if (this.#handed.size >= this.#limits.maxCallbacks) {
      throw new RpcError({
        code: "RESOURCE_EXHAUSTED",
        message: `${wire.descriptor.name}: maxCallbacks (${this.#limits.maxCallbacks}) functions are handed over on this connection; release some`,
      });
    }
    const { bareRequest, bareResponse, request, response, paramCount } = wire.descriptor;
    const names = bareRequest ? ["bare"] : request.fields.map((field) => field.name);
    if (!bareRequest && names.length !== paramCount)
      throw new RangeError("a callback's request has one field per parameter");
    const id = this.#next++;
    this.#handed.set(id, {
      wire,
      call: value as (...args: unknown[]) => unknown,
      unpack: unpackFields(bareRequest, names),
      pack: packResult(bareResponse, response.fields.length === 0),
      retained: false,
    });
    return id;
  }

  /** INVOKE: the server calls; the answer is a REPLY or an ERROR. */
  invoke(id: number, callId: number, bytes: Uint8Array, start: number, end: number): void {
    const handed = this.#handed.get(id);
    if (handed === undefined) {
      const message = "the callback was released: its call has ended; use retain(callback) in the handler to keep it";
      this.#failed(callId, new RpcError({ code: "FAILED_PRECONDITION", message }));
      return;
    }
    if (this.#running >= this.#limits.maxPendingCalls) {
      const message = `maxPendingCalls (${this.#limits.maxPendingCalls}) callbacks are in progress on this connection`;
      this.#failed(callId, new RpcError({ code: "RESOURCE_EXHAUSTED", message }));
      return;
    }
    this.#running++;
    const { request, place } = handed.wire;
    const failed = (thrown: unknown): void => {
      this.#running--;
      const error = callbackError(thrown, place, () => this.#onError(thrown, place));
      this.#failed(callId, error, place);
    };
    try {
      const result = handed.call(...handed.unpack(request.decode(bytes, start, end)));
      Promise.resolve(result).then((value) => this.#done(callId, handed, value), failed);
    } catch (error) {
      failed(error);
    }
  }

  /** REPLY = callId:u32 payload */
  #done(callId: number, { wire, pack }: Handed, value: unknown): void {
    this.#running--;
    if (this.#outbox.closed) return;
    const { out } = this.#outbox;
    out.begin(this.#outbox.maxMessageBytes);
    try {
      const from = openFrame(out, frame.REPLY, 0, 4);
      writeU32(out.buffer, out.position, callId);
      out.position += 4;
      wire.response.encodeInto(pack(value), out);
      closeFrame(out, from);
    } catch (thrown) {
      out.rollback();
      const error = inCallback(thrown, wire.place, wire.descriptor.bareResponse ? "result" : undefined);
      this.#failed(callId, RpcError.from(error, "the callback's result could not be encoded"), wire.place);
      return;
    }
    this.#outbox.frameDone();
  }

  #failed(callId: number, error: RpcError, place?: CallbackPlace): void {
    if (this.#outbox.closed) return;
    const { out, maxMessageBytes: maxBytes } = this.#outbox;
    const lost = writeError(out, callId, error, { operation: undefined, maxBytes });
    this.#outbox.frameDone();
    if (lost !== undefined && place !== undefined) this.#onError(curtailed(error, lost), place);
  }

  /** The server keeps it when its call ends. */
  retain(id: number): void {
    const handed = this.#handed.get(id);
    if (handed) handed.retained = true;
  }

  /** The call is over. */
  releaseUnlessRetained(ids: readonly number[]): void {
    for (const id of ids) if (this.#handed.get(id)?.retained === false) this.#handed.delete(id);
  }

  release(id: number): void {
    this.#handed.delete(id);
  }

  clear(): void {
    this.#handed.clear();
  }
}
