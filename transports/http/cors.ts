import { checkOptions, kinds, type OptionTable } from "../../core/options.ts";
import type { HttpHeaders, HttpRequest, HttpResponse } from "./message.ts";

/** Which pages of other origins may call, by the rules of CORS. Without it a browser lets none. */
export interface CorsOptions {
  /** `"*"` for any; else origins as a browser names them, `https://app.example`, or a function that decides. Default `"*"`. */
  readonly origins?: "*" | readonly string[] | ((origin: string) => boolean);
  /**
   * Whether pages may send cookies and certificates. Not together with `"*"`, by which every page there is could act for its
   * visitor. A token in `authorization` needs no such leave. Default `false`.
   */
  readonly credentials?: boolean;
  /** Headers that pages may read beside those of the protocols, with `credentials`; without them they may read all. Default: none. */
  readonly exposedHeaders?: readonly string[];
  /** How long a browser may remember what it was told, in seconds. Default 7200, which is the most that Chromium takes. */
  readonly maxAgeSeconds?: number;
}

const table: OptionTable<CorsOptions> = {
  origins: kinds.anything,
  credentials: kinds.flag,
  exposedHeaders: kinds.list,
  maxAgeSeconds: kinds.amount,
};

/** What the protocols say in headers of their answers. */
const EXPOSED = [
  "grpc-status",
  "grpc-message",
  "grpc-status-details-bin",
  "grpc-encoding",
  "connect-content-encoding",
  "trunkline-instance",
  "trunkline-retryable",
];
const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";

/** The rules of CORS, applied to requests and answers. */
export class Cors {
  readonly #allows: (origin: string) => boolean;
  readonly #options: CorsOptions;
  readonly #exposed: string;
  /** Whether every page gets the same answer. */
  readonly #any: boolean;

  constructor(given: CorsOptions) {
    const options = checkOptions("cors", given, table);
    const { origins = "*", credentials = false, exposedHeaders = [] } = options;
    const isList = Array.isArray(origins) && origins.every((one) => typeof one === "string");
    if (origins !== "*" && typeof origins !== "function" && !isList)
      throw new TypeError(
        'cors: origins: expected "*", a list of origins, as in ["https://app.example"], or a function',
      );
    for (const one of isList ? origins : [])
      if (!/^[a-z][a-z0-9+.-]*:\/\/[^/]+$/.test(one) && one !== "null")
        throw new TypeError(`cors: origins: ${JSON.stringify(one)} is no origin; write it like https://app.example`);
    if (origins === "*" && credentials)
      throw new TypeError("cors: credentials: not with every origin; name those that may act for their visitors");
    this.#any = origins === "*";
    this.#allows = typeof origins === "function" ? origins : (origin) => origins === "*" || origins.includes(origin);
    this.#options = options;
    // Where it sends cookies, a page may not read any header there is.
    this.#exposed = credentials ? [...EXPOSED, ...exposedHeaders].join(", ") : "*";
  }

  /** True if it was a preflight, which is answered. */
  preflight({ method, headers }: HttpRequest, response: HttpResponse): boolean {
    if (method !== "OPTIONS" || headers["origin"] === undefined) return false;
    if (headers["access-control-request-method"] === undefined) return false;
    const told: Record<string, string> = { ...this.#told(headers), "content-length": "0" };
    if (told["access-control-allow-origin"] !== undefined) {
      told["access-control-allow-methods"] = METHODS;
      // Metadata have any name, so what is asked for is granted.
      const asked = String(headers["access-control-request-headers"] ?? "");
      if (asked !== "") told["access-control-allow-headers"] = asked;
      told["access-control-max-age"] = String(this.#options.maxAgeSeconds ?? 7200);
      told["vary"] = "origin, access-control-request-method, access-control-request-headers";
    }
    response.head(204, told);
    response.end();
    return true;
  }

  /** An answer that tells the browser whether the page may read it. */
  readable({ headers }: HttpRequest, response: HttpResponse): HttpResponse {
    const told = this.#told(headers);
    return {
      head(status, given) {
        const vary = [told["vary"], given["vary"]].filter((one) => one !== undefined).join(", ");
        response.head(status, { ...given, ...told, ...(vary !== "" && { vary }) });
      },
      write: (bytes) => response.write(bytes),
      end: (bytes, trailers) => response.end(bytes, trailers),
      cut: () => response.cut(),
      onGone: (listener) => response.onGone(listener),
    };
  }

  #told(headers: HttpHeaders): Record<string, string> {
    const origin = headers["origin"];
    const told: Record<string, string> = this.#any ? {} : { vary: "origin" };
    if (typeof origin !== "string" || !this.#allows(origin)) return told;
    told["access-control-allow-origin"] = this.#any ? "*" : origin;
    told["access-control-expose-headers"] = this.#exposed;
    if (this.#options.credentials) told["access-control-allow-credentials"] = "true";
    return told;
  }
}
