import type { Metadata } from "../../core/metadata.ts";
import { headersOf } from "./headers.ts";
import type { HttpRequest } from "./message.ts";
import type { HttpSite } from "./site.ts";

export type OutgoingHeaders = Record<string, string | string[]>;

/** The head of an answer, without what is about its body. Who speaks to us as Trunkline hears which instance this is. */
export function answerHeaders(site: HttpSite, request: HttpRequest, metadata: Metadata | undefined): OutgoingHeaders {
  const headers: OutgoingHeaders = metadata === undefined ? {} : headersOf(metadata);
  if (isTrunkline(request)) headers["trunkline-instance"] = site.host.instance;
  return headers;
}

/** Whether the caller is a client of Trunkline. */
export function isTrunkline({ headers }: Pick<HttpRequest, "headers">): boolean {
  return headers["trunkline-version"] !== undefined;
}
