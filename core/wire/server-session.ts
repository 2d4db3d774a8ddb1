import type { Peer } from "../context.ts";
import { RpcError } from "../error.ts";
import { printContract } from "../fingerprint.ts";
import { ServedCall } from "../incoming.ts";
import { emptyMetadata, type Metadata } from "../metadata.ts";
import type { ServedOperation, ServerHost } from "../transport.ts";
import { packResult, type Unpack, unpacker, unpackResult } from "./arguments.ts";
import { ForeignContract } from "./foreign.ts";
import {
  closeFrame,
  flag,
  frame,
  MAGIC,
  MAX_VERSION,
  MIN_VERSION,
  openFrame,
  readU16,
  readU32,
  writeU32,
} from "./frame.ts";
import { Invoker } from "./invoker.ts";
import type { WireLimits } from "./limits.ts";
import { metadataEnd, readError, readJson, readMetadata, writeError, writeMetadata } from "./message.ts";
import { compileOperations, type WireOperation } from "./operation.ts";
import type { Pipe } from "./pipe.ts";
import { protocolError } from "./protocol-error.ts";
import { Session } from "./session.ts";
import { Credit, ITEM_OVERHEAD_BYTES, pump, StreamReader } from "./stream.ts";

/** An operation that a client may call by its number on this connection. */
interface ServerOperation {
  readonly wire: WireOperation;
  readonly served: ServedOperation;
  readonly service: string;
  readonly unpack: Unpack;
  readonly pack: (value: unknown) => unknown;
  readonly unpackItem: (record: unknown) => unknown;
  /** A unary method without callbacks or streams, which needs nothing beyond its arguments. */
  readonly plain: boolean;
}

/** What is open for a call number. */
class Active {
  readonly operation: ServerOperation;
  readonly call: ServedCall;
  readonly upstream: StreamReader | undefined;
  readonly downstream: Credit | undefined;

  constructor(
    operation: ServerOperation,
    call: ServedCall,
    upstream: StreamReader | undefined,
    downstream: Credit | undefined,
  ) {
    this.operation = operation;
    this.call = call;
    this.upstream = upstream;
    this.downstream = downstream;
  }
}

export interface ServerSessionOptions {
  readonly host: ServerHost;
  readonly limits: WireLimits;
  onLost(session: ServerSession): void;
}

/** The serving side of a connection. */
export class ServerSession extends Session {
  readonly #host: ServerHost;
  readonly #onLostHook: (session: ServerSession) => void;
  #peer: Peer;
  #state: "new" | "authenticating" | "ready" = "new";
  #clientWindow = 0;
  readonly #operations: (ServerOperation | string | undefined)[] = [];
  #bindings = 0;
  readonly #active: (Active | undefined)[] = [];
  #activeCount = 0;
  #streams = 0;
  readonly #invoker: Invoker;

  constructor(pipe: Pipe, options: ServerSessionOptions) {
    super(pipe, options.host.platform, options.limits);
    this.#host = options.host;
    this.#onLostHook = options.onLost;
    this.#peer = { address: pipe.peerAddress, identity: pipe.peerIdentity };
    this.#invoker = new Invoker(this.outbox, this.limits, options.host, (type, id) => this.signal(type, id));
  }

