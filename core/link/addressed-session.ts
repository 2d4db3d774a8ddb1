import { Output } from "../bytes/output.ts";
import type { Address } from "../call/addressed.ts";
import { Answers, type AnswersKeeper, type Posted } from "../call/answers.ts";
import type { Attempt } from "../call/attempt.ts";
import { exhausted } from "../call/call-error.ts";
import { upload } from "../call/caller-end.ts";
import { InProgress } from "../call/in-progress.ts";
import { compileOperations, type OperationCodec } from "../call/operation-codec.ts";
import { inArguments, inUpstream, streamArgument } from "../call/place.ts";
import type { Codec, CodecLimits } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import type { ContractLimits } from "../contract/limits.ts";
import { wireName } from "../contract/wire-name.ts";
import { RpcError } from "../error.ts";
import type { Metadata } from "../metadata.ts";
import type { Platform } from "../platform.ts";
import type { StreamRequest } from "../transport.ts";
import type { LinkSession, SessionUser } from "./session.ts";

/** A buffer that one large message has made longer than this is not kept. */
const KEPT_BYTES = 65_536;

/** An operation of the server: what a call says of it, and its codec. */
export interface AddressedOperation {
  readonly address: Address;
  readonly codec: OperationCodec;
  /** What its messages are written in. */
  readonly encoding: Codec;
}

/** One call, to be sent. */
export interface Posting extends AddressedOperation {
  readonly metadata: Metadata;
  /** In milliseconds from now; `undefined` for as long as both sides live. */
  readonly timeoutMs: number | undefined;
  /** The arguments. Items of a stream among them follow by `Posted.item`; `undefined` where there is nothing beside them. */
  readonly body: Uint8Array | undefined;
  /** Whom to tell what comes of it; of a oneway only `left`. */
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
  /** Sends a call. Throws, having sent nothing, where its metadata cannot travel. */
  post(posting: Posting): Posted;
  /** The session has ended; `idle` where no answer was waited for, though the last oneways may still be on their way. */
  onEnd(error: RpcError, idle: boolean): void;
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
  readonly #pending = new InProgress<Answers>();
  readonly #keeper: AnswersKeeper;
  /** Kept from call to call; taken away while something is written. */
  #out: Output | undefined;

  constructor(options: AddressedSessionOptions) {
    this.#options = options;
    const { limits, user } = options;
    this.#keeper = {
      windowBytes: limits.streamWindowBytes,
      onError: (error, where) => user.onError(error, where),
      over: (answers) => this.#over(answers),
    };
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  async bind(contract: ContractDescriptor, codec: Codec): Promise<(AddressedOperation | undefined)[]> {
    const { name: service, version, group } = contract;
    const sides = { codec, limits: this.#options.limits, calls: true, foreign: undefined };
    return compileOperations(contract, sides).map(
      (one) =>
        one && {
          address: { service, version, group, method: wireName(contract, one.method), codec: codec.name },
          codec: one,
          encoding: codec,
        },
    );
  }

  unbind(): void {}

  send(attempt: Attempt, operation: AddressedOperation): void {
    this.#post(attempt, operation);
  }

  openStream(request: StreamRequest, operation: AddressedOperation): AsyncIterable<unknown> {
    return this.#post(request, operation).reader;
  }

  #post(call: Attempt | StreamRequest, { address, codec, encoding }: AddressedOperation): Answers {
    const { limits, post } = this.#options;
    const { method } = codec;
    if (this.#pending.size >= limits.maxPendingCalls) throw exhausted("maxPendingCalls", limits.maxPendingCalls);
    const source = method.streamParam < 0 ? undefined : streamArgument(call.args[method.streamParam], codec);
    const alone = source !== undefined && method.params.length === 1;
    let body: Uint8Array | undefined;
    try {
      if (!alone) body = this.#bytes((out) => codec.encodeRequest(call.args, out));
    } catch (error) {
      throw inArguments(error, codec);
    }
    const answers = new Answers(call, codec, this.#keeper);
    this.#pending.add(answers);
    const timeoutMs = this.#timeLeft(answers.target);
    if ("succeed" in call) call.sent = true;
    let posted: Posted;
    try {
      posted = post({ address, codec, encoding, metadata: call.metadata, timeoutMs, body, answers });
    } catch (error) {
      if ("succeed" in call) call.sent = false;
      this.#pending.delete(answers);
      throw error;
    }
    answers.posted = posted;
    if (source !== undefined) this.#upload(source, answers, posted);
    return answers;
  }

  /** A call that has just begun has all of its time: no look at the clock. */
  #timeLeft({ timeoutMs, dueMs }: Answers["target"]): number | undefined {
    if (dueMs === 0 || dueMs === Number.POSITIVE_INFINITY) return undefined;
    if (timeoutMs !== undefined) return timeoutMs;
    return Math.max(1, dueMs - this.#options.platform.now());
  }

  /** A message on its own. What encodes it may make calls, which then write elsewhere. */
  #bytes(write: (out: Output) => void): Uint8Array {
    const out = this.#out ?? new Output();
    this.#out = undefined;
    out.position = 0;
    out.begin(this.#options.limits.maxMessageBytes);
    write(out);
    out.commit();
    if (out.buffer.length <= KEPT_BYTES) this.#out = out;
    return out.toBytes();
  }

  #upload(source: AsyncIterable<unknown>, answers: Answers, posted: Posted): void {
    const { codec } = answers;
    void upload(source, answers, {
      item: (value) => {
        let bytes: Uint8Array;
        try {
          bytes = this.#bytes((out) => codec.encodeItem(value, out));
        } catch (error) {
          throw inUpstream(error, codec);
        }
        return posted.item?.(bytes);
      },
      end: () => posted.end?.(),
      // The answers themselves tell, when the call or its reader has ended.
      cancel: () => answers.cancel(),
    });
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
    const pending = this.#pending.takeAll();
    this.#options.onEnd(error, pending.length === 0);
    this.#options.user.onLost(this, error);
    for (const answers of pending) answers.lose(error);
  }
}
