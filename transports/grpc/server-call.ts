import type { Metadata as GrpcMetadata, ServerInterceptingCallInterface } from "@grpc/grpc-js";
import type { CodedOperation } from "../../core/call/addressed.ts";
import type { Reception, RequestedCall } from "../../core/call/reception.ts";
import { messageOf, RpcError } from "../../core/error.ts";
import type { Metadata } from "../../core/metadata.ts";
import type { Guest } from "./guest.ts";
import { own } from "./headers.ts";
import { readMetadata, writeEnd, writeMetadata } from "./metadata.ts";
import { writeError } from "./status.ts";

const OK = 0;
/** Two sides that count the same time may be so far apart at its end. */
const CLOCKS_APART_MS = 20;
const NO_MESSAGE = Buffer.alloc(0);
const nothing = (): void => {};

/** The connection that a call came by, as the call needs it. */
export interface CallSite {
  readonly reception: Reception<ServerCall>;
  /** Nothing of grpc-js stands between a call and its stream: what it is given it copies at once, and in order. */
  readonly direct: boolean;
  /** Bytes of items that a stream may be ahead of its connection. */
  readonly aheadBytes: number;
  /** For the first reply, as the client keeps it; `undefined` when it was told. */
  readonly untoldInstance: string | undefined;
  tellInstance(): void;
  newMetadata(): GrpcMetadata;
  /** A promise only where `authenticate` must be asked, which rejects with what the caller may know. */
  guestOf(headers: GrpcMetadata, wire: ServerInterceptingCallInterface): Guest | Promise<Guest>;
  /** Throws what the caller may see where there is none. */
  operationOf(guest: Guest, path: string, headers: GrpcMetadata): CodedOperation;
  nextTurn(task: () => void): void;
  /** An error has not travelled whole. */
  curtailed(error: RpcError, lost: string, call: RequestedCall<ServerCall> | undefined): void;
}

/**
 * One call being served, beneath the streams and callbacks of grpc-js: the last of its interceptors, which never calls the
 * handler that was registered, and the listener of what its caller sends.
 */
export class ServerCall {
  readonly #wire: ServerInterceptingCallInterface;
  readonly #site: CallSite;
  readonly #path: string;
  /** Until the call is begun. */
  #headers: GrpcMetadata | undefined;
  #operation: CodedOperation | undefined;
  #call: RequestedCall<ServerCall> | undefined;
  #head: Metadata | undefined;
  #headSent = false;
  #over = false;
  /** Bytes of items that have not been written yet, and who waits for that. */
  #unwritten = 0;
  #written: (() => void) | undefined;

  constructor(wire: ServerInterceptingCallInterface, site: CallSite, path: string) {
    this.#wire = wire;
    this.#site = site;
    this.#path = path;
  }

  /** Called by grpc-js. */
  start(): void {
    this.#wire.start(this);
  }

