import { noSuchOperation, tooLate } from "../call/call-error.ts";
import { Exchange } from "../call/exchange.ts";
import { RemoteCallbacks } from "../call/remote-callback.ts";
import { Credit, ITEM_OVERHEAD_BYTES, StreamReader } from "../call/stream.ts";
import { RpcError } from "../error.ts";
import { type ErrorListener, type ErrorSource, sourceOf, withoutHalf } from "../error-source.ts";
import { emptyMetadata, type Metadata } from "../metadata.ts";
import type { ServerHost } from "../transport.ts";
import { Backlog } from "./backlog.ts";
import type { Connection } from "./connection.ts";
import { CALL_HEAD_BYTES, flag, frame, readU16, readU32 } from "./frame.ts";
import { Invocations } from "./invocations.ts";
import { BEHIND_MS, type Lateness } from "./lateness.ts";
import { readError } from "./message.ts";
import { metadataEnd, readMetadata } from "./metadata.ts";
import { overCredit, protocolError } from "./protocol-error.ts";
import { Replier } from "./replier.ts";
import { type AskedOperation, type ServerOperation, WireCall } from "./server-operation.ts";

export interface ServerCallsOptions {
  readonly host: ServerHost;
  readonly lateness: Lateness;
  /** By number. */
  readonly operations: readonly (AskedOperation | undefined)[];
  readonly onError: ErrorListener;
  /** Tells of an error where the peer is what is known of its place. */
  report(error: unknown, called?: Pick<ErrorSource, "service" | "method">): void;
}

/** The calls of one client: reads the frames about them, and lets an exchange run them. */
export class ServerCalls {
  /** How many bytes the client takes of a stream before it asks for more. */
  window = 0;
  /** The client ended the connection, and what it had sent before is still done. */
  left = false;
  readonly #connection: Connection;
  readonly #options: ServerCallsOptions;
  readonly #replier: Replier;
  readonly #invocations: Invocations;
  readonly #callbacks: RemoteCallbacks<ServerOperation["codec"]["callbacks"][number]>;
  readonly #exchange: Exchange<WireCall>;
  readonly #backlog: Backlog;

