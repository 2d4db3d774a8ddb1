import type { Fault } from "../../../codecs/hessian2/index.ts";
import { messageBytes } from "../../../core/bytes/output.ts";
import { noSuchOperation } from "../../../core/call/call-error.ts";
import { boundOperation } from "../../../core/call/incoming.ts";
import { RpcError } from "../../../core/error.ts";
import { curtailed, parseErrorHead, printErrorHead } from "../../../core/error-head.ts";
import { sourceOf } from "../../../core/error-source.ts";
import type { Metadata } from "../../../core/metadata.ts";
import type { ServedService } from "../../../core/transport.ts";
import { checkMetadataSize } from "../../../core/wire/metadata.ts";
import type { Answer, HttpCall } from "../answer.ts";
import { overLimit } from "../envelope.ts";
import { Gathered } from "../gathered.ts";
import type { Guest } from "../guests.ts";
import { headersOf } from "../headers.ts";
import type { BodyReader, HttpRequest, HttpResponse } from "../message.ts";
import type { HttpSite } from "../site.ts";
import { httpStatusOf } from "../status.ts";
import { HESSIAN, readCallHeaders } from "./headers.ts";
import type { HessianOperations } from "./operations.ts";
import { declaredFault, faultOf } from "./status.ts";

/** Java's client asks so which interface a URL has. */
const ATTRIBUTE = "_hessian_getAttribute";
const MAX_ERROR_BYTES = 65_535;

export interface HessianSite extends HttpSite {
  readonly operations: HessianOperations;
}

/** The answer to one call. */
export class HessianAnswer implements Answer, BodyReader {
  readonly #site: HessianSite;
  readonly #request: HttpRequest;
  readonly #response: HttpResponse;
  #guest: Guest | undefined;
  #service = "";
  readonly #body = new Gathered();
  #over = false;
  /** The version of Hessian that the caller reads. */
  #version: 1 | 2 = 2;
  #head: Metadata | undefined;

  constructor(site: HessianSite, request: HttpRequest, response: HttpResponse) {
    this.#site = site;
    this.#request = request;
    this.#response = response;
  }

  begin(guest: Guest, service: string): void {
    this.#guest = guest;
    this.#service = service;
    this.#request.read(this);
  }

  onData(bytes: Uint8Array): void {
    if (this.#over) return;
    const { maxMessageBytes } = this.#site.limits;
    if (this.#body.length + bytes.length > maxMessageBytes) {
      this.#body.clear();
      this.#refuse(overLimit(maxMessageBytes), 413);
    } else this.#body.push(bytes);
  }

  onLost(): void {
    this.#over = true;
    this.#body.clear();
  }

  onEnd(): void {
    if (this.#over) return;
    try {
      this.#serve(this.#body.take());
    } catch (error) {
      this.#refuse(RpcError.from(error), 200);
    }
  }

  #serve(body: Uint8Array): void {
    const { operations, calls, host } = this.#site;
    const incoming = operations.read(body);
    this.#version = incoming.reply;
    const headers = readCallHeaders(this.#request, incoming.headers);
    const { version, group } = headers;
    const service = host.find(this.#service, { version, group });
    if (RpcError.is(service)) return this.#refuse(service, 200, "NoSuchObjectException");
    if (incoming.name === ATTRIBUTE) return this.#send(operations.tellAttribute(incoming, service.contract), {}, 200);
    const codec = operations.find(service.contract, incoming);
    if (codec === undefined) throw noSuchOperation(`${service.contract.name}.${incoming.name}`);
    const { peer } = this.#guest as Guest;
    const { instance, wheel } = host;
    const served = service.operations[codec.method.index] as ServedService["operations"][number];
    const origin = { service: service.contract.name, method: codec.method.name, instance, peer, wheel };
    const operation = { ...boundOperation(served, origin), codec };
    const { metadata, timeoutMs } = headers;
    const call = calls.begin(operation, { metadata, timeoutMs, body }, this);
    if (operation.oneway)
      this.#send(
        messageBytes(MAX_ERROR_BYTES, (out) => codec.encodeResult(undefined, out)),
        {},
        200,
      );
    else if (!call.over) this.#response.onGone(() => calls.cancel(call));
  }

  head(_call: HttpCall, metadata: Metadata): void {
    checkMetadataSize(metadata);
    this.#head = metadata;
  }

  /** Never told: there are no streams here. */
  item(): undefined {}

  reply({ operation }: HttpCall, value: unknown, trailers: Metadata | undefined): void {
    const { maxMessageBytes } = this.#site.limits;
    if (trailers !== undefined) checkMetadataSize(trailers);
    const message = messageBytes(maxMessageBytes, (out) => operation.codec.encodeResult(value, out));
    const headers = this.#head === undefined ? {} : headersOf(this.#head);
    if (trailers !== undefined) headersOf(trailers, "trailer-", headers);
    this.#send(message, headers, 200);
  }

  end(): void {}

  fail(call: HttpCall, error: RpcError): void {
    const { host } = this.#site;
    const { method } = call.operation.codec;
    const { json, lost } = printErrorHead(error, undefined, MAX_ERROR_BYTES);
    if (lost !== undefined) host.onError(curtailed(error, lost), sourceOf(call));
    const { message = "", details } = parseErrorHead(json);
    const declared = declaredFault(error, { message, details }, method);
    this.#fail(error, json, { status: 200, declared, reached: true });
  }

  /** Before the call was read: whoever is no guest gets no more than the reason. */
  turnAway(thrown: unknown): void {
    const error = RpcError.from(thrown);
    this.#refuse(error, httpStatusOf(error.code));
  }

  /** `word`: Hessian's for it, where the code does not say which. */
  #refuse(error: RpcError, status: number, word?: string): void {
    this.#over = true;
    this.#fail(error, printErrorHead(error, undefined, MAX_ERROR_BYTES).json, { status, word });
  }

  #fail(
    { code }: RpcError,
    json: string,
    how: { status: number; declared?: Fault | undefined; reached?: boolean; word?: string | undefined },
  ): void {
    const { envelope } = this.#site.operations;
    const { metadata, retryable, details, message = code } = parseErrorHead(json);
    const headers = headersOf(metadata, "trailer-", this.#head === undefined ? {} : headersOf(this.#head));
    if (retryable) headers["trunkline-retryable"] = "1";
    if (how.status === 401) headers["www-authenticate"] = "Bearer";
    const told = faultOf({ code, message, details }, how.reached ?? false);
    const plain = how.word === undefined ? told : { ...told, code: how.word };
    const write = (fault: Fault): Uint8Array =>
      messageBytes(Number.POSITIVE_INFINITY, (out) => envelope.writeFault(fault, out));
    let bytes: Uint8Array;
    try {
      bytes = write(how.declared ?? plain);
    } catch {
      // Fields that do not fit: code and message still count.
      bytes = write(plain);
    }
    this.#send(bytes, headers, how.status);
  }

  #send(message: Uint8Array, headers: Record<string, string | string[]>, status: number): void {
    const { host, operations } = this.#site;
    const body =
      this.#version === 2
        ? message
        : messageBytes(Number.POSITIVE_INFINITY, (out) => operations.envelope.inVersion1(message, out));
    headers["content-type"] = HESSIAN;
    headers["content-length"] = String(body.length);
    headers["trunkline-instance"] = host.instance;
    this.#response.head(status, headers);
    this.#response.end(body);
  }
}
