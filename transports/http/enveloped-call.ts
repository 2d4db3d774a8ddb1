import type { Posted } from "../../core/call/answers.ts";
import { RpcError } from "../../core/error.ts";
import type { Posting } from "../../core/link/addressed-session.ts";
import { createMetadata, emptyMetadata, type Metadata } from "../../core/metadata.ts";
import { type ClientSite, compressed, encodingOf, type OperationRequest } from "./client-site.ts";
import type { Compression } from "./compression.ts";
import { EnvelopeReader, envelope, flag, overLimit } from "./envelope.ts";
import { lateHeadOf, metadataOf, trailersOf } from "./headers.ts";
import { failed, tellLoss } from "./loss.ts";
import type { HttpHeaders } from "./message.ts";
import type { Loss, OutgoingHeaders, ResponseReader, Sending } from "./requester.ts";

/** What tells of the end of a call, in trailers or in an envelope of its own, may be so long whatever messages may be. */
const MIN_END_BYTES = 65_536;

/** What came before the end, where there was no room for it yet. */
interface Held {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/**
 * One call whose messages travel in envelopes, in whichever protocol: Connect's streams, gRPC and gRPC-Web. The protocol says what
 * the head means, and what the end.
 */
export abstract class EnvelopedCall implements ResponseReader, Posted {
  protected readonly site: ClientSite;
  protected readonly posting: Posting;
  protected readonly operation: OperationRequest;
  readonly #single: boolean;
  readonly #envelopes: EnvelopeReader;
  #sending: Sending | undefined = undefined;
  #encoding: Compression | undefined = undefined;
  /** The one message of an answer that is not a stream. */
  #message: Uint8Array | undefined = undefined;
  #head: Metadata = emptyMetadata;
  /** Items wait for room at the reader. */
  #full = false;
  #held: Held[] = [];
  #last: (() => void) | undefined = undefined;
  #over = false;
  /** Whether any of a body has come. */
  protected bodied = false;
  /** Of a oneway: it is done when it has left. */
  onSent: (() => void) | undefined = undefined;

  constructor(site: ClientSite, posting: Posting, operation: OperationRequest) {
    this.operation = operation;
    this.site = site;
    this.posting = posting;
    this.#single = posting.codec.method.kind !== "stream";
    if (posting.codec.method.kind === "oneway") this.onSent = () => posting.answers.left();
    const longest = Math.max(site.maxMessageBytes, MIN_END_BYTES);
    this.#envelopes = new EnvelopeReader(longest, (flags, payload) => this.#onEnvelope(flags, payload));
  }

  /** The head of the answer: says by what encoding its messages are compressed, or fails the call. */
  protected abstract onAnswer(status: number, headers: HttpHeaders): void;
  /** An envelope that is no message. */
  protected abstract onSpecial(flags: number, payload: Uint8Array): void;
  /** The body has ended. */
  protected abstract onBody(trailers: HttpHeaders): void;

  begin(headers: OutgoingHeaders): void {
    const { path } = this.operation;
    const { body, codec } = this.posting;
    const streamed = codec.method.streamParam >= 0;
    const first = body && this.#enveloped(body);
    const { requester } = this.site;
    this.#sending = requester.request(
      { method: "POST", path, headers, body: streamed ? undefined : first, streamed },
      this,
    );
    if (streamed && first !== undefined) this.#sending.write(first);
  }

