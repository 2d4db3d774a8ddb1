/*
 * The server that the conformance suite drives: reads what is wanted of it from its input, and writes where it listens. Its
 * argument is the folder of the generated contracts.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { StructType } from "../../core/type/type.ts";
import {
  type CallContext,
  type Code,
  contractOf,
  createMetadata,
  type Metadata,
  RpcError,
  serve,
  valuesOf,
} from "../../index.ts";
import { http } from "../../transports/http/index.ts";
import { decode, encode, framed, type Header, messagesOf } from "./wire.ts";

interface CompatRequest {
  readonly useTls: boolean;
  readonly clientTlsCert: Uint8Array;
  readonly messageReceiveLimit: number;
  readonly serverCreds?: { readonly cert: Uint8Array; readonly key: Uint8Array };
}

interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

interface WantedError {
  readonly code: string;
  readonly message?: string;
  readonly details: readonly Any[];
}

interface Definition {
  readonly responseHeaders: readonly Header[];
  readonly responseTrailers: readonly Header[];
  readonly responseData?: Uint8Array | readonly Uint8Array[];
  readonly error?: WantedError;
  readonly responseDelayMs: number;
}

interface Asked {
  readonly responseDefinition?: Definition;
  readonly fullDuplex?: boolean;
}

const folder = process.argv[2] as string;
const load = (name: string): Promise<Record<string, unknown>> =>
  import(pathToFileURL(join(folder, `${name}.mts`)).href);
const [serviceModule, compatModule] = await Promise.all([load("service"), load("server_compat")]);
const { ConformanceService } = serviceModule as { ConformanceService: new () => object };
const { ConformancePayloadRequestInfo } = serviceModule as Record<string, StructType>;
const { ServerCompatRequest, ServerCompatResponse } = compatModule as Record<string, StructType>;
const contract = contractOf(ConformanceService);
const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function metadataOf(headers: readonly Header[]): Metadata {
  const given: Record<string, string[]> = {};
  for (const { name, value } of headers) given[name.toLowerCase()] = [...(given[name.toLowerCase()] ?? []), ...value];
  return createMetadata(given);
}

/** What the handler of a method does with its context, and with what it was sent. */
class Served {
  readonly #ctx: CallContext;
  readonly #type: StructType;

  constructor(ctx: CallContext, method: string) {
    const descriptor = contract.methods.find(({ name }) => name === method);
    this.#ctx = ctx;
    this.#type = (descriptor?.upstream?.type ?? descriptor?.request) as StructType;
  }

  announce({ responseHeaders, responseTrailers }: Definition): void {
    this.#ctx.setReplyMetadata(metadataOf(responseHeaders));
    this.#ctx.setTrailers(metadataOf(responseTrailers));
  }