  constructor(connection: Connection, options: ServerCallsOptions) {
    const { host, onError } = options;
    const { limits } = connection;
    this.#connection = connection;
    this.#options = options;
    this.#replier = new Replier(connection, (error, codec) =>
      options.report(error, codec && { service: codec.service, method: withoutHalf(codec.method.name) }),
    );
    this.#invocations = new Invocations(connection);
    this.#callbacks = new RemoteCallbacks(this.#invocations, host.wheel);
    this.#exchange = new Exchange<WireCall>({
      sink: this.#replier,
      limits,
      onError,
      credit: () => new Credit(this.window),
      upstream: ({ callId }) =>
        new StreamReader(
          limits.streamWindowBytes,
          (bytes) => connection.signal(frame.CREDIT, callId, bytes),
          () => {},
        ),
      callbacks: (call, args) => this.#callbacks.attach(call, call.operation.codec.callbacks, args),
    });
    this.#backlog = new Backlog(host.platform, limits, (call, args, now) => this.#beginLate(call, args, now));
  }

  /** More bytes have come. Replies to calls that came together are likely to be ready together. */
  gather(): void {
    this.#replier.share = 0;
  }

  onCall(flags: number, bytes: Uint8Array, body: number, end: number): void {
    this.#connection.need(body, end, CALL_HEAD_BYTES);
    const replier = this.#replier;
    replier.share++;
    const operation = this.#options.operations[readU16(bytes, body)];
    const callId = readU32(bytes, body + 2);
    const timeoutMs = readU32(bytes, body + 6);
    const sentAt = readU32(bytes, body + 10);
    const from = body + CALL_HEAD_BYTES;
    const oneway = (flags & flag.ONEWAY) !== 0;
    if (!oneway) this.#checkCallId(callId);
    const start = (flags & flag.METADATA) === 0 ? from : metadataEnd(bytes, from, end);
    if (operation === undefined) throw protocolError("an operation that was not bound");
    if (typeof operation === "string") {
      const error = noSuchOperation(operation);
      if (oneway) this.#options.report(error, placeOf(operation));
      else replier.error(callId, error, undefined);
      return;
    }
    const { codec } = operation;
    const { kind, name } = codec.method;
    if ((kind === "oneway") !== oneway || (kind === "stream") !== ((flags & flag.STREAM) !== 0)) {
      throw protocolError(`${name} was not called as the ${kind} method that it is`);
    }
    // For each call: handlers before this one may have taken long.
    const now = this.#connection.platform.now();
    const late = this.#options.lateness.of(sentAt, now);
    const until = timeoutMs === 0 ? undefined : now + timeoutMs - late;
    if (until !== undefined && until <= now) {
      this.#options.lateness.doubt(now);
      this.#refuse(operation, callId, tooLate(name));
      return;
    }
    let metadata: Metadata;
    let args: unknown[];
    try {
      metadata = start === from ? emptyMetadata : readMetadata(bytes, from, start);
      args = codec.decodeRequest(bytes, start, end);
    } catch (error) {
      this.#refuse(operation, callId, error);
      return;
    }
    const call = new WireCall(operation, callId, metadata, until);
    if (!oneway) {
      replier.active[callId] = call;
      if (!operation.plain && !this.#exchange.accept(call, args)) return;
    }
    // In order: once one is set aside, so are those behind it.
    if (late > BEHIND_MS || !this.#backlog.empty) this.#backlog.add(call, args, end - body);
    else this.#exchange.run(call, args, now);
  }

  /** A call that cannot be one. */
  #refuse({ oneway, origin, codec }: ServerOperation, callId: number, error: unknown): void {
    if (oneway) this.#options.onError(error, sourceOf(origin));
    else this.#replier.error(callId, RpcError.from(error, "the arguments could not be read"), codec);
  }

  /** What was set aside may have been cancelled since, its time may be over, or its connection. */
  #beginLate(call: WireCall, args: unknown[], now: number): void {
    if (this.#connection.closed && !this.left) return;
    this.#replier.share++;
    this.#exchange.run(call, args, now);
  }

  /** Oneways that had arrived before the client left are done, as if they had not been set aside. */
  beginAll(): void {
    this.#backlog.beginAll();
  }

  /** A number beyond the limit would make a sparse table of any size; one in use would mix up two calls. */
  #checkCallId(callId: number): void {
    const { maxPendingCalls } = this.#connection.limits;
    if (callId >= maxPendingCalls) {
      throw protocolError(`call number ${callId} is over maxPendingCalls (${maxPendingCalls})`);
    }
    if (this.#replier.active[callId] !== undefined) throw protocolError(`call number ${callId} is in use`);
  }

  /** A frame about a call that came before, or about one of a callback; false for any other. */
  onFrame(type: number, bytes: Uint8Array, body: number, end: number): boolean {
    const connection = this.#connection;
    switch (type) {
      case frame.CANCEL: {
        connection.need(body, end, 4);
        const call = this.#replier.active[readU32(bytes, body)];
        if (call) this.#exchange.cancel(call);
        return true;
      }
      case frame.DATA:
        connection.need(body, end, 4);
        this.#onItem(this.#replier.active[readU32(bytes, body)], bytes, body + 4, end);
        return true;
      case frame.END:
        connection.need(body, end, 4);
        this.#replier.active[readU32(bytes, body)]?.upstream?.end();
        return true;
      case frame.CREDIT:
        connection.need(body, end, 8);
        this.#replier.active[readU32(bytes, body)]?.downstream?.add(readU32(bytes, body + 4));
        return true;
      case frame.REPLY:
        connection.need(body, end, 4);
        this.#invocations.onReply(readU32(bytes, body), bytes, body + 4, end);
        return true;
      case frame.ERROR:
        connection.need(body, end, 7);
        this.#invocations.onError(readU32(bytes, body), readError(bytes, body + 4, end, undefined));
        return true;
      default:
        return false;
    }
  }

  #onItem(call: WireCall | undefined, bytes: Uint8Array, start: number, end: number): void {
    if (call?.upstream === undefined) return;
    let item: unknown;
    try {
      item = call.operation.codec.decodeItem(bytes, start, end);
    } catch (error) {
      this.#exchange.fail(call, RpcError.from(error, "an item of the stream could not be read"));
      return;
    }
    if (!call.upstream.push(item, end - start + ITEM_OVERHEAD_BYTES)) {
      throw overCredit();
    }
  }

  lost(error: RpcError): void {
    for (const call of this.#replier.active.splice(0)) if (call) this.#exchange.abort(call, error);
    this.#callbacks.lost(error);
    this.#invocations.lost(error);
  }
}

/** Of the path of an operation that is not served: its service, as far as it is known, and its name. */
function placeOf(path: string): Pick<ErrorSource, "service" | "method"> {
  const dot = path.lastIndexOf(".");
  return dot < 0 ? { method: path } : { service: path.slice(0, dot), method: path.slice(dot + 1) };
}
