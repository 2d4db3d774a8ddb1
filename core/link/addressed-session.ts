import { messageBytes } from "../bytes/output.ts";
import type { Address } from "../call/addressed.ts";
import { Answers } from "../call/answers.ts";
import type { Attempt } from "../call/attempt.ts";
import { exhausted } from "../call/call-error.ts";
import { compileOperations, type OperationCodec } from "../call/operation-codec.ts";
import { inArguments } from "../call/place.ts";
import type { Codec, CodecLimits } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import type { ContractLimits } from "../contract/limits.ts";
import { RpcError } from "../error.ts";
import type { Metadata } from "../metadata.ts";
import type { Platform } from "../platform.ts";
import type { StreamRequest } from "../transport.ts";
import type { LinkSession, SessionUser } from "./session.ts";

/** An operation of the server: what a call says of it, and its codec. */
export interface AddressedOperation {
  readonly address: Address;
  readonly codec: OperationCodec;
}

/** One call, to be sent. */
export interface Posting extends AddressedOperation {
  readonly metadata: Metadata;
  /** In milliseconds from now; `undefined` for as long as both sides live. */
  readonly timeoutMs: number | undefined;
  readonly body: Uint8Array;
  /** Whom to tell what comes of it; nothing of a oneway. */
  readonly answers: Answers;
}

export interface AddressedSessionOptions {
  readonly platform: Platform;
  readonly limits: CodecLimits &
    Pick<ContractLimits, "maxContractFields"> & {
      readonly maxMessageBytes: number;
      readonly maxPendingCalls: number;
      readonly streamWindowBytes: number;
    };
  readonly user: SessionUser<AddressedOperation>;
  /** Sends a call, and never throws. Returns what tells the server that nobody waits any more. */
  post(posting: Posting): () => void;
  /** The session has ended. */
  onEnd(error: RpcError): void;
}

/**
 * A session on which nothing is agreed: each call says what it calls, so `bind` asks nobody. It carries a request and its answer,
 * or the items of it, as messages; who makes it sends the one and tells `Answers` the other.
 */
export class AddressedSession implements LinkSession<AddressedOperation> {
  instance: string | undefined;
  draining = false;
  closed = false;
  readonly #options: AddressedSessionOptions;
  readonly #pending = new Set<Answers>();

  constructor(options: AddressedSessionOptions) {
    this.#options = options;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  async bind(contract: ContractDescriptor, codec: Codec): Promise<(AddressedOperation | undefined)[]> {
    const { name: service, version, group } = contract;
    const sides = { codec, limits: this.#options.limits, calls: true, foreign: undefined };
    return compileOperations(contract, sides).map(
      (one) => one && { address: { service, version, group, method: one.method.name, codec: codec.name }, codec: one },
    );
  }

  unbind(): void {}

  send(attempt: Attempt, operation: AddressedOperation): void {
    this.#post(attempt, operation, () => {
      attempt.sent = true;
    });
    if (attempt.method.kind === "oneway") attempt.succeed(undefined);
  }

  openStream(request: StreamRequest, operation: AddressedOperation): AsyncIterable<unknown> {
    return this.#post(request, operation, () => {}).reader;
  }

  #post(call: Attempt | StreamRequest, { address, codec }: AddressedOperation, leaves: () => void): Answers {
    const { platform, limits, user, post } = this.#options;
    const { maxPendingCalls, maxMessageBytes, streamWindowBytes: windowBytes } = limits;
    if (this.#pending.size >= maxPendingCalls) throw exhausted("maxPendingCalls", maxPendingCalls);
    let body: Uint8Array;
    try {
      body = messageBytes(maxMessageBytes, (out) => codec.encodeRequest(call.args, out));
    } catch (error) {
      throw inArguments(error, codec);
    }
    let cancel = (): void => {};
    const answers = new Answers(call, {
      codec,
      windowBytes,
      onError: (error, where) => user.onError(error, where),
      cancel: () => cancel(),
      over: () => this.#over(answers),
    });
    if (codec.method.kind !== "oneway") this.#pending.add(answers);
    const left = answers.target.dueMs || Number.POSITIVE_INFINITY;
    const timeoutMs = left === Number.POSITIVE_INFINITY ? undefined : Math.max(1, left - platform.now());
    leaves();
    cancel = post({ address, codec, metadata: call.metadata, timeoutMs, body, answers });
    return answers;
  }

  #over(answers: Answers): void {
    this.#pending.delete(answers);
    if (this.draining) this.#endIfIdle();
  }

  #endIfIdle(): void {
    this.#options.platform.afterTurn(() => {
      if (this.#pending.size > 0) return;
      this.end(new RpcError({ code: "UNAVAILABLE", message: "the connection was closed", retryable: true }));
    });
  }

  drain(): void {
    this.draining = true;
    this.#endIfIdle();
  }

  /** The server asks for no new calls. */
  left(): void {
    this.draining = true;
    this.#options.user.onGoaway(this);
    this.#endIfIdle();
  }

  cut(error: RpcError): void {
    this.end(error);
  }

  /** It is over, by whichever side: what is in progress fails with the error. */
  end(error: RpcError): void {
    if (this.closed) return;
    this.closed = true;
    const pending = [...this.#pending];
    this.#pending.clear();
    this.#options.onEnd(error);
    this.#options.user.onLost(this, error);
    for (const answers of pending) answers.lose(error);
  }
}