  any(request: unknown): Any {
    return { typeUrl: `type.googleapis.com/${this.#type.name}`, value: encode(this.#type, request) };
  }

  info(requests: readonly unknown[]): object {
    const { metadata } = this.#ctx;
    const timeLeft = this.#ctx.timeLeft();
    return {
      requestHeaders: Object.keys(metadata).map((name) => ({ name, value: [...valuesOf(metadata, name)] })),
      ...(timeLeft !== Number.POSITIVE_INFINITY && { timeoutMs: BigInt(Math.ceil(timeLeft)) }),
      requests: requests.map((request) => this.any(request)),
    };
  }

  /** With the request among the details, where no answer has it. */
  error({ code, message = "", details }: WantedError, requests: readonly unknown[] | undefined): RpcError {
    const info = ConformancePayloadRequestInfo as StructType;
    const own = requests && { typeUrl: info.name, value: encode(info, this.info(requests)) };
    const all = own === undefined ? details : [...details, own];
    const name = code.replace("CODE_", "");
    return new RpcError({
      code: (name === "CANCELED" ? "CANCELLED" : name) as Code,
      message,
      ...(all.length > 0 && {
        details: all.map(({ typeUrl, value }) => ({
          type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
          value: Buffer.from(value).toString("base64"),
        })),
      }),
    });
  }

  async one(definition: Definition | undefined, requests: readonly unknown[]): Promise<object> {
    if (definition === undefined) return { payload: { data: new Uint8Array(), requestInfo: this.info(requests) } };
    this.announce(definition);
    const info = this.info(requests);
    await delay(definition.responseDelayMs);
    if (definition.error !== undefined) throw this.error(definition.error, requests);
    return { payload: { data: definition.responseData ?? new Uint8Array(), requestInfo: info } };
  }
}

const unary = (method: string) => (request: Asked, ctx: CallContext) =>
  new Served(ctx, method).one(request.responseDefinition, [request]);

const handlers = {
  Unary: unary("Unary"),
  IdempotentUnary: unary("IdempotentUnary"),
  async ClientStream(stream: AsyncIterable<Asked>, ctx: CallContext) {
    const requests: Asked[] = [];
    for await (const request of stream) requests.push(request);
    return new Served(ctx, "ClientStream").one(requests[0]?.responseDefinition, requests);
  },
  async *ServerStream(request: Asked, ctx: CallContext) {
    const served = new Served(ctx, "ServerStream");
    const definition = request.responseDefinition;
    if (definition === undefined) return;
    served.announce(definition);
    const data = (definition.responseData ?? []) as readonly Uint8Array[];
    for (const [i, one] of data.entries()) {
      await delay(definition.responseDelayMs);
      yield { payload: { data: one, ...(i === 0 && { requestInfo: served.info([request]) }) } };
    }
    if (definition.error !== undefined) throw served.error(definition.error, data.length === 0 ? [request] : undefined);
  },
  async *BidiStream(stream: AsyncIterable<Asked>, ctx: CallContext) {
    const served = new Served(ctx, "BidiStream");
    const requests: Asked[] = [];
    let definition: Definition | undefined;
    let data: readonly Uint8Array[] = [];
    let sent = 0;
    let full = false;
    const next = async (info: readonly unknown[]): Promise<object> => {
      await delay(definition?.responseDelayMs ?? 0);
      const answer = { data: data[sent], ...(info.length > 0 && { requestInfo: infoOf(served, info, sent) }) };
      sent++;
      return { payload: answer };
    };
    for await (const request of stream) {
      requests.push(request);
      if (requests.length === 1) {
        definition = request.responseDefinition;
        full = request.fullDuplex ?? false;
        if (definition !== undefined) served.announce(definition);
        data = (definition?.responseData ?? []) as readonly Uint8Array[];
      }
      if (!full) continue;
      if (sent >= data.length) break;
      yield await next([request]);
    }
    for (let first = !full; sent < data.length; first = false) yield await next(first ? requests : []);
    if (definition?.error !== undefined) throw served.error(definition.error, sent === 0 ? requests : undefined);
  },
};

/** All about the request stands in the first answer, and in others no more than what they answer. */
function infoOf(served: Served, requests: readonly unknown[], sent: number): object {
  if (sent === 0) return served.info(requests);
  return { requestHeaders: [], requests: requests.map((request) => served.any(request)) };
}

const { value: bytes } = await messagesOf(process.stdin)[Symbol.asyncIterator]().next();
const asked = decode(ServerCompatRequest as StructType, bytes as Uint8Array) as CompatRequest;
const { useTls, serverCreds, clientTlsCert, messageReceiveLimit: limit } = asked;
const text = (given: Uint8Array): string => new TextDecoder().decode(given);
const server = await serve({
  services: [Object.assign(new ConformanceService(), handlers)],
  partial: true,
  listen: [`${useTls ? "https" : "http"}://127.0.0.1:0`],
  transports: [
    http({
      minCompressBytes: 0,
      ...(limit > 0 && { limits: { maxMessageBytes: limit, maxSentBytes: 64 * 1024 * 1024 } }),
      ...(serverCreds && {
        tls: {
          cert: text(serverCreds.cert),
          key: text(serverCreds.key),
          ...(clientTlsCert.length > 0 && { ca: text(clientTlsCert), requestCert: true, rejectUnauthorized: true }),
        },
      }),
    }),
  ],
  onError: (error) => {
    if (process.env["CONFORMANCE_ERRORS"]) console.error(error);
  },
});
const port = Number(/\d+$/.exec(server.endpoints[0] as string)?.[0]);
const pemCert = serverCreds?.cert ?? new Uint8Array();
process.stdout.write(framed(encode(ServerCompatResponse as StructType, { host: "127.0.0.1", port, pemCert })));
process.on("SIGTERM", () => server.destroy());
