import { unsendable } from "../call/place.ts";
import { RpcError } from "../error.ts";
import { curtailed } from "../error-head.ts";
import { closeFrame, flag, frame, openFrame, writeU32 } from "./frame.ts";
import type { WireLimits } from "./limits.ts";
import { writeError } from "./message.ts";
import { writeMetadata } from "./metadata.ts";
import type { WireOperation } from "./operation.ts";
import type { Outbox } from "./outbox.ts";
import type { WireCall } from "./server-operation.ts";

/** Writes the final frames of the calls that one connection serves: REPLY, END or ERROR. */
export class Replier {
  /** How many replies are likely to be ready together. */
  share = 1;
  readonly #outbox: Outbox;
  readonly #limits: WireLimits;
  readonly #onError: (error: RpcError, operation: WireOperation | undefined) => void;

  constructor(
    outbox: Outbox,
    limits: WireLimits,
    onError: (error: RpcError, operation: WireOperation | undefined) => void,
  ) {
    this.#outbox = outbox;
    this.#limits = limits;
    this.#onError = onError;
  }

  /** REPLY = callId:u32 [metadata] payload */
  reply(call: WireCall, value: unknown): void {
    // A client that does not read: what it asked for must not fill this process.
    if (this.#outbox.bufferedBytes > this.#limits.maxQueuedBytes) return this.#unread(call);
    const { out, maxMessageBytes } = this.#outbox;
    const { operation } = call;
    out.begin(maxMessageBytes);
    try {
      const from = this.#open(frame.REPLY, call);
      operation.wire.response.encodeInto(operation.pack(value), out);
      closeFrame(out, from);
    } catch (cause) {
      out.rollback();
      this.error(call.callId, unsendable(cause, operation.wire), undefined);
      return;
    }
    this.#outbox.frameDone(this.share);
  }

  /** END = callId:u32 [metadata] */
  end(call: WireCall): void {
    const { out, maxMessageBytes } = this.#outbox;
    out.begin(maxMessageBytes);
    try {
      closeFrame(out, this.#open(frame.END, call));
    } catch (error) {
      out.rollback();
      this.error(call.callId, RpcError.from(error), undefined);
      return;
    }
    this.#outbox.frameDone();
  }

  /** ERROR; the declared errors of `wire` travel with their fields. */
  error(callId: number, error: RpcError, wire: WireOperation | undefined): void {
    const { out, maxMessageBytes } = this.#outbox;
    if (this.#outbox.closed) return;
    let lost: string | undefined;
    try {
      lost = writeError(out, callId, error, { operation: wire, maxBytes: maxMessageBytes });
    } catch {
      // A declared error whose fields do not fit its type arrives without them.
      out.rollback();
      lost = writeError(out, callId, error, { operation: undefined, maxBytes: maxMessageBytes });
    }
    this.#outbox.frameDone(this.share);
    if (lost !== undefined) this.#onError(curtailed(error, lost), wire);
  }

  #unread({ callId, method }: WireCall): void {
    const message = `${method}: the call was done, but maxQueuedBytes (${this.#limits.maxQueuedBytes}) of replies wait for this client, which does not read them`;
    this.error(callId, new RpcError({ code: "RESOURCE_EXHAUSTED", message }), undefined);
  }

  #open(type: number, call: WireCall): number {
    const { out } = this.#outbox;
    const metadata = call.untoldMetadata();
    const from = openFrame(out, type, metadata === undefined ? 0 : flag.METADATA, 4);
    writeU32(out.buffer, out.position, call.callId);
    out.position += 4;
    if (metadata !== undefined) writeMetadata(out, metadata);
    return from;
  }
}
