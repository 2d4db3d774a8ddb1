import type { RpcError } from "../error.ts";
import type { ErrorListener } from "../error-source.ts";
import type { Metadata } from "../metadata.ts";
import type { StreamRequest } from "../transport.ts";
import type { Attempt } from "./attempt.ts";
import { unreadable } from "./call-error.ts";
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

export interface AnswersOptions {
  readonly codec: OperationCodec;
  /** Bytes of items that may wait for who reads a stream. */
  readonly windowBytes: number;
  readonly onError: ErrorListener;
  /** The server is to be told that nobody waits any more. */
  cancel(): void;
  /** Called once: nothing more is expected. */
  over(): void;
}

/**
 * The caller's end of one call, for transports whose messages are each on their own: it is told what arrives as a `ReplySink`
 * was told it, decodes it and hands it over. What comes after the end is ignored.
 */
export class Answers implements CallerEnd {
  readonly target: Attempt | OpenedStream;
  readonly upload = undefined;
  readonly #options: AnswersOptions;
  /** For items; what the reader has read is given back. */
  readonly #room: Credit;
  #head: Metadata | undefined;
  #over = false;

  constructor(call: Attempt | StreamRequest, options: AnswersOptions) {
    this.#options = options;
    const { windowBytes, codec } = options;
    const room = new Credit(windowBytes);
    const cancel = (): void => this.#cancel();
    this.#room = room;
    if ("succeed" in call) {
      this.target = call;
      if (codec.method.kind !== "oneway") call.carrier = { cancel };
    } else this.target = openedStream(call, new StreamReader(windowBytes, (bytes) => room.add(bytes), cancel));
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
    const { codec } = this.#options;
    let value: unknown;
    try {
      value = codec.decodeResult(bytes, start, end);
      // A message of a topic, which several handlers may get.
      codec.sharing?.freeze?.(value);
    } catch (error) {
      this.#options.cancel();
      this.fail(unreadable(codec, error));
      return undefined;
    }
    const size = end - start + ITEM_OVERHEAD_BYTES;
    const head = this.#head;
    this.#head = undefined;
    if (head !== undefined) this.#tell({ head });
    this.#room.spend(size);
    this.reader.push(value, size);
    return this.#room.room();
  }

  /** `trailers`: metadata behind the reply. */
  reply(bytes: Uint8Array, trailers?: Metadata, start = 0, end = bytes.length): void {
    if (this.#over) return;
    const { codec } = this.#options;
    const attempt = this.target as Attempt;
    let value: unknown;
    try {
      value = codec.decodeResult(bytes, start, end);
    } catch (error) {
      return this.fail(unreadable(codec, error));
    }
    this.#close();
    if (this.#head !== undefined) attempt.replyMetadata = this.#head;
    if (trailers !== undefined) attempt.replyTrailers = trailers;
    attempt.succeed(value);
  }

  /** The stream is complete. `trailers`: metadata behind the last item. */
  end(trailers?: Metadata): void {
    if (this.#over) return;
    const head = this.#head;
    if (head !== undefined || trailers !== undefined) this.reader.atEnd = () => this.#tell({ head, trailers });
    this.#close();
    endCaller(this, undefined);
  }

  fail(error: RpcError): void {
    if (this.#over) return;
    this.#close();
    endCaller(this, error);
  }

  /** The connection ended before the answer did. */
  lose(error: RpcError): void {
    if (this.#over) return;
    this.#close();
    loseCaller(this, error, this.#options.codec);
  }

  #tell(heard: ReplyHeard): void {
    const { codec, onError } = this.#options;
    tellMetadata(this.target as OpenedStream, heard, { place: codec, onError });
  }

  /** The caller no longer waits. */
  #cancel(): void {
    if (this.#over) return;
    this.#options.cancel();
    this.#close();
  }

  #close(): void {
    this.#over = true;
    this.#room.close();
    this.#options.over();
  }
}
