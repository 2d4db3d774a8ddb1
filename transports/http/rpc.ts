import type { CodedOperation } from "../../core/call/addressed.ts";
import { RpcError } from "../../core/error.ts";
import { ConnectUnary, sendConnectError } from "./connect/server.ts";
import type { Guest } from "./guests.ts";
import { type Media, MediaTypes } from "./media-types.ts";
import type { HttpRequest, HttpResponse, Responder } from "./message.ts";
import { type MethodPath, methodNames, methodPath } from "./method-path.ts";
import type { HttpSite } from "./site.ts";

/** Operations that one guest has found are kept, so many at the most: their names are the peer's. */
const MAX_FOUND = 256;

/** Answers `/<service>/<method>` in the protocol that the content type names. */
export class RpcResponder implements Responder {
  readonly #site: HttpSite;
  readonly #mediaTypes: MediaTypes;

  constructor(site: HttpSite) {
    this.#site = site;
    this.#mediaTypes = new MediaTypes(site.host.codecs.values());
  }

  take(request: HttpRequest, response: HttpResponse): boolean {
    const path = methodPath(request.path);
    if (path === undefined) return false;
    if (request.method !== "POST") {
      response.head(405, { allow: "POST", "content-length": "0" });
      response.end();
      return true;
    }
    const media = this.#mediaTypes.of(String(request.headers["content-type"] ?? ""));
    if (media === undefined || media.protocol !== "connect") {
      response.head(415, { "accept-post": this.#mediaTypes.all.join(", "), "content-length": "0" });
      response.end();
      return true;
    }
    this.#enter(request, response, { path, media });
    return true;
  }

  #enter(request: HttpRequest, response: HttpResponse, asked: { path: MethodPath; media: Media }): void {
    let guest: Guest | Promise<Guest>;
    try {
      guest = this.#site.guests.of(request);
    } catch (error) {
      return sendConnectError(response, RpcError.from(error));
    }
    if (!("then" in guest)) return this.#serve(request, response, { ...asked, guest });
    guest.then(
      (known) => this.#serve(request, response, { ...asked, guest: known }),
      (error: unknown) => sendConnectError(response, RpcError.from(error)),
    );
  }

  #serve(
    request: HttpRequest,
    response: HttpResponse,
    { path, media, guest }: { path: MethodPath; media: Media; guest: Guest },
  ): void {
    try {
      const operation = this.#find(request, path, { media, guest });
      request.read(new ConnectUnary(this.#site, request, response, { media, operation }));
    } catch (error) {
      sendConnectError(response, RpcError.from(error));
    }
  }

  /** Throws what the caller may see where there is no such operation. */
  #find(
    { path: key, headers }: HttpRequest,
    { service, method }: MethodPath,
    { media, guest }: { media: Media; guest: Guest },
  ): CodedOperation {
    const { "trunkline-version": version, "trunkline-group": group } = headers;
    const asked = `${key} ${media.codec.name} ${version ?? ""} ${group ?? ""}`;
    const known = guest.operations.get(asked);
    if (known !== undefined) return known;
    const found = this.#named(methodNames(method), (name) => {
      const wanted = { version: version && String(version), group: group && String(group) };
      return this.#site.calls.find({ service, method: name, codec: media.codec.name, ...wanted } as never, guest.peer);
    });
    if (guest.operations.size >= MAX_FOUND) guest.operations.clear();
    guest.operations.set(asked, found);
    return found;
  }

  #named(names: readonly string[], find: (name: string) => CodedOperation): CodedOperation {
    let first: unknown;
    for (const name of names) {
      try {
        return find(name);
      } catch (error) {
        first ??= error;
      }
    }
    throw first;
  }
}
