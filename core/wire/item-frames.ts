import { copyBytes } from "../bytes/byte-copy.ts";
import type { Output } from "../bytes/output.ts";
import type { SharedForms } from "../call/flow.ts";
import { ITEM_OVERHEAD_BYTES } from "../call/stream.ts";
import type { Connection } from "./connection.ts";
import { closeFrame, flag, frame, openFrame, writeU32 } from "./frame.ts";
import type { ServerOperation, WireCall } from "./server-operation.ts";

/** The flags of a frame stand behind its length and type. */
const FLAGS_AT = 5;
/** What one more stream takes in a frame, and what the first of them takes besides. */
const NUMBER_BYTES = 4;

/**
 * Writes the items of the streams that one connection serves. An item that many streams have is encoded once for all
 * connections, and leaves once on each: while its frame is the last one and has not left, further streams are named in it.
 */
export class ItemFrames {
  readonly #connection: Connection;
  /** Of the last frame, if it can be written on: the item, its operation, what it cost, and where it begins. */
  #shared: SharedForms | undefined;
  #operation: ServerOperation | undefined;
  #cost = 0;
  #from = 0;
  #mark = 0;
  /** How many streams are named behind its payload. */
  #others = 0;
  /** Too much waits to leave; all streams wait for the same. */
  #draining: Promise<void> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** As `Connection.sendItem`. */
  send(call: WireCall, value: unknown, shared: SharedForms): Promise<void> | undefined {
    const connection = this.#connection;
    if (connection.closed) return undefined;
    if (this.#shared === shared && this.#operation === call.operation && this.#writeOn(call.callId)) {
      call.credit.spend(this.#cost);
      return this.#draining;
    }
    this.#open(call, value, shared);
    if (this.#draining === undefined && connection.outbox.bufferedBytes > connection.limits.maxBufferedBytes) {
      this.#drain();
    }
    return this.#draining;
  }

  /** DATA = callId:u32 payload callId:u32 × n n:u32. False if the frame has left, or would become too long. */
  #writeOn(callId: number): boolean {
    const { outbox } = this.#connection;
    const { out, maxMessageBytes } = outbox;
    if (outbox.mark !== this.#mark) return false;
    const first = this.#others === 0;
    const more = first ? 2 * NUMBER_BYTES : NUMBER_BYTES;
    if (out.position - out.start - this.#from + more > maxMessageBytes) return false;
    out.ensure(more);
    const begin = out.start + this.#from;
    if (first) out.buffer[begin + FLAGS_AT] = flag.SHARED;
    else out.position -= NUMBER_BYTES;
    writeU32(out.buffer, out.position, callId);
    writeU32(out.buffer, out.position + NUMBER_BYTES, ++this.#others);
    out.position += 2 * NUMBER_BYTES;
    writeU32(out.buffer, begin, out.position - begin - 4);
    return true;
  }

  #open(call: WireCall, value: unknown, shared: SharedForms): void {
    const { outbox } = this.#connection;
    const { out } = outbox;
    this.#shared = undefined;
    out.begin(outbox.maxMessageBytes);
    let payload: number;
    let from: number;
    try {
      from = openFrame(out, frame.DATA, 0, NUMBER_BYTES);
      writeU32(out.buffer, out.position, call.callId);
      out.position += NUMBER_BYTES;
      payload = out.position - out.start;
      encode(call, value, shared, out);
      closeFrame(out, from);
    } catch (error) {
      out.rollback();
      throw error;
    }
    this.#cost = out.position - out.start - payload + ITEM_OVERHEAD_BYTES;
    call.credit.spend(this.#cost);
    this.#from = from;
    this.#others = 0;
    const { mark } = outbox;
    outbox.frameDone();
    // It has not left at once, with those before it.
    if (call.operation.sharesItems && outbox.mark === mark + 1) {
      this.#shared = shared;
      this.#operation = call.operation;
      this.#mark = outbox.mark;
    }
  }

  /** Not at once: the streams that follow are to be named in the frame that has just been written. */
  #drain(): void {
    const connection = this.#connection;
    const left = new Promise<void>((resolve) => {
      connection.platform.afterTurn(() => {
        const drained = connection.drained();
        if (drained) void drained.then(resolve);
        else resolve();
      });
    });
    this.#draining = left.then(() => {
      this.#draining = undefined;
    });
  }
}

function encode({ operation: { codec } }: WireCall, value: unknown, shared: SharedForms, out: Output): void {
  const form = shared.alone ? undefined : shared.formOf(codec.resultForm);
  if (form !== undefined) {
    out.ensure(form.length);
    out.buffer.set(form, out.position);
    out.position += form.length;
    return;
  }
  const from = out.position - out.start;
  codec.encodeResult(value, out);
  if (!shared.alone) shared.keepForm(codec.resultForm, copyBytes(out.buffer, out.start + from, out.position));
}
