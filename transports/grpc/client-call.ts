import type { Metadata as GrpcMetadata, StatusObject } from "@grpc/grpc-js";
import type { Posted } from "../../core/call/answers.ts";
import type { Placed } from "../../core/call/in-progress.ts";
import { codes } from "../../core/code.ts";
import { RpcError } from "../../core/error.ts";
import type { Posting } from "../../core/link/addressed-session.ts";
import { emptyMetadata } from "../../core/metadata.ts";
import { own, TIMEOUT } from "./headers.ts";
import type { WireCall } from "./interceptors.ts";
import { readEnd, readMetadata, writeMetadata } from "./metadata.ts";
import { readError, wasUnsent } from "./status.ts";
import { timeoutText } from "./timeout.ts";

const OK = 0;
/** Of a message whose leaving nobody asks about. */
const UNTOLD = {};

/** The session that a call goes by, as the call needs it. */
export interface CallKeeper {
  /** What the first answer said. */
  instance: string | undefined;
  /** Whether the deadline of a call, which somebody keeps on this side, has come or is about to. */
  isDue(target: { readonly dueMs: number }): boolean;
  /** Whether it was the connection that ended a call, not the server. */
  wasLost(status: StatusObject): boolean;
  /** Nothing more comes of the call. */
  ended(call: ClientCall): void;
  afterTurn(task: () => void): void;
}

/** One call on its way: what is sent of it, and what grpc-js tells of its answer, whose listener this is. */
export class ClientCall implements Posted, Placed {
  place = -1;
  readonly #keeper: CallKeeper;
  readonly #posting: Posting;
  readonly #call: WireCall;
  /** The message of an answer that is no stream. */
  #message: Buffer | undefined;
  /** A message has not been taken yet: grpc-js keeps their order only where each waits for the one before. */
  #sending = false;
  #next: (() => void) | undefined;

  constructor(keeper: CallKeeper, posting: Posting, call: WireCall) {
    this.#keeper = keeper;
    this.#posting = posting;
    this.#call = call;
  }

  /** `headers`: those that all calls of the method have. Throws, having sent nothing, where the metadata cannot be sent. */
  start(headers: GrpcMetadata): void {
    const { metadata, timeoutMs, body, codec } = this.#posting;
    const { kind, streamParam } = codec.method;
    // grpc-js copies them when the call starts, so that calls may share them.
    let given = headers;
    if (metadata !== emptyMetadata) {
      given = headers.clone();
      writeMetadata(given, metadata);
    }
    const timeout = timeoutMs === undefined ? undefined : timeoutText(timeoutMs);
    if (timeout === undefined) given.remove(TIMEOUT);
    else given.set(TIMEOUT, timeout);
    this.#call.start(given, this);
    this.#call.startRead();
    if (kind === "oneway") this.#send(body as Uint8Array, () => this.#left());
    else if (streamParam < 0) this.#call.sendMessageWithContext(UNTOLD, bufferOf(body as Uint8Array));
    else if (body !== undefined) this.#send(body, () => {});
    if (streamParam < 0) this.#call.halfClose();
  }

  #send(bytes: Uint8Array, taken: () => void): void {
    if (this.#sending) {
      this.#next = () => this.#send(bytes, taken);
      return;
    }
    this.#sending = true;
    const callback = (): void => {
      this.#sending = false;
      const next = this.#next;
      this.#next = undefined;
      taken();
      next?.();
    };
    this.#call.sendMessageWithContext({ callback }, bufferOf(bytes));
  }

  /** Of a oneway: taken, and written at the end of the turn. */
  #left(): void {
    this.#keeper.afterTurn(() => this.#posting.answers.left());
  }

  item(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#send(bytes, resolve));
  }

  end(): void {
    this.#call.halfClose();
  }

  cancel(): void {
    this.#call.cancelWithStatus(codes.CANCELLED, "the caller no longer waits");
  }

  /** Whether somebody waits for what comes of it. */
  get awaited(): boolean {
    return !this.#posting.answers.over;
  }

  onReceiveMetadata(headers: GrpcMetadata): void {
    this.#learnInstance(headers);
    const head = readMetadata(headers);
    if (head !== emptyMetadata) this.#posting.answers.head(head);
  }

  #learnInstance(headers: GrpcMetadata): void {
    const [instance] = headers.get(own.instance);
    if (instance !== undefined) this.#keeper.instance = String(instance);
  }

  onReceiveMessage(message: Buffer | null): void {
    // Interceptors may say so that there is none.
    if (message === null) return;
    const { answers, codec } = this.#posting;
    if (codec.method.kind === "stream") {
      const room = answers.item(message);
      if (room === undefined) this.#call.startRead();
      else void room.then(() => this.#call.startRead());
    } else if (this.#message === undefined) {
      this.#message = message;
      this.#call.startRead();
    } else {
      answers.fail(unexpected(codec.method.name, "more than one message"));
      this.cancel();
    }
  }

  onReceiveStatus(status: StatusObject): void {
    this.#keeper.ended(this);
    const { answers, codec } = this.#posting;
    if (answers.over) return;
    if (status.code !== OK) {
      this.#learnInstance(status.metadata);
      const error = readError(status, codec.method);
      // The server's clock was a little faster: that its time is over the caller says itself.
      if (error.code === "DEADLINE_EXCEEDED" && this.#keeper.isDue(answers.target)) return;
      // Nobody has seen it: what left of it does not count.
      if (error.retryable && "sent" in answers.target && wasUnsent(status)) answers.target.sent = false;
      if (!error.retryable && this.#keeper.wasLost(status)) answers.lose(error);
      else answers.fail(error);
      return;
    }
    const { lateHead, trailers } = readEnd(status.metadata);
    if (lateHead !== undefined) answers.head(lateHead);
    if (codec.method.kind === "stream") answers.end(trailers);
    else if (this.#message !== undefined) answers.reply(this.#message, trailers);
    else answers.fail(unexpected(codec.method.name, "no message"));
  }
}

/** grpc-js takes nothing but its own kind of bytes. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function unexpected(method: string, what: string): RpcError {
  const message = `${method}: the server answered with ${what} where one is due; it has another kind of method`;
  return new RpcError({ code: "UNIMPLEMENTED", message });
}
