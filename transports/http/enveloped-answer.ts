import { RpcError } from "../../core/error.ts";
import type { Metadata } from "../../core/metadata.ts";
import { checkMetadataSize } from "../../core/wire/metadata.ts";
import type { Answer, HttpCall } from "./answer.ts";
import { isTrunkline } from "./answer-headers.ts";
import type { Compression } from "./compression.ts";
import { EnvelopeReader, envelope, flag, overLimit } from "./envelope.ts";
import { metadataOf } from "./headers.ts";
import type { BodyReader, HttpHeaders, HttpRequest, HttpResponse } from "./message.ts";
import type { Exchanged } from "./server-protocol.ts";
import type { HttpSite } from "./site.ts";
import type { Target } from "./target.ts";
import { travelling } from "./travelling-error.ts";

/** Headers of a request about its messages, as a protocol calls them. */
export interface EnvelopedNames {
  readonly encoding: string;
  readonly acceptEncoding: string;
}

/** How a call ended: well, with trailers, or by an error, whose metadata are the trailers. */
export interface Ending {
  readonly error: RpcError | undefined;
  readonly trailers: Metadata | undefined;
  /** What was set of the head after it had left. */
  readonly lateHead?: Metadata | undefined;
}

interface Held {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/**
 * One call whose messages travel in envelopes, in whichever protocol: Connect's streams, gRPC and gRPC-Web. The protocol says what
 * the head of the answer is, and its end.
 */
export abstract class EnvelopedAnswer implements Answer, BodyReader {
  protected readonly site: HttpSite;
  protected readonly request: HttpRequest;
  protected readonly response: HttpResponse;
  protected readonly target: Target;
  protected headSent = false;
  protected metadata: Metadata | undefined;
  protected sending: Compression | undefined;
  readonly #envelopes: EnvelopeReader;
  #receiving: Compression | undefined;
  #call: HttpCall | undefined;
  /** Envelopes that came with others, and for which there is no room. */
  #held: Held[] = [];
  #full = false;
  #ended = false;
  #over = false;
  /** Of HTTP/1.1, which carries all of the request before any of the answer: what is to be said then. */
  #later: Uint8Array[] | undefined;
  #laterBytes = 0;
  #laterEnd: Ending | undefined;
  #lateHead: Metadata | undefined;

  constructor({ site, request, response }: Exchanged, target: Target) {
    this.site = site;
    this.request = request;
    this.response = response;
    this.target = target;
    this.#envelopes = new EnvelopeReader(site.limits.maxMessageBytes, (flags, payload) => {
      if (this.#full) this.#held.push({ flags, payload });
      else this.#take(flags, payload);
    });
  }

  /** Sends the head of the answer. */
  protected abstract sendHead(): void;
  /** Sends the end of the answer behind its last message, if that was not sent, and its head, likewise. */
  protected abstract sendEnd(ending: Ending, last: Uint8Array | undefined): void;
  protected abstract timeoutMs(headers: HttpHeaders): number | undefined;
  protected abstract readonly names: EnvelopedNames;

