import type { RpcError } from "../../core/error.ts";
import type { Media } from "./media-types.ts";
import type { HttpRequest, HttpResponse } from "./message.ts";
import type { HttpSite } from "./site.ts";
import type { Target } from "./target.ts";

/** One request, and where its answer goes. */
export interface Exchanged {
  readonly site: HttpSite;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

export interface Refusal {
  readonly error: RpcError;
  /** Where it is about HTTP more than about a call: 404. Protocols without such statuses ignore it. */
  readonly status?: number | undefined;
}

/** The server's side of a protocol. */
export interface ServerProtocol {
  /** Serves a call. Never throws. */
  serve(exchanged: Exchanged, target: Target): void;
  /** The request fails before there is a call. Never throws. */
  refuse(exchanged: Exchanged, media: Media, refusal: Refusal): void;
}
