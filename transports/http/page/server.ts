import { Contracts } from "../../../core/contract/contracts.ts";
import { RpcError } from "../../../core/error.ts";
import type { HttpRequest, HttpResponse, Responder } from "../message.ts";
import { sendStatus } from "../rest/reply.ts";
import type { HttpSite } from "../site.ts";

const PATH = "/_trunkline";
/** Nothing but its own script and style, no frame around it, and nobody else to talk to. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * A page about what is served, to read and to try, at `/_trunkline`, and the document of OpenAPI that it is made of, at
 * `/_trunkline/openapi.json`, which is told to who may call.
 */
export class PageResponder implements Responder {
  readonly #site: HttpSite;
  readonly #shown: boolean;
  #document: Uint8Array | undefined;

  constructor(site: HttpSite) {
    this.#site = site;
    // Who hides the contracts hides this as well.
    const reflected = site.host.services.some(({ contract }) => contract.name === Contracts.name);
    this.#shown = site.options.page && reflected;
  }

  take(request: HttpRequest, response: HttpResponse): boolean {
    const { path, method } = request;
    if (!path.startsWith(PATH) || !this.#shown) return false;
    const part = path.slice(PATH.length);
    if (!["", "/", "/page.css", "/page.js", "/openapi.json"].includes(part)) return false;
    if (method !== "GET" && method !== "HEAD") {
      response.head(405, { allow: "GET, HEAD", "content-length": "0" });
      response.end();
      return true;
    }
    this.#answer(request, response, part).catch((error: unknown) =>
      sendStatus(request, response, { error: RpcError.from(error) }),
    );
    return true;
  }

  async #answer(request: HttpRequest, response: HttpResponse, part: string): Promise<void> {
    const send = (type: string, body: Uint8Array | string, headers: Record<string, string> = {}): void => {
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      response.head(200, {
        "content-type": type,
        "content-length": String(bytes.length),
        "x-content-type-options": "nosniff",
        ...headers,
      });
      response.end(request.method === "HEAD" ? undefined : bytes);
    };
    // Each is loaded when it is first asked for.
    switch (part) {
      case "/":
        response.head(308, { location: `..${PATH}`, "content-length": "0" });
        return response.end();
      case "":
        return send("text/html; charset=utf-8", (await import("./html.ts")).html, {
          "content-security-policy": POLICY,
          "referrer-policy": "no-referrer",
        });
      case "/page.css":
        return send("text/css; charset=utf-8", (await import("./style.ts")).style);
      case "/page.js":
        return send("text/javascript; charset=utf-8", (await import("./script.ts")).script);
      default: {
        await this.#site.guests.of(request);
        const { openApiDocument } = await import("../openapi/document.ts");
        this.#document ??= new TextEncoder().encode(JSON.stringify(openApiDocument(this.#site.host), null, 1));
        return send("application/json", this.#document, { "cache-control": "no-cache" });
      }
    }
  }
}
