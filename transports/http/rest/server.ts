import type { CodedOperation } from "../../../core/call/addressed.ts";
import { namedOperation } from "../../../core/contract/wire-name.ts";
import { RpcError } from "../../../core/error.ts";
import type { ServedOperation, ServedService } from "../../../core/transport.ts";
import { compressions } from "../compression.ts";
import type { Guest } from "../guests.ts";
import { metadataOf } from "../headers.ts";
import type { HttpRequest, HttpResponse, Responder } from "../message.ts";
import { methodPath } from "../method-path.ts";
import type { HttpSite } from "../site.ts";
import { readConnectTimeout } from "../timeout.ts";
import { WholeBody } from "./body.ts";
import { RestReply, sendStatus } from "./reply.ts";
import { queryJson, requestJson } from "./request.ts";
import { type Route, type RouteMatch, Routes } from "./routes.ts";
import { lines, RestStream, type StreamForm, serverSentEvents } from "./stream.ts";

/** Operations that one guest has found are kept, so many at the most: their versions and groups are the peer's words. */
const MAX_FOUND = 256;
const EVENTS = "text/event-stream";

/** One request for one method, before it is known who asks. */
interface Asked {
  readonly service: ServedService;
  readonly operation: ServedOperation;
  readonly responseBody: string | undefined;
  readonly takesBody: boolean;
  json(body: Uint8Array): Uint8Array;
}

/**
 * Answers requests of the paths that methods declare by `http`, in JSON; and server streams at their RPC path where the caller
 * wants events, as a browser's `EventSource` does, which can neither POST nor read envelopes.
 */
export class RestResponder implements Responder {
  readonly #site: HttpSite;
  readonly #routes: Routes;
  readonly #services: ReadonlyMap<string, ServedService>;

  constructor(site: HttpSite) {
    const { services } = site.host;
    this.#site = site;
    this.#routes = new Routes(services);
    this.#services = new Map(services.map((service) => [service.contract.name, service]));
  }

  take(request: HttpRequest, response: HttpResponse): boolean {
    const path = methodPath(request.path);
    const service = path && this.#services.get(path.service);
    // A path of RPC is what it says, whatever a template such as /{a}/{b} may match.
    if (service !== undefined) return this.#takeStream(request, response, service);
    let match: RouteMatch | undefined;
    try {
      match = this.#routes.match(request.path);
    } catch (error) {
      sendStatus(request, response, { error: RpcError.from(error) });
      return true;
    }
    if (match === undefined) return false;
    this.#takeRoute(request, response, match);
    return true;
  }