  protected onFrame(type: number, flags: number, bytes: Uint8Array, body: number, end: number): void {
    if (type === frame.CALL && this.#state === "ready") this.#onCall(flags, bytes, body, end);
    else if (this.#state !== "ready" && type !== frame.HELLO && type !== frame.CUT)
      throw protocolError("the first frame is not HELLO");
    else this.#onOther(type, bytes, body, end);
  }

  #onCall(flags: number, bytes: Uint8Array, body: number, end: number): void {
    this.need(body, end, 10);
    const operation = this.#operations[readU16(bytes, body)];
    const callId = readU32(bytes, body + 2);
    const timeoutMs = readU32(bytes, body + 6);
    let start = body + 10;
    const oneway = (flags & flag.ONEWAY) !== 0;
    if (!oneway) this.#checkCallId(callId);
    let metadata: Metadata = emptyMetadata;
    if ((flags & flag.METADATA) !== 0) {
      const from = start;
      start = metadataEnd(bytes, from, end);
      metadata = readMetadata(bytes, from, start);
    }
    if (typeof operation !== "object") {
      const message =
        operation === undefined
          ? "an operation that was not bound"
          : `the service has no ${operation}; deploy a server that has, or check the contract`;
      if (operation === undefined) throw protocolError(message);
      if (!oneway) this.#reject(callId, new RpcError({ code: "UNIMPLEMENTED", message, retryable: true }), undefined);
      return;
    }
    const { kind } = operation.wire.method;
    if ((kind === "oneway") !== oneway || (kind === "stream") !== ((flags & flag.STREAM) !== 0)) {
      throw protocolError(`${operation.wire.method.name} was not called as the ${kind} method that it is`);
    }
    const deadline = timeoutMs === 0 ? undefined : this.platform.now() + timeoutMs;
    const call = new ServedCall(
      {
        service: operation.service,
        method: operation.wire.method.name,
        instance: this.#host.instance,
        peer: this.#peer,
      },
      metadata,
      deadline,
      this.#host.wheel,
    );
    let args: unknown[];
    try {
      args = operation.unpack(operation.wire.request.decode(bytes, start, end));
    } catch (error) {
      if (!oneway) this.#reject(callId, RpcError.from(error, "the arguments could not be read"), operation.wire);
      else this.#host.onError(error);
      return;
    }
    if (oneway) this.#serveOneway(operation, call, args);
    else this.#serve(callId, operation, call, args);
  }

  /** A number beyond the limit would make a sparse table of any size; one in use would mix up two calls. */
  #checkCallId(callId: number): void {
    if (callId >= this.limits.maxPendingCalls)
      throw protocolError(`call number ${callId} is over maxPendingCalls (${this.limits.maxPendingCalls})`);
    if (this.#active[callId] !== undefined) throw protocolError(`call number ${callId} is in use`);
  }

  #serveOneway(operation: ServerOperation, call: ServedCall, args: unknown[]): void {
    if (this.#activeCount >= this.limits.maxPendingCalls) {
      this.#host.onError(
        new RpcError({
          code: "RESOURCE_EXHAUSTED",
          message: `${call.method}: a oneway call was dropped, because maxPendingCalls are in progress`,
        }),
      );
      return;
    }
    try {
      const result = operation.served.invoke(call, args);
      if (isPromise(result)) {
        this.#activeCount++;
        result.then(
          () => this.#onewayDone(call),
          (error: unknown) => {
            this.#onewayDone(call);
            this.#host.onError(error);
          },
        );
      }
    } catch (error) {
      this.#host.onError(error);
    }
  }

  #onewayDone(call: ServedCall): void {
    call.finish();
    this.#activeCount--;
  }

  #serve(callId: number, operation: ServerOperation, call: ServedCall, args: unknown[]): void {
    const stream = operation.wire.method.kind === "stream";
    let active: Active;
    if (operation.plain) active = new Active(operation, call, undefined, undefined);
    else {
      const { streamParam, callbacks } = operation.wire.method;
      if (stream || streamParam >= 0) {
        if (this.#streams >= this.limits.maxStreams) {
          this.#reject(
            callId,
            new RpcError({
              code: "RESOURCE_EXHAUSTED",
              message: `maxStreams (${this.limits.maxStreams}) are open on this connection; close some`,
              retryable: true,
            }),
            undefined,
          );
          return;
        }
        this.#streams++;
      }
      const upstream =
        streamParam < 0
          ? undefined
          : new StreamReader(
              this.limits.streamWindowBytes,
              (bytes) => this.signal(frame.CREDIT, callId, bytes),
              () => {},
            );
      if (upstream) args[streamParam] = upstream;
      if (callbacks.length > 0) this.#invoker.attach(call, operation.wire.callbacks, args);
      active = new Active(operation, call, upstream, stream ? new Credit(this.#clientWindow) : undefined);
    }
    this.#active[callId] = active;
    this.#activeCount++;
    let result: unknown;
    try {
      result = operation.served.invoke(call, args);
    } catch (error) {
      this.#fail(callId, active, error);
      return;
    }
    if (stream) void this.#pumpDown(callId, active, result);
    else if (isPromise(result)) {
      result.then(
        (value) => this.#reply(callId, active, value),
        (error: unknown) => this.#fail(callId, active, error),
      );
    } else this.#reply(callId, active, result);
  }

  async #pumpDown(callId: number, active: Active, result: unknown): Promise<void> {
    const { operation, downstream } = active;
    try {
      const source = (await result) as AsyncIterable<unknown>;
      await pump(source, downstream as Credit, (item) =>
        this.sendItem(callId, operation.pack(item), operation.wire.response, downstream as Credit),
      );
      if (this.#close(callId, active)) this.signal(frame.END, callId);
    } catch (error) {
      this.#fail(callId, active, error);
    }
  }

  /** Frees the number; false if the connection is gone. */
  #close(callId: number, active: Active): boolean {
    if (this.closed || this.#active[callId] !== active) return false;
    this.#active[callId] = undefined;
    this.#activeCount--;
    active.call.finish();
    if (!active.operation.plain) {
      if (active.upstream || active.downstream) this.#streams--;
      active.upstream?.end();
      active.downstream?.close();
      if (active.operation.wire.callbacks.length > 0) this.#invoker.detach(active.call);
    }
    return true;
  }

  #reply(callId: number, active: Active, value: unknown): void {
    if (!this.#close(callId, active)) return;
    const { out } = this.outbox;
    const { replyMetadata } = active.call;
    out.begin(this.limits.maxMessageBytes);
    try {
      const from = openFrame(out, frame.REPLY, replyMetadata === undefined ? 0 : flag.METADATA, 4);
      writeU32(out.buffer, out.position, callId);
      out.position += 4;
      if (replyMetadata !== undefined) writeMetadata(out, replyMetadata);
      active.operation.wire.response.encodeInto(active.operation.pack(value), out);
      closeFrame(out, from);
    } catch (error) {
      out.rollback();
      const reason = error instanceof Error ? error.message : String(error);
      this.#reject(
        callId,
        new RpcError({
          code: "INTERNAL",
          message: `${active.call.method}: the handler's result cannot be sent: ${reason}`,
          cause: error,
        }),
        undefined,
      );
      return;
    }
    this.outbox.frameDone();
  }

  #fail(callId: number, active: Active, thrown: unknown): void {
    if (!this.#close(callId, active)) return;
    if (!RpcError.is(thrown)) this.#host.onError(thrown);
    this.#reject(callId, RpcError.from(thrown), active.operation.wire);
  }

  #reject(callId: number, error: RpcError, wire: WireOperation | undefined): void {
    if (this.closed) return;
    const { out } = this.outbox;
    try {
      writeError(out, callId, error, wire);
    } catch {
      // A declared error whose fields do not fit its type arrives without them.
      out.rollback();
      writeError(out, callId, error, undefined);
    }
    this.outbox.frameDone();
  }

  #onOther(type: number, bytes: Uint8Array, body: number, end: number): void {
    switch (type) {
      case frame.CANCEL: {
        this.need(body, end, 4);
        const callId = readU32(bytes, body);
        const active = this.#active[callId];
        if (active) this.#onCancel(callId, active);
        return;
      }
      case frame.DATA: {
        this.need(body, end, 4);
        const active = this.#active[readU32(bytes, body)];
        if (!active?.upstream || !active.operation.wire.upstream) return;
        const item = active.operation.unpackItem(active.operation.wire.upstream.decode(bytes, body + 4, end));
        if (!active.upstream.push(item, end - body + ITEM_OVERHEAD_BYTES))
          throw protocolError("a stream sent more than its credit");
        return;
      }
      case frame.END:
        this.need(body, end, 4);
        this.#active[readU32(bytes, body)]?.upstream?.end();
        return;
      case frame.CREDIT:
        this.need(body, end, 8);
        this.#active[readU32(bytes, body)]?.downstream?.add(readU32(bytes, body + 4));
        return;
      case frame.REPLY:
        this.need(body, end, 4);
        this.#invoker.onReply(readU32(bytes, body), bytes, body + 4, end);
        return;
      case frame.ERROR:
        this.need(body, end, 7);
        this.#invoker.onError(readU32(bytes, body), readError(bytes, body + 4, end, undefined));
        return;
      case frame.HELLO:
        return this.#onHello(bytes, body, end);
      case frame.BIND:
        return this.#onBind(bytes, body, end);
      default:
        this.onCommonFrame(type, bytes, body, end);
    }
  }

  #onCancel(callId: number, active: Active): void {
    const reason = new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" });
    active.call.abort(reason);
    active.upstream?.end(reason);
    this.#fail(callId, active, reason);
  }

  #onHello(bytes: Uint8Array, body: number, end: number): void {
    if (this.#state !== "new") throw protocolError("a second HELLO");
    this.need(body, end, 6);
    if (readU32(bytes, body) !== MAGIC) throw protocolError("the client does not speak this protocol");
    const least = bytes[body + 4] as number;
    const most = bytes[body + 5] as number;
    if (least > MAX_VERSION || most < MIN_VERSION) {
      throw protocolError(
        `the client speaks versions ${least} to ${most}, this server ${MIN_VERSION} to ${MAX_VERSION}; upgrade the older one`,
      );
    }
    const hello = readJson(bytes, body + 6, end);
    this.#clientWindow = Math.min(Number(hello["window"]) || 0, 2 ** 31);
    this.#state = "authenticating";
    this.#host.authenticate(hello["credentials"], this.#peer).then(
      (identity) => this.#welcome(identity, Math.min(most, MAX_VERSION)),
      (error: unknown) => {
        const message = RpcError.is(error) ? error.message : "the server refused the credentials";
        this.cut(new RpcError({ code: "UNAUTHENTICATED", message, cause: error }), true);
      },
    );
  }

  #welcome(identity: unknown, version: number): void {
    if (this.closed) return;
    this.#peer = Object.freeze({ address: this.#peer.address, identity: identity ?? this.#peer.identity });
    this.#state = "ready";
    this.control(frame.WELCOME, [version], { instance: this.#host.instance, window: this.limits.streamWindowBytes });
    this.established();
  }

  #onBind(bytes: Uint8Array, body: number, end: number): void {
    this.need(body, end, 4);
    const base = readU16(bytes, body + 2);
    const ask = readJson(bytes, body + 4, end);
    const answer = (json: object): void =>
      this.control(frame.BOUND, [bytes[body] as number, bytes[body + 1] as number], json);
    const names = ask["operations"];
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string"))
      throw protocolError("BIND without operations");
    if (base > this.#operations.length || base + names.length > 65_536)
      throw protocolError("BIND leaves a gap between operation numbers");
    try {
      const service = this.#host.find(String(ask["service"]), String(ask["version"]), String(ask["group"]));
      if (RpcError.is(service)) throw service;
      const codec = this.#host.codecs.get(String(ask["codec"]));
      if (codec === undefined) {
        const known = [...this.#host.codecs.keys()].join(", ");
        throw new RpcError({
          code: "UNIMPLEMENTED",
          message: `the server has no codec ${String(ask["codec"]).slice(0, 40)}; it has ${known}`,
        });
      }
      const same = service.contract.fingerprint === ask["fingerprint"];
      if (!same && ask["contract"] === undefined) return answer({ send: "contract" });
      if (++this.#bindings > this.limits.maxBindings) {
        throw new RpcError({
          code: "RESOURCE_EXHAUSTED",
          message: `maxBindings (${this.limits.maxBindings}) services are bound on this connection`,
        });
      }
      const foreign = same ? undefined : new ForeignContract(ask["contract"]);
      const compiled = compileOperations(service.contract, { codec, limits: this.limits, foreign });
      const byName = new Map(compiled.map((wire, i) => [service.contract.operations[i]?.name, wire]));
      names.forEach((name: string, i) => {
        const wire = byName.get(name);
        const served = wire && service.operations[wire.method.index];
        this.#operations[base + i] =
          wire && served
            ? serverOperation(service.contract.name, wire, served)
            : `${service.contract.name}.${name.slice(0, 200)}`;
      });
      answer({
        fingerprint: service.contract.fingerprint,
        ...(same ? {} : { contract: printContract(service.contract) }),
      });
    } catch (error) {
      names.forEach((name: string, i) => {
        this.#operations[base + i] = name.slice(0, 200);
      });
      const { code, message } = RpcError.from(error, "the contract could not be bound");
      answer({ error: { code, message } });
    }
  }

  /** Asks the client for no new calls; it ends the connection when it has every answer. */
  goaway(reason: string): void {
    if (this.#state === "ready") this.control(frame.GOAWAY, [], { reason });
    else this.finish();
  }

  protected onLost(error: RpcError): void {
    for (const active of this.#active.splice(0)) {
      if (!active) continue;
      active.call.abort(error);
      active.upstream?.end(error);
      active.downstream?.close();
    }
    this.#invoker.lost(error);
    this.#onLostHook(this);
  }
}

function serverOperation(service: string, wire: WireOperation, served: ServedOperation): ServerOperation {
  const { method } = wire;
  return {
    wire,
    served,
    service,
    unpack: unpacker(method),
    pack: packResult(method.bareResponse, method.response.fields.length === 0),
    unpackItem: unpackResult(method.upstream?.bare ?? true),
    plain: method.kind === "unary" && method.streamParam < 0 && method.callbacks.length === 0,
  };
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
