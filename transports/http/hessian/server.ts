import type { Guest } from "../guests.ts";
import type { HttpRequest, HttpResponse, Responder } from "../message.ts";
import type { HttpSite } from "../site.ts";
import { HessianAnswer, type HessianSite } from "./answer.ts";
import { HESSIAN } from "./headers.ts";
import { HessianOperations } from "./operations.ts";
import type { HessianServing } from "./serving.ts";

/** What old clients of Hessian say of their bodies: nothing, which Java's own connection takes for a form. */
const OLD = ["application/hessian", "application/x-hessian", "application/x-www-form-urlencoded", ""];

export interface HessianPlace {
  /** What stands before the names of services; "" or a path without a slash at its end. */
  readonly prefix: string;
  /** Whether nobody else answers on this port: then old clients, which name no content type, are served, too. */
  readonly alone: boolean;
}

/** Answers Hessian's calls. */
export class HessianResponder implements Responder {
  readonly #site: HessianSite;
  readonly #place: HessianPlace;
  readonly #paths: ReadonlyMap<string, string>;

  constructor(site: HttpSite, serving: HessianServing, place: HessianPlace) {
    this.#site = { ...site, operations: new HessianOperations(serving, site.limits) };
    this.#place = place;
    const { paths = {} } = serving;
    this.#paths = new Map(Object.entries(paths).map(([path, service]) => [place.prefix + path, service]));
  }

  take(request: HttpRequest, response: HttpResponse): boolean {
    const { alone } = this.#place;
    const type = mediaType(request.headers["content-type"]);
    // A page elsewhere may have a browser send what forms can send; it then says whence it is.
    const known = type === HESSIAN || (alone && OLD.includes(type) && request.headers["origin"] === undefined);
    if (!known && !alone) return false;
    if (request.method !== "POST") refuse(response, 405, { allow: "POST" });
    else if (!known) refuse(response, 415, { "accept-post": HESSIAN });
    else if ((request.headers["content-encoding"] ?? "identity") !== "identity")
      refuse(response, 415, { "accept-encoding": "identity" });
    else this.#enter(request, response);
    return true;
  }

  #enter(request: HttpRequest, response: HttpResponse): void {
    const answer = new HessianAnswer(this.#site, request, response);
    let guest: Guest | Promise<Guest>;
    try {
      guest = this.#site.guests.of(request);
    } catch (error) {
      return answer.turnAway(error);
    }
    const service = this.#serviceAt(request.path);
    if (!("then" in guest)) return answer.begin(guest, service);
    guest.then(
      (known) => answer.begin(known, service),
      (error: unknown) => answer.turnAway(error),
    );
  }

  #serviceAt(path: string): string {
    const { prefix } = this.#place;
    const own = this.#paths.get(path);
    if (own !== undefined) return own;
    return path.startsWith(`${prefix}/`) ? decoded(path.slice(prefix.length + 1)) : path;
  }
}

function refuse(response: HttpResponse, status: number, headers: Record<string, string>): void {
  response.head(status, { ...headers, "content-length": "0" });
  response.end();
}

function mediaType(header: string | readonly string[] | undefined): string {
  const [type = ""] = String(header ?? "").split(";", 1);
  return type.trim().toLowerCase();
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