  /** Begins to serve the call. */
  begin(): void {
    const { headers, version } = this.request;
    const { operation } = this.target;
    try {
      this.sending = this.site.encodings.accepted(headers[this.names.acceptEncoding]);
      this.#receiving = this.site.encodings.named(headers[this.names.encoding]);
      const timeoutMs = this.timeoutMs(headers);
      const { kind, streamParam } = operation.served.method;
      if (version === 1 && kind === "stream" && streamParam >= 0) this.#later = [];
      this.#call = this.site.calls.open(operation, { metadata: metadataOf(headers), timeoutMs }, this);
    } catch (error) {
      return this.#end({ error: RpcError.from(error), trailers: undefined });
    }
    if (this.#over) return;
    this.response.onGone((reason) => this.#gone(reason));
    this.request.read(this);
  }

  onData(bytes: Uint8Array): void {
    if (this.#over) return;
    try {
      this.#envelopes.push(this.decoded(bytes));
    } catch (error) {
      this.#refuse(RpcError.from(error, "the request could not be read"));
    }
  }

  /** Where the body is not what it stands for: base64. */
  protected decoded(bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  /** Whether what `decoded` has kept would be cut off if the body ended now. */
  protected get partial(): boolean {
    return false;
  }

  onEnd(): void {
    this.#ended = true;
    if (!this.#full) this.#complete();
  }

  onLost(error: RpcError): void {
    this.#gone(error);
  }

  get patient(): boolean {
    return this.target.operation.served.method.streamParam >= 0;
  }

  /** There is room for items again. */
  room(): void {
    if (!this.#full) return;
    this.#full = false;
    while (!this.#full && !this.#over) {
      const next = this.#held.shift();
      if (next === undefined) break;
      this.#take(next.flags, next.payload);
    }
    if (this.#full) return;
    if (this.#ended) this.#complete();
    else this.request.resume();
  }

  #take(flags: number, payload: Uint8Array): void {
    const call = this.#call;
    if (this.#over || call === undefined) return;
    let message: Uint8Array;
    try {
      message = this.#unpacked(flags, payload);
    } catch (error) {
      return this.#refuse(RpcError.from(error, "the request could not be read"));
    }
    try {
      if (this.site.calls.message(call, message) || this.#over) return;
    } catch (error) {
      return this.#end({ error: RpcError.from(error), trailers: undefined });
    }
    this.#full = true;
    this.request.pause();
  }

  #unpacked(flags: number, payload: Uint8Array): Uint8Array {
    if (flags === 0) return payload;
    if (flags !== flag.COMPRESSED) {
      const message = `an envelope has the flags 0x${flags.toString(16)}, which mean nothing in a request`;
      throw new RpcError({ code: "INVALID_ARGUMENT", message });
    }
    if (this.#receiving === undefined) {
      const message = `an envelope is compressed, and the header ${this.names.encoding} does not say how`;
      throw new RpcError({ code: "INTERNAL", message });
    }
    return this.#receiving.decompress(payload, this.site.limits.maxMessageBytes);
  }

  #complete(): void {
    const call = this.#call;
    if (this.#over || call === undefined) return;
    if (this.#envelopes.partial || this.partial) {
      return this.#refuse(new RpcError({ code: "INVALID_ARGUMENT", message: "the request ended within a message" }));
    }
    try {
      this.site.calls.complete(call);
      if (call.operation.oneway) this.reply(call, undefined, undefined);
    } catch (error) {
      return this.#end({ error: RpcError.from(error), trailers: undefined });
    }
    this.#flush();
  }

  /** Of half duplex: the request is complete, so that the answer may begin. */
  #flush(): void {
    const later = this.#later;
    if (later === undefined) return;
    this.#later = undefined;
    for (const bytes of later) this.#write(bytes);
    if (this.#laterEnd !== undefined) this.#end(this.#laterEnd);
  }

  /** The request makes no sense: whatever the handler does. */
  #refuse(error: RpcError): void {
    this.#later = undefined;
    if (this.#call !== undefined) this.site.calls.fail(this.#call, error);
    this.#end({ error, trailers: undefined });
  }

  #gone(reason: RpcError): void {
    if (this.#over) return;
    this.#over = true;
    this.#held = [];
    if (this.#call !== undefined) this.site.calls.leave(this.#call, reason);
  }

  head(_call: HttpCall, metadata: Metadata): void {
    checkMetadataSize(metadata);
    if (this.headSent || (this.#later?.length ?? 0) > 0) this.#lateHead = metadata;
    else this.metadata = metadata;
  }

  item(call: HttpCall, value: unknown): Promise<void> | undefined {
    const bytes = this.#enveloped(call, value);
    if (this.#over) return undefined;
    const later = this.#later;
    if (later === undefined) return this.#write(bytes);
    this.#laterBytes += bytes.length;
    if (this.#laterBytes > this.site.limits.maxMessageBytes) throw overLimit(this.site.limits.maxMessageBytes);
    later.push(bytes);
    return undefined;
  }

  #write(bytes: Uint8Array): Promise<void> | undefined {
    if (!this.headSent) {
      this.sendHead();
      this.headSent = true;
    }
    return this.response.write(this.encoded(bytes));
  }

  /** As the body has it: base64. */
  protected encoded(bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  reply(call: HttpCall, value: unknown, trailers: Metadata | undefined): void {
    const bytes = this.#enveloped(call, value);
    if (trailers !== undefined) checkMetadataSize(trailers);
    this.#end({ error: undefined, trailers }, bytes);
  }

  #enveloped({ operation }: HttpCall, value: unknown): Uint8Array {
    if (this.sending === undefined) return this.site.results.enveloped(operation, value);
    const bytes = this.site.results.message(operation, value);
    if (bytes.length < this.site.options.minCompressBytes) return envelope(0, bytes);
    return envelope(flag.COMPRESSED, this.sending.compress(bytes));
  }

  end(_call: HttpCall, trailers: Metadata | undefined): void {
    if (trailers !== undefined) checkMetadataSize(trailers);
    this.#end({ error: undefined, trailers, lateHead: this.#lateHead });
  }

  fail(call: HttpCall, error: RpcError): void {
    // Trunkline has no head of what fails; others have it.
    if (!this.headSent && !isTrunkline(this.request)) this.metadata ??= call.replyMetadata;
    this.#end({ error: travelling(error, call, this.site.host), trailers: undefined });
  }

  done(): void {
    // A oneway's caller was answered when its arguments were read.
  }

  #end(ending: Ending, last?: Uint8Array): void {
    if (this.#over) return;
    if (this.#later !== undefined && !this.#ended && ending.error === undefined) {
      this.#laterEnd = ending;
      return;
    }
    if (this.#later !== undefined) this.#flushBefore();
    this.#over = true;
    this.#held = [];
    this.sendEnd(ending, last);
    // What still comes is nobody's, but must not fill the way.
    if (this.#full) this.request.resume();
  }

  /** An error must not overtake what was said before it. */
  #flushBefore(): void {
    const later = this.#later ?? [];
    this.#later = undefined;
    for (const bytes of later) void this.#write(bytes);
  }
}
