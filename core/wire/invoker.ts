import { packFields, unpackResult } from "../call/arguments.ts";
import { type CallbackHandle, callbackMethod, HANDLE } from "../call/callback.ts";
import { keepStack } from "../call/caller-stack.ts";
import type { ServedCall } from "../call/incoming.ts";
import { OutgoingCall, type Sender } from "../call/outgoing.ts";
import { inCallback } from "../call/place.ts";
import { RpcError } from "../error.ts";
import type { ServerHost } from "../transport.ts";
import { closeFrame, frame, openFrame, writeU32 } from "./frame.ts";
import type { WireLimits } from "./limits.ts";
import type { WireCallback } from "./operation.ts";
import type { Outbox } from "./outbox.ts";
import { protocolError } from "./protocol-error.ts";

/** How long a callback may take where the call that it came with has no deadline. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** The serving side's way back: functions that call into the client over the same connection. */
export class Invoker implements Sender {
  readonly #outbox: Outbox;
  readonly #limits: WireLimits;
  readonly #host: ServerHost;
  readonly #signal: (type: number, id: number) => void;
  readonly #pending: ({ readonly call: OutgoingCall; readonly wire: WireCallback } | undefined)[] = [];
  readonly #free: number[] = [];
  /** What must be released when a call ends. */
  readonly #attached = new Map<ServedCall, Attached[]>();
  #lost: RpcError | undefined;

  constructor(outbox: Outbox, limits: WireLimits, host: ServerHost, signal: (type: number, id: number) => void) {
    this.#outbox = outbox;
    this.#limits = limits;
    this.#host = host;
    this.#signal = signal;
  }

  /** Puts functions where the arguments hold the numbers of callbacks. */
  attach(call: ServedCall, callbacks: readonly WireCallback[], args: unknown[]): void {
    const attached = callbacks.map((wire) => {
      const { position } = wire.descriptor;
      const state: Attached = { id: args[position] as number, open: true, retained: false };
      args[position] = this.#functionOf(wire, state, call);
      return state;
    });
    this.#attached.set(call, attached);
  }

  /** The call has ended: what was not retained is released. */
  detach(call: ServedCall): void {
    for (const state of this.#attached.get(call) ?? []) if (!state.retained) state.open = false;
    this.#attached.delete(call);
  }

  #functionOf(wire: WireCallback, state: Attached, owner: ServedCall): unknown {
    const { descriptor } = wire;
    const pack = packFields(
      descriptor.bareRequest,
      descriptor.request.fields.map((field) => field.name),
    );
    const invoke = (...args: unknown[]): Promise<unknown> => {
      const call = new OutgoingCall(this, this.#host.wheel, callbackMethod(descriptor.name), args);
      if (this.#lost) call.fail(this.#lost);
      else if (!state.open) {
        call.fail(
          new RpcError({
            code: "FAILED_PRECONDITION",
            message: `${descriptor.name}: the callback was released: its call has ended; use retain(callback) in the handler to keep it`,
          }),
        );
      } else this.#send(call, wire, state.id, pack(args), owner.over ? undefined : owner.until);
      return call.promise;
    };
    const handle: CallbackHandle = {
      retain: () => {
        if (!state.open || state.retained) return;
        state.retained = true;
        this.#signal(frame.RETAIN, state.id);
      },
      release: () => {
        if (!state.open) return;
        state.open = false;
        this.#signal(frame.RELEASE, state.id);
      },
    };
    return Object.defineProperty(invoke, HANDLE, { value: handle });
  }

  /** INVOKE = callback:u32 callId:u32 timeoutMs:u32 payload */
  #send(call: OutgoingCall, wire: WireCallback, id: number, record: unknown, deadline: number | undefined): void {
    if (this.#pending.length - this.#free.length >= this.#limits.maxPendingCalls) {
      call.fail(
        new RpcError({
          code: "RESOURCE_EXHAUSTED",
          message: `${wire.descriptor.name}: maxPendingCalls (${this.#limits.maxPendingCalls}) callbacks are in progress`,
        }),
      );
      return;
    }
    if (this.#outbox.bufferedBytes > this.#limits.maxQueuedBytes) {
      const message = `${wire.descriptor.name}: maxQueuedBytes (${this.#limits.maxQueuedBytes}) wait for this client, which does not read`;
      call.fail(new RpcError({ code: "RESOURCE_EXHAUSTED", message }));
      return;
    }
    const now = this.#host.platform.now();
    const dueMs = deadline ?? now + DEFAULT_TIMEOUT_MS;
    const callId = this.#free.pop() ?? this.#pending.length;
    const { out } = this.#outbox;
    out.begin(this.#outbox.maxMessageBytes);
    try {
      const from = openFrame(out, frame.INVOKE, 0, 12);
      writeU32(out.buffer, out.position, id);
      writeU32(out.buffer, out.position + 4, callId);
      writeU32(out.buffer, out.position + 8, Math.max(1, Math.ceil(dueMs - now)));
      out.position += 12;
      wire.request.encodeInto(record, out);
      closeFrame(out, from);
    } catch (error) {
      out.rollback();
      if (callId < this.#pending.length) this.#free.push(callId);
      const placed = inCallback(error, wire.place, undefined);
      call.fail(RpcError.from(placed, "the callback's arguments could not be encoded"));
      return;
    }
    this.#pending[callId] = { call, wire };
    call.sent = true;
    call.startDeadline(now, dueMs - now);
    this.#outbox.frameDone();
  }

  onReply(callId: number, bytes: Uint8Array, start: number, end: number): void {
    const { call, wire } = this.#take(callId);
    try {
      call.succeed(unpackResult(wire.descriptor.bareResponse)(wire.response.decode(bytes, start, end)));
    } catch (error) {
      call.fail(RpcError.from(error, "the callback's result could not be read"));
    }
  }

  onError(callId: number, error: RpcError): void {
    this.#take(callId).call.fail(error);
  }

  #take(callId: number): { readonly call: OutgoingCall; readonly wire: WireCallback } {
    const pending = this.#pending[callId];
    if (pending === undefined) throw protocolError(`an answer to callback ${callId}, which nobody made`);
    this.#pending[callId] = undefined;
    this.#free.push(callId);
    return pending;
  }

  lost(error: RpcError): void {
    this.#lost = keepStack(error);
    for (const pending of this.#pending.splice(0)) pending?.call.fail(error);
    this.#attached.clear();
  }

  retry(): boolean {
    return false;
  }

  settled(): void {}
}

interface Attached {
  readonly id: number;
  open: boolean;
  retained: boolean;
}