  #takeRoute(request: HttpRequest, response: HttpResponse, { routes, segments }: RouteMatch): void {
    const { method, query } = request;
    const serves = (verb: string) => routes.find(({ binding }) => binding.verb === verb || binding.verb === "*");
    const route = serves(method) ?? (method === "HEAD" ? serves("GET") : undefined);
    if (route === undefined) {
      const allow = allowed(routes);
      if (method !== "OPTIONS") return sendWrongMethod(response, method, allow);
      response.head(204, { allow });
      return response.end();
    }
    const { service, operation, binding } = route;
    this.#enter(request, response, {
      service,
      operation,
      responseBody: binding.responseBody,
      takesBody: binding.body !== undefined,
      json: (body) => requestJson(binding, operation.method.request, { segments, query, body }),
    });
  }

  /** `GET /shop.Orders/Watch?since=5`, or the request as JSON by POST. */
  #takeStream(request: HttpRequest, response: HttpResponse, service: ServedService): boolean {
    const { method, headers, query } = request;
    if (!wantsEvents(request) || (method !== "GET" && method !== "POST")) return false;
    const named = namedOperation(service.contract, methodPath(request.path)?.method ?? "");
    const operation = named && service.operations[named.index];
    if (operation === undefined) return false;
    const { kind, upstream, noSideEffects, topic, request: type } = operation.method;
    if (kind !== "stream" || upstream !== undefined) return false;
    const reads = noSideEffects || topic !== undefined;
    if (method === "POST" ? !isJson(headers) : !reads) return false;
    const takesBody = method === "POST";
    const json = takesBody ? (body: Uint8Array) => body : () => queryJson(type, query);
    this.#enter(request, response, { service, operation, responseBody: undefined, takesBody, json });
    return true;
  }

  #enter(request: HttpRequest, response: HttpResponse, asked: Asked): void {
    const refuse = (error: unknown): void => sendStatus(request, response, { error: RpcError.from(error) });
    let guest: Guest | Promise<Guest>;
    try {
      guest = this.#site.guests.of(request);
    } catch (error) {
      return refuse(error);
    }
    const serve = (known: Guest): void => {
      try {
        const found = this.#find(request, asked, known);
        this.#read(request, response, asked, (body) => this.#serve(request, response, { asked, found, body }));
      } catch (error) {
        refuse(error);
      }
    };
    if ("then" in guest) guest.then(serve, refuse);
    else serve(guest);
  }

  #read(request: HttpRequest, response: HttpResponse, { takesBody }: Asked, served: (body: Uint8Array) => void): void {
    if (!takesBody) return served(new Uint8Array());
    const { headers } = request;
    const type = headers["content-type"];
    const wrongType = (): void => {
      const message = `the content type is ${String(type).slice(0, 100)}; expected application/json`;
      sendUnsupported(response, message, { "accept-post": "application/json", accept: "application/json" });
    };
    if (type !== undefined && !isJson(headers)) return wrongType();
    const encoding = String(headers["content-encoding"] ?? "identity").toLowerCase();
    const compression = compressions.get(encoding);
    if (compression === undefined && encoding !== "identity") {
      const known = [...compressions.keys()].join(", ");
      const message = `the content encoding is ${encoding.slice(0, 100)}; expected one of ${known}`;
      return sendUnsupported(response, message, { "accept-encoding": known });
    }
    // A page of another origin may send a body of no type without asking first.
    const done = (body: Uint8Array): void => (type === undefined && body.length > 0 ? wrongType() : served(body));
    const failed = (error: RpcError): void => sendStatus(request, response, { error });
    request.read(new WholeBody({ maxBytes: this.#site.limits.maxMessageBytes, compression, done, failed }));
  }

  #serve(
    request: HttpRequest,
    response: HttpResponse,
    { asked, found, body }: { asked: Asked; found: CodedOperation; body: Uint8Array },
  ): void {
    const { calls } = this.#site;
    const { responseBody } = asked;
    const options = { site: this.#site, request, response, responseBody };
    try {
      const timeoutMs = readConnectTimeout(request.headers["connect-timeout-ms"]);
      const head = { metadata: metadataOf(request.headers), timeoutMs, body: asked.json(body) };
      if (asked.operation.method.kind !== "stream") {
        const call = calls.begin(found, head, new RestReply(options));
        if (!call.over) response.onGone((reason) => calls.leave(call, reason));
        return;
      }
      const form = formFor(request);
      if (request.method === "HEAD") return endHead(response, form);
      const stream = new RestStream({ ...options, form });
      const call = calls.begin(found, head, stream);
      stream.begun(call);
      response.onGone((reason) => {
        stream.gone();
        calls.leave(call, reason);
      });
    } catch (error) {
      sendStatus(request, response, { error: RpcError.from(error) });
    }
  }

  /** Throws what the caller may see where there is none of that version or group. */
  #find({ headers }: HttpRequest, { service, operation }: Asked, guest: Guest): CodedOperation {
    const [version, group] = [headers["trunkline-version"], headers["trunkline-group"]].map(
      (one) => one && String(one),
    );
    const { name } = service.contract;
    const key = `rest ${name} ${operation.method.index} ${version ?? ""} ${group ?? ""}`;
    let found = guest.operations.get(key);
    if (found === undefined) {
      const address = { service: name, method: operation.method.name, codec: "json", version, group };
      found = this.#site.calls.find(address, guest.peer);
      if (guest.operations.size >= MAX_FOUND) guest.operations.clear();
      guest.operations.set(key, found);
    }
    return found;
  }
}

function wantsEvents({ headers }: HttpRequest): boolean {
  return String(headers["accept"] ?? "").includes(EVENTS);
}

function formFor(request: HttpRequest): StreamForm {
  if (!wantsEvents(request)) return lines;
  const last = request.headers["last-event-id"];
  return serverSentEvents(last === undefined ? undefined : String(last));
}

function endHead(response: HttpResponse, { type }: StreamForm): void {
  response.head(200, { "content-type": type, "cache-control": "no-cache", vary: "accept" });
  response.end();
}

function isJson(headers: HttpRequest["headers"]): boolean {
  return /^application\/([a-z0-9.-]+\+)?json\s*(;|$)/i.test(String(headers["content-type"] ?? ""));
}

function allowed(routes: readonly Route[]): string {
  const verbs = routes.map(({ binding }) => binding.verb);
  return [...new Set([...verbs.flatMap((verb) => (verb === "GET" ? ["GET", "HEAD"] : [verb])), "OPTIONS"])].join(", ");
}

function sendWrongMethod(response: HttpResponse, method: string, allow: string): void {
  const message = `${method.slice(0, 20)} is no method of this path; it has ${allow}`;
  sendPlain(response, 405, { message, headers: { allow } });
}

function sendUnsupported(response: HttpResponse, message: string, headers: Record<string, string>): void {
  sendPlain(response, 415, { message, headers });
}

/** What HTTP has a status for and no code of ours. */
function sendPlain(
  response: HttpResponse,
  status: number,
  { message, headers }: { message: string; headers: Record<string, string> },
): void {
  const body = new TextEncoder().encode(JSON.stringify({ code: 12, message }));
  response.head(status, { ...headers, "content-type": "application/json", "content-length": String(body.length) });
  response.end(body);
}
