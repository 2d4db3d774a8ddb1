import type { RpcError } from "../error.ts";
import type { ErrorListener } from "../error-source.ts";
import type { Metadata } from "../metadata.ts";
import type { StreamRequest } from "../transport.ts";
import type { Attempt, Carrier } from "./attempt.ts";
import { neverLeft, unreadable } from "./call-error.ts";
import {
  type CallerEnd,
  endCaller,
  loseCaller,
  type OpenedStream,
  openedStream,
  type ReplyHeard,
  tellMetadata,
} from "./caller-end.ts";
import type { OperationCodec } from "./operation-codec.ts";
import { Credit, ITEM_OVERHEAD_BYTES, StreamReader } from "./stream.ts";

/** Who keeps the answers that are still to come, for all of its calls. */
export interface AnswersKeeper {
  /** Bytes of items that may wait for who reads a stream. */
  readonly windowBytes: number;
  readonly onError: ErrorListener;
  /** Called once for each: nothing more is expected. */
  over(answers: Answers): void;
}

/** A call on its way, as who sends it knows it. */
export interface Posted {
  /** The server is to be told that nobody waits any more. Called once at most, and not after the answer. */
  cancel(): void;
  /** The next item of the stream that the caller passed; `undefined` if there is room for another, or a promise of that. */
  item?(bytes: Uint8Array): Promise<void> | undefined;
  /** There are no more items. */
  end?(): void;
}

/**
 * The caller's end of one call, for transports whose messages are each on their own: it is told what arrives as a `ReplySink`
 * was told it, decodes it and hands it over. What comes after the end is ignored. An answer may come before the caller's stream
 * has ended: then no more of that is sent, and its `end` is not told.
 */
export class Answers implements CallerEnd, Carrier {
  readonly target: Attempt | OpenedStream;
  readonly codec: OperationCodec;
  /** Of a method that takes a stream. How much may leave, `Posted.item` says. */
  readonly upload: Credit | undefined;
  /** Set by the session, once the call is sent. */
  posted: Posted | undefined = undefined;
  place = -1;
  readonly #keeper: AnswersKeeper;
  /** For items; what the reader has read is given back. */
  readonly #room: Credit | undefined;
  #head: Metadata | undefined = undefined;
  #over = false;

  constructor(call: Attempt | StreamRequest, codec: OperationCodec, keeper: AnswersKeeper) {
    this.codec = codec;
    this.#keeper = keeper;
    this.upload = codec.method.streamParam < 0 ? undefined : new Credit(Number.POSITIVE_INFINITY);
    if ("succeed" in call) {
      this.target = call;
      if (codec.method.kind !== "oneway") call.carrier = this;
      return;
    }
    const room = new Credit(keeper.windowBytes);
    this.#room = room;
    this.target = openedStream(
      call,
      new StreamReader(
        keeper.windowBytes,
        (bytes) => room.add(bytes),
        () => this.cancel(),
      ),
    );
  }

  /** Nothing more is expected: what arrives, or is still to be sent, is for nobody. */
  get over(): boolean {
    return this.#over;
  }

  /** What the caller reads, if it opened a stream. */
  get reader(): StreamReader {
    return (this.target as OpenedStream).reader;
  }

  /** Comes to the caller with what follows. */
  head(metadata: Metadata): void {
    this.#head = metadata;
  }

  /** Resolves when there is room for the next; `undefined` if there is. */
  item(bytes: Uint8Array, start = 0, end = bytes.length): Promise<void> | undefined {
    if (this.#over) return undefined;
    const { codec } = this;
    let value: unknown;
    try {
      value = codec.decodeResult(bytes, start, end);
      // A message of a topic, which several handlers may get.
      codec.sharing?.freeze?.(value);
    } catch (error) {
      const { posted } = this;
      this.fail(unreadable(codec, error));
      posted?.cancel();
      return undefined;
    }
    const size = end - start + ITEM_OVERHEAD_BYTES;
    const head = this.#head;
    this.#head = undefined;
    if (head !== undefined) this.#tell({ head });
    const room = this.#room as Credit;
    room.spend(size);
    this.reader.push(value, size);
    return room.room();
  }

  /** `trailers`: metadata behind the reply. */
  reply(bytes: Uint8Array, trailers?: Metadata, start = 0, end = bytes.length): void {
    if (this.#over) return;
    const attempt = this.target as Attempt;
    let value: unknown;
    try {
      value = this.codec.decodeResult(bytes, start, end);
    } catch (error) {
      return this.fail(unreadable(this.codec, error));
    }
    this.#close();
    if (this.#head !== undefined) attempt.replyMetadata = this.#head;
    if (trailers !== undefined) attempt.replyTrailers = trailers;
    attempt.succeed(value);
  }

  /** All bytes of a oneway have left. */
  left(): void {
    if (this.#over) return;
    this.#close();
    (this.target as Attempt).succeed(undefined);
  }

  /** The stream is complete. `trailers`: metadata behind the last item. */
  end(trailers?: Metadata): void {
    if (this.#over) return;
    const head = this.#head;
    if (head !== undefined || trailers !== undefined) this.reader.atEnd = () => this.#tell({ head, trailers });
    this.#close();
    endCaller(this, undefined);
  }

  /** Of a stream the head is heard of all the same, where it has come and no item has. */
  fail(error: RpcError): void {
    if (this.#over) return;
    this.#close();
    if (this.#head !== undefined && this.#room !== undefined) this.#tell({ head: this.#head });
    endCaller(this, error);
  }

  /** The server has certainly taken nothing of it: it may be sent elsewhere, whatever it does. */
  refuse(error: RpcError): void {
    if (!this.#over && this.#room === undefined) (this.target as Attempt).sent = false;
    this.fail(error);
  }

  /** The connection ended before the answer did. */
  lose(error: RpcError): void {
    if (this.#over) return;
    this.#close();
    if (this.codec.method.kind === "oneway") endCaller(this, neverLeft(this.codec.method.name));
    else loseCaller(this, error, this.codec);
  }

  /** The caller no longer waits. */
  cancel(): void {
    if (this.#over) return;
    const { posted } = this;
    this.#close();
    posted?.cancel();
  }

  #tell(heard: ReplyHeard): void {
    const { onError } = this.#keeper;
    tellMetadata(this.target as OpenedStream, heard, { place: this.codec, onError });
  }

  #close(): void {
    this.#over = true;
    this.#room?.close();
    this.upload?.close();
    this.#keeper.over(this);
  }
}
