import type { MethodDescriptor } from "../../core/contract/contract.ts";
import { namedOperation } from "../../core/contract/wire-name.ts";
import { RpcError } from "../../core/error.ts";
import type { ServedService } from "../../core/transport.ts";
import { readQuery } from "./connect/query.ts";
import { connectStream, connectUnary } from "./connect/server.ts";
import { UnaryAnswer } from "./connect/unary-answer.ts";
import { grpc } from "./grpc/server.ts";
import { grpcWeb, grpcWebText } from "./grpc-web/server.ts";
import type { Guest } from "./guests.ts";
import { type Media, MediaTypes, type Protocol } from "./media-types.ts";
import type { HttpHeaders, HttpRequest, HttpResponse, Responder } from "./message.ts";
import { methodPath } from "./method-path.ts";
import type { Exchanged, ServerProtocol } from "./server-protocol.ts";
import type { HttpSite } from "./site.ts";
import type { Target } from "./target.ts";

const protocols: Readonly<Record<Protocol, ServerProtocol>> = {
  connect: connectUnary,
  "connect-stream": connectStream,
  grpc,
  "grpc-web": grpcWeb,
  "grpc-web-text": grpcWebText,
};
/** What one guest has called is kept, so much at the most: versions and groups in its headers are the peer's to choose. */
const MAX_TARGETS = 256;

/** A method of a service that is served here. */
interface Named {
  readonly service: ServedService;
  readonly method: MethodDescriptor;
}

/** Answers `/<service>/<method>` in the protocol that the content type names. */
export class RpcResponder implements Responder {
  readonly #site: HttpSite;
  readonly #mediaTypes: MediaTypes;

  constructor(site: HttpSite) {
    this.#site = site;
    this.#mediaTypes = new MediaTypes(site.host.codecs.values());
  }

  /** Takes what the same guest has called before. */
  takeKnown(request: HttpRequest, response: HttpResponse): boolean {
    if (request.method !== "POST") return false;
    const { headers, path } = request;
    const media = this.#mediaTypes.of(String(headers["content-type"] ?? ""));
    const target = media && this.#known(request)?.targets.get(keyOf(path, media, headers));
    if (target === undefined) return false;
    protocols[target.media.protocol].serve({ site: this.#site, request, response }, target);
    return true;
  }

  /** Leaves to others what names no method that is served here. */
  take(request: HttpRequest, response: HttpResponse): boolean {
    const named = this.#named(request);
    if (named === undefined) return false;
    const media = this.#mediaTypes.of(String(request.headers["content-type"] ?? ""));
    this.#begin({ site: this.#site, request, response }, named, media);
    return true;
  }

  /** The guest, if that needs not be waited for. */
  #known(request: HttpRequest): Guest | undefined {
    try {
      const guest = this.#site.guests.of(request);
      return "then" in guest ? undefined : guest;
    } catch {
      return undefined;
    }
  }

  /** Answers what nobody has taken, in the protocol that it came by. */
  refuse(request: HttpRequest, response: HttpResponse): void {
    const media = this.#mediaTypes.of(String(request.headers["content-type"] ?? ""));
    const named = methodPath(request.path);
    if (media === undefined || request.method !== "POST" || named === undefined) return bare(response, 404);
    const { service, method } = named;
    const found = this.#find(request, service);
    const error = RpcError.is(found)
      ? found
      : new RpcError({ code: "UNIMPLEMENTED", message: `${service} has no method ${method.slice(0, 200)}` });
    const status = error.code === "UNIMPLEMENTED" ? 404 : undefined;
    protocols[media.protocol].refuse({ site: this.#site, request, response }, media, { error, status });
  }

  #find({ headers }: HttpRequest, service: string): ServedService | RpcError {
    return this.#site.host.find(service, wantedBy(headers));
  }

  #named(request: HttpRequest): Named | undefined {
    const path = methodPath(request.path);
    if (path === undefined) return undefined;
    const service = this.#find(request, path.service);
    if (RpcError.is(service)) return undefined;
    const method = namedOperation(service.contract, path.method);
    return method && { service, method };
  }

  #begin(exchanged: Exchanged, named: Named, media: Media | undefined): void {
    const { request, response } = exchanged;
    const { noSideEffects } = named.method;
    if (request.method === "GET" && noSideEffects) return this.#get(exchanged, named);
    if (request.method !== "POST") return bare(response, 405, { allow: noSideEffects ? "GET, POST" : "POST" });
    if (media === undefined || media.protocol === otherConnect(named)) return this.#unsupported(response, named);
    this.#enter(exchanged, { named, media }, (target) => protocols[media.protocol].serve(exchanged, target));
  }

  #unsupported(response: HttpResponse, named: Named): void {
    bare(response, 415, { "accept-post": this.#mediaTypes.without(otherConnect(named)).join(", ") });
  }

  /** A cacheable request of a method that only reads. */
  #get(exchanged: Exchanged, named: Named): void {
    const { request, response } = exchanged;
    const json = this.#mediaTypes.of("application/json");
    try {
      const query = readQuery(request.query);
      const media = this.#mediaTypes.of(`application/${query.encoding}`);
      if (media?.protocol !== "connect") return this.#unsupported(response, named);
      this.#enter(exchanged, { named, media }, (target) => new UnaryAnswer(exchanged, target).beginQuery(query));
    } catch (error) {
      connectUnary.refuse(exchanged, json as Media, { error: RpcError.from(error) });
    }
  }

  /** Finds what is called once it is known who calls. */
  #enter(exchanged: Exchanged, asked: { named: Named; media: Media }, serve: (target: Target) => void): void {
    const { media } = asked;
    const refuse = (error: unknown): void =>
      protocols[media.protocol].refuse(exchanged, media, { error: RpcError.from(error) });
    const enter = (guest: Guest): void => {
      let target: Target;
      try {
        target = this.#target(exchanged.request, asked, guest);
      } catch (error) {
        return refuse(error);
      }
      serve(target);
    };
    try {
      const guest = this.#site.guests.of(exchanged.request);
      if ("then" in guest) guest.then(enter, refuse);
      else enter(guest);
    } catch (error) {
      refuse(error);
    }
  }

  #target(
    { path, headers, method }: HttpRequest,
    { named, media }: { named: Named; media: Media },
    guest: Guest,
  ): Target {
    const address = { ...wantedBy(headers), service: named.service.contract.name, method: named.method.name };
    const operation = this.#site.calls.find({ ...address, codec: media.codec.name }, guest.peer);
    const target = { operation, media };
    if (method !== "POST") return target;
    if (guest.targets.size >= MAX_TARGETS) guest.targets.clear();
    guest.targets.set(keyOf(path, media, headers), target);
    return target;
  }
}

/** Connect has a form for unary methods and one for streams; each method has one of them. */
function otherConnect({ method: { kind, streamParam } }: Named): Protocol {
  return kind !== "stream" && streamParam < 0 ? "connect-stream" : "connect";
}

function keyOf(path: string, { type }: Media, headers: HttpHeaders): string {
  const { "trunkline-version": version, "trunkline-group": group } = headers;
  return version === undefined && group === undefined ? `${type} ${path}` : `${type} ${path} ${version} ${group}`;
}

function wantedBy(headers: HttpHeaders): { version?: string; group?: string } {
  const { "trunkline-version": version, "trunkline-group": group } = headers;
  return {
    ...(version !== undefined && { version: String(version) }),
    ...(group !== undefined && { group: String(group) }),
  };
}

function bare(response: HttpResponse, status: number, headers: HttpHeaders = {}): void {
  response.head(status, { ...headers, "content-length": "0" });
  response.end();
}