  onReceiveMetadata(headers: GrpcMetadata): void {
    this.#headers = headers;
    try {
      const guest = this.#site.guestOf(headers, this.#wire);
      if (!(guest instanceof Promise)) return this.#open(guest, headers);
      guest.then((admitted) => this.#open(admitted, headers)).catch((error) => this.#refuse(error));
    } catch (error) {
      this.#refuse(error);
    }
  }

  #open(guest: Guest, headers: GrpcMetadata): void {
    if (this.#over) return;
    const operation = this.#site.operationOf(guest, this.#path, headers);
    this.#operation = operation;
    const { reception } = this.#site;
    if (operation.served.method.streamParam >= 0)
      this.#call = reception.open(operation, this.#requestHead(headers), this);
    if (!this.#over) this.#wire.startRead();
  }

  #requestHead(headers: GrpcMetadata): { readonly metadata: Metadata; readonly timeoutMs: number | undefined } {
    const due = Number(this.#wire.getDeadline());
    const timeoutMs = due === Number.POSITIVE_INFINITY ? undefined : Math.max(0, due - Date.now());
    return { metadata: readMetadata(headers), timeoutMs };
  }

  onReceiveMessage(message: Buffer): void {
    if (this.#over) return;
    const operation = this.#operation as CodedOperation;
    const { reception } = this.#site;
    if (operation.served.method.streamParam >= 0) {
      const call = this.#call as RequestedCall<ServerCall>;
      if (reception.message(call, message)) this.#wire.startRead();
      return;
    }
    if (this.#call !== undefined) return reception.fail(this.#call, this.#wrongCount("more than one message"));
    // Not when the request has ended: streams of HTTP/2 end in another order than they begin.
    try {
      const head = this.#requestHead(this.#headers as GrpcMetadata);
      this.#call = reception.begin(operation, { ...head, body: message }, this);
      if (operation.oneway) this.#answer(NO_MESSAGE, undefined);
    } catch (error) {
      this.#refuse(error);
    }
    if (!this.#over) this.#wire.startRead();
  }

  /** The handler has read some of what it has: more may come. */
  readMore(): void {
    if (!this.#over) this.#wire.startRead();
  }

  onReceiveHalfClose(): void {
    if (this.#over) return;
    const { reception } = this.#site;
    const call = this.#call;
    if (call === undefined) return this.#refuse(this.#wrongCount("no message"));
    // A stream that was reset has an end, too, and is told to be cancelled after that.
    if (call.operation.served.method.streamParam < 0) return;
    this.#site.nextTurn(() => {
      if (!this.#over) reception.complete(call);
    });
  }

  #wrongCount(what: string): RpcError {
    const { service, method } = (this.#operation as CodedOperation).codec;
    const message = `${service}.${method.name}: ${what} came where there must be one`;
    return new RpcError({ code: "UNIMPLEMENTED", message });
  }

  /** Told of the end of every call, also of one that ended well. */
  onCancel(): void {
    this.#over = true;
    this.#wake();
    const call = this.#call;
    // A caller whose time is over says so a little before it is over here: then it is the deadline that ends the call.
    if (call !== undefined && call.timeLeft() > CLOCKS_APART_MS) this.#site.reception.cancel(call);
  }

  head(metadata: Metadata): void {
    this.#head = metadata;
  }

  #sendHead(): void {
    if (this.#headSent) return;
    const head = this.#head;
    const instance = this.#site.untoldInstance;
    if (head !== undefined || instance !== undefined) {
      const headers = this.#site.newMetadata();
      if (head !== undefined) writeMetadata(headers, head);
      if (instance !== undefined) headers.set(own.instance, instance);
      this.#site.tellInstance();
      this.#wire.sendMetadata(headers);
    }
    this.#head = undefined;
    this.#headSent = true;
  }

  item(bytes: Buffer): Promise<void> | undefined {
    if (this.#over) return undefined;
    this.#sendHead();
    this.#unwritten += bytes.length;
    const { length } = bytes;
    this.#wire.sendMessage(bytes, () => {
      this.#unwritten -= length;
      if (this.#unwritten <= this.#site.aheadBytes) this.#wake();
    });
    if (this.#unwritten <= this.#site.aheadBytes) return undefined;
    return new Promise((resolve) => {
      this.#written = resolve;
    });
  }

  #wake(): void {
    const written = this.#written;
    this.#written = undefined;
    written?.();
  }

  reply(bytes: Buffer, trailers: Metadata | undefined): void {
    if (!this.#over) this.#answer(bytes, trailers);
  }

  #answer(bytes: Buffer, trailers: Metadata | undefined): void {
    const metadata = this.#trailers(trailers);
    this.#sendHead();
    this.#over = true;
    const status = { code: OK, details: "", metadata };
    if (this.#site.direct) {
      this.#wire.sendMessage(bytes, nothing);
      this.#wire.sendStatus(status);
    } else this.#wire.sendMessage(bytes, () => this.#wire.sendStatus(status));
  }

  end(trailers: Metadata | undefined): void {
    if (this.#over) return;
    const metadata = this.#trailers(trailers);
    this.#sendHead();
    this.#over = true;
    this.#wire.sendStatus({ code: OK, details: "", metadata });
  }

  #trailers(trailers: Metadata | undefined): GrpcMetadata | null {
    const lateHead = this.#headSent ? this.#head : undefined;
    if (trailers === undefined && lateHead === undefined) return null;
    const metadata = this.#site.newMetadata();
    writeEnd(metadata, { lateHead, trailers });
    return metadata;
  }

  /** Before there is a handler, or instead of it. */
  #refuse(thrown: unknown): void {
    this.fail(RpcError.from(thrown, messageOf(thrown)));
  }

  fail(error: RpcError): void {
    if (this.#over) return;
    this.#over = true;
    const trailers = this.#site.newMetadata();
    const { code, message, lost } = writeError(error, this.#operation?.served.method, trailers);
    if (lost !== undefined) this.#site.curtailed(error, lost, this.#call);
    const instance = this.#site.untoldInstance;
    if (instance !== undefined && !this.#headSent) trailers.set(own.instance, instance);
    this.#wire.sendStatus({ code, details: message, metadata: trailers });
  }
}
