import type { Socket } from "node:net";
import type { Metadata as GrpcMetadata, ServerInterceptingCallInterface } from "@grpc/grpc-js";
import { Output } from "../../core/bytes/output.ts";
import type { CodedOperation } from "../../core/call/addressed.ts";
import type { SharedForms } from "../../core/call/flow.ts";
import { Reception, type RequestedCall } from "../../core/call/reception.ts";
import type { ReplySink } from "../../core/call/reply-sink.ts";
import type { RpcError } from "../../core/error.ts";
import { curtailed } from "../../core/error-head.ts";
import { sourceOf } from "../../core/error-source.ts";
import type { AcceptedSession } from "../../core/link/acceptor.ts";
import { unreachable } from "../../core/link/unreachable.ts";
import type { Metadata } from "../../core/metadata.ts";
import type { ServerHost } from "../../core/transport.ts";
import { checkMetadataSize } from "../../core/wire/metadata.ts";
import { shownCredentials } from "./credentials.ts";
import { admitGuest, type Guest } from "./guest.ts";
import { AUTHORIZATION, own } from "./headers.ts";
import type { GrpcLibrary } from "./library.ts";
import type { ResolvedGrpcOptions } from "./options.ts";
import type { CallSite, ServerCall } from "./server-call.ts";

/** A buffer that one large message has made longer than this is not kept. */
const KEPT_BYTES = 65_536;

type Call = RequestedCall<ServerCall>;

export interface GrpcConnectionOptions {
  readonly grpc: GrpcLibrary;
  readonly host: ServerHost;
  readonly options: ResolvedGrpcOptions;
  readonly socket: Socket;
  /** `grpc://10.0.0.7:51002` */
  readonly address: string;
  /** As of `CallSite`. */
  readonly direct: boolean;
  onLost(connection: GrpcConnection): void;
}

/** The calls of one client. */
export class GrpcConnection implements AcceptedSession, ReplySink<Call>, CallSite {
  readonly reception: Reception<ServerCall>;
  readonly direct: boolean;
  readonly aheadBytes: number;
  readonly #given: GrpcConnectionOptions;
  #out: Output | undefined;
  /** The last that was admitted, or is asked about. */
  #guest: Guest | Promise<Guest> | undefined;
  #shown: string | undefined;
  #told = false;
  readonly #closing = new AbortController();

  constructor(given: GrpcConnectionOptions) {
    const { host, options, direct } = given;
    this.#given = given;
    this.direct = direct;
    this.aheadBytes = direct ? options.limits.streamWindowBytes : 0;
    const room = (call: Call): void => call.to.readMore();
    this.reception = new Reception({ host, limits: options.limits, sink: this, room });
  }

  newMetadata(): GrpcMetadata {
    return new this.#given.grpc.Metadata();
  }

  nextTurn(task: () => void): void {
    this.#given.host.platform.nextTurn(task);
  }

  get untoldInstance(): string | undefined {
    return this.#told ? undefined : this.#given.host.instance;
  }

  tellInstance(): void {
    this.#told = true;
  }

  /**
   * Who calls: `authenticate` is asked once for a connection, and again where the credentials in its headers change. Only the
   * last is kept, so that a peer cannot make it grow.
   */
  guestOf(headers: GrpcMetadata, wire: ServerInterceptingCallInterface): Guest | Promise<Guest> {
    const [authorization] = headers.get(AUTHORIZATION);
    const [encoded] = headers.get(own.credentials);
    const shown = encoded === undefined ? (authorization as string | undefined) : `${authorization ?? ""}\n${encoded}`;
    if (this.#guest !== undefined && this.#shown === shown) return this.#guest;
    const { host, options, address } = this.#given;
    const peer = Object.freeze({ address, identity: wire.getAuthContext().sslPeerCertificate?.subject });
    const { handshakeTimeoutMs } = options.limits;
    const credentials = shownCredentials(authorization as string | undefined, encoded as string | undefined);
    const { signal } = this.#closing;
    const asked = admitGuest(credentials, { host, handshakeTimeoutMs, peer, signal });
    this.#guest = asked;
    this.#shown = shown;
    const decided = (guest: Guest | undefined): void => {
      // What was refused is asked about again: it need not be so the next time.
      if (this.#guest === asked) this.#guest = guest;
    };
    asked.then(decided, () => decided(undefined));
    return asked;
  }

  operationOf(guest: Guest, path: string, headers: GrpcMetadata): CodedOperation {
    const [codec = "protobuf"] = headers.get(own.codec);
    const [version] = headers.get(own.version);
    const [group] = headers.get(own.group);
    const asked = `${path} ${codec} ${version ?? ""} ${group ?? ""}`;
    return guest.operation(asked, () => {
      const wanted = {
        version: version === undefined ? undefined : String(version),
        group: group === undefined ? undefined : decodeURIComponent(String(group)),
      };
      const slash = Math.max(path.lastIndexOf("/"), 1);
      const [service, method] = [path.slice(1, slash), path.slice(slash + 1)];
      return this.reception.find({ service, method, codec: String(codec), ...wanted }, guest.peer);
    });
  }

  head(call: Call, metadata: Metadata): void {
    checkMetadataSize(metadata);
    call.to.head(metadata);
  }

  item(call: Call, value: unknown, shared: SharedForms | undefined): Promise<void> | undefined {
    return call.to.item(this.#result(call, value, shared));
  }

  reply(call: Call, value: unknown, trailers: Metadata | undefined): void {
    call.to.reply(this.#result(call, value, undefined), trailers);
  }

  end(call: Call, trailers: Metadata | undefined): void {
    call.to.end(trailers);
  }

  fail(call: Call, error: RpcError): void {
    call.to.fail(error);
  }

  curtailed(error: RpcError, lost: string, call: Call | undefined): void {
    const { host, address } = this.#given;
    const where = call === undefined ? { peer: address, instance: host.instance } : sourceOf(call);
    host.onError(curtailed(error, lost), where);
  }

  /** Good until the next one, where grpc-js copies it at once. */
  #result({ operation: { codec } }: Call, value: unknown, shared: SharedForms | undefined): Buffer {
    const { resultForm } = codec;
    const known = shared?.formOf(resultForm);
    if (known !== undefined) return Buffer.from(known.buffer, known.byteOffset, known.length);
    const out = this.#out ?? new Output();
    // What encodes a value may answer other calls, which then write elsewhere.
    this.#out = undefined;
    out.position = 0;
    out.begin(this.#given.options.limits.maxMessageBytes);
    codec.encodeResult(value, out);
    out.commit();
    const bytes = Buffer.from(out.buffer.buffer, out.buffer.byteOffset, out.position);
    if (out.buffer.length <= KEPT_BYTES) this.#out = out;
    if (this.direct && (shared === undefined || shared.alone)) return bytes;
    const copy = Buffer.from(bytes);
    shared?.keepForm(resultForm, copy);
    return copy;
  }

  /** The door tells the clients of all. Who is being asked about needs no answer any more. */
  goaway(): void {
    this.#closing.abort(unreachable(this.#given.address, "its server has closed"));
  }

  cut(error: RpcError): void {
    this.leave(error);
    this.#given.socket.destroy();
  }

  /** The client is gone. */
  leave(error: RpcError): void {
    this.reception.abort(error);
    this.#given.onLost(this);
  }
}
