import type { IncomingMessage } from "node:http";
import { RpcError } from "../../core/error.ts";
import { Http1Exchange } from "./http1-exchange.ts";
import type { BodyReader } from "./message.ts";

/** What a framework has made of a request before it handed it on. */
export interface ParsedRequest extends IncomingMessage {
  readonly body?: unknown;
  /** As it came: of Nest with `rawBody: true`, and of others by the same name. */
  readonly rawBody?: unknown;
}

/** A request of `node:http` whose body somebody else has read to its end. */
export class ParsedExchange extends Http1Exchange {
  readonly #parsed: ParsedRequest;

  constructor(...given: ConstructorParameters<typeof Http1Exchange>) {
    super(...given);
    this.#parsed = given[0];
  }

  override read(body: BodyReader): void {
    const bytes = bodyOf(this.#parsed);
    if (bytes === undefined) {
      const message =
        "the body was read before it came here; mount the handler before what parses bodies, or keep it as rawBody";
      body.onLost(new RpcError({ code: "INTERNAL", message }));
      this.head(500, { "content-type": "application/json" });
      return this.end(new TextEncoder().encode(JSON.stringify({ code: "internal", message })));
    }
    body.onData(bytes);
    body.onEnd();
  }
}

function bodyOf({ body, rawBody, headers }: ParsedRequest): Uint8Array | undefined {
  const given = rawBody ?? body;
  if (given instanceof Uint8Array) return given;
  if (typeof given === "string") return new TextEncoder().encode(given);
  if (given === undefined && Number(headers["content-length"] ?? 0) === 0) return new Uint8Array();
  // Of JSON that was parsed, numbers beyond 2^53 are not what they were.
  const isJson = /[/+]json\b/i.test(headers["content-type"] ?? "");
  return isJson && given !== undefined ? new TextEncoder().encode(JSON.stringify(given)) : undefined;
}