  #enveloped(bytes: Uint8Array): Uint8Array {
    const small = compressed(this.site.compression, bytes);
    return small === undefined ? envelope(0, bytes) : envelope(flag.COMPRESSED, small);
  }

  item(bytes: Uint8Array): Promise<void> | undefined {
    return this.#sending?.write(this.#enveloped(bytes));
  }

  end(): void {
    this.#sending?.finish();
  }

  cancel(): void {
    this.#over = true;
    this.#sending?.abort();
  }

  onHead(status: number, headers: HttpHeaders): void {
    this.#guarded(() => this.onAnswer(status, headers));
  }

  /** The answer is one: what came before the messages, and by what these are compressed. */
  protected answer(headers: HttpHeaders, encoding: unknown): void {
    this.#head = metadataOf(headers);
    if (this.#head !== emptyMetadata) this.posting.answers.head(this.#head);
    this.#encoding = encodingOf(this.site.compression, encoding);
  }

  onData(bytes: Uint8Array): void {
    this.bodied = true;
    this.#guarded(() => this.#envelopes.push(bytes));
  }

  onEnd(trailers: HttpHeaders): void {
    this.#finally(() => this.#guarded(() => this.onBody(trailers)));
  }

  onLost(loss: Loss): void {
    this.#finally(() => {
      if (this.#over) return;
      this.#over = true;
      tellLoss(loss, this.posting, this.site.now());
    });
  }

  /** Whether the body ended within a message. */
  protected get partial(): boolean {
    return this.#envelopes.partial;
  }

  #guarded(action: () => void): void {
    if (this.#over) return;
    try {
      action();
    } catch (error) {
      this.fail(RpcError.from(error, "the answer could not be read"));
    }
  }

  #onEnvelope(flags: number, payload: Uint8Array): void {
    if (this.#over) return;
    if (this.#full) this.#held.push({ flags, payload });
    else this.#take(flags, payload);
  }

  #take(flags: number, payload: Uint8Array): void {
    if ((flags & ~flag.COMPRESSED) !== 0) return this.onSpecial(flags, this.unpacked(flags, payload, MIN_END_BYTES));
    const message = this.unpacked(flags, payload, this.site.maxMessageBytes);
    if (!this.#single) return this.#item(message);
    if (this.#message !== undefined) throw unimplemented(this.posting, "more than one message");
    this.#message = message;
  }

  protected unpacked(flags: number, payload: Uint8Array, maxBytes: number): Uint8Array {
    if ((flags & flag.COMPRESSED) === 0) {
      if (payload.length > maxBytes) throw overLimit(maxBytes);
      return payload;
    }
    if (this.#encoding === undefined) {
      throw new RpcError({
        code: "INTERNAL",
        message: "the answer has a compressed message, and does not say by what",
      });
    }
    return this.#encoding.decompress(payload, maxBytes);
  }

  #item(message: Uint8Array): void {
    const room = this.posting.answers.item(message);
    if (room === undefined) return;
    this.#full = true;
    this.#sending?.pause();
    void room.then(() => this.#goOn());
  }

  /** There is room again. */
  #goOn(): void {
    this.#full = false;
    this.#guarded(() => {
      while (!this.#full && !this.#over) {
        const next = this.#held.shift();
        if (next === undefined) break;
        this.#take(next.flags, next.payload);
      }
    });
    if (this.#full || this.#over) return;
    const last = this.#last;
    if (last !== undefined) return last();
    this.#sending?.resume();
  }

  /** What ends the call waits for the messages before it. */
  #finally(last: () => void): void {
    if (this.#full) this.#last = last;
    else last();
  }

  /** The server said that all went well. */
  protected succeed(ending: HttpHeaders): void {
    if (this.#over) return;
    if (this.partial) throw truncated();
    const { answers } = this.posting;
    const lateHead = lateHeadOf(ending);
    const trailers = trailersOf(ending, lateHead);
    const heard = trailers === emptyMetadata ? undefined : trailers;
    if (this.#single && this.#message === undefined) throw unimplemented(this.posting, "no message");
    this.#over = true;
    if (lateHead !== undefined) answers.head(lateHead);
    if (this.onSent !== undefined) answers.left();
    else if (this.#single) answers.reply(this.#message as Uint8Array, heard);
    else answers.end(heard);
  }

  /** What metadata came with a failure. The caller of a stream hears those of the head as such. */
  protected heard(trailers: Metadata): Metadata {
    return this.#single && this.#head !== emptyMetadata ? createMetadata(this.#head, trailers) : trailers;
  }

  protected fail(error: RpcError): void {
    if (this.#over) return;
    this.#over = true;
    failed(error, this.posting, this.site);
    this.#sending?.abort();
  }
}

/** Neither protocol counts; so nobody knows what to make of it. */
function unimplemented({ codec }: Posting, what: string): RpcError {
  const message = `${codec.method.name}: the server answered with ${what}, where one is due`;
  return new RpcError({ code: "UNIMPLEMENTED", message });
}

export function truncated(): RpcError {
  return new RpcError({ code: "INTERNAL", message: "the answer ended within a message" });
}
