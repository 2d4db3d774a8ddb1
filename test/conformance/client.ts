/*
 * The client that the conformance suite drives: reads which call to make from its input, makes it, and writes what became of it.
 * Its argument is the folder of the generated contracts.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { StructType } from "../../core/type/type.ts";
import { connect, contractOf, createMetadata, type Metadata, type RpcClient, RpcError, valuesOf } from "../../index.ts";
import { type HttpOptions, http } from "../../transports/http/index.ts";
import { decode, encode, framed, type Header, messagesOf } from "./wire.ts";

interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

interface CompatRequest {
  readonly testName: string;
  readonly httpVersion: string;
  readonly protocol: string;
  readonly codec: string;
  readonly compression: string;
  readonly host: string;
  readonly port: number;
  readonly serverTlsCert: Uint8Array;
  readonly clientTlsCreds?: { readonly cert: Uint8Array; readonly key: Uint8Array };
  readonly messageReceiveLimit: number;
  readonly method?: string;
  readonly streamType: string;
  readonly useGetHttpMethod: boolean;
  readonly requestHeaders: readonly Header[];
  readonly requestMessages: readonly Any[];
  readonly timeoutMs?: number;
  readonly requestDelayMs: number;
  readonly cancel?: {
    readonly beforeCloseSend?: object;
    readonly afterCloseSendMs?: number;
    readonly afterNumResponses?: number;
  };
}

interface Result {
  responseHeaders: Header[];
  payloads: unknown[];
  error?: { code: string; message?: string; details: Any[] };
  responseTrailers: Header[];
  numUnsentRequests: number;
  readonly feedback: readonly string[];
}

type Method = ((...args: unknown[]) => unknown) & { with(options: object): Method };

const folder = process.argv[2] as string;
const load = (name: string): Promise<Record<string, unknown>> =>
  import(pathToFileURL(join(folder, `${name}.mts`)).href);
const [serviceModule, compatModule] = await Promise.all([load("service"), load("client_compat")]);
const { ConformanceService } = serviceModule as { ConformanceService: new () => object };
const { ClientCompatRequest, ClientCompatResponse } = compatModule as Record<string, StructType>;
const contract = contractOf(ConformanceService);
const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const clients = new Map<string, Promise<{ client: RpcClient; methods: Readonly<Record<string, Method>> }>>();

/** One client for all calls that are made in the same way. */
function clientFor(asked: CompatRequest): Promise<{ methods: Readonly<Record<string, Method>> }> {
  const { protocol, httpVersion, codec, compression, messageReceiveLimit: limit, useGetHttpMethod: get } = asked;
  const secure = asked.serverTlsCert.length > 0;
  const creds = asked.clientTlsCreds;
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  const encoding = compression.slice("COMPRESSION_".length).toLowerCase();
  const options: HttpOptions = {
    protocol: { PROTOCOL_CONNECT: "connect", PROTOCOL_GRPC: "grpc", PROTOCOL_GRPC_WEB: "grpc-web" }[
      protocol
    ] as "connect",
    httpVersion: httpVersion === "HTTP_VERSION_2" ? 2 : 1,
    get,
    ...(limit > 0 && { limits: { maxMessageBytes: limit } }),
    ...(encoding !== "identity" &&
      encoding !== "unspecified" && { compression: { send: encoding, accept: [encoding], fromBytes: 0 } }),
    ...(secure && {
      tls: { ca: text(asked.serverTlsCert), ...(creds && { cert: text(creds.cert), key: text(creds.key) }) },
    }),
  };
  const url = `${secure ? "https" : "http"}://${asked.host}:${asked.port}`;
  const key = JSON.stringify([url, codec, options]);
  let made = clients.get(key);
  if (made === undefined) {
    made = (async () => {
      const client = await connect({
        endpoints: [url],
        transports: [http(options)],
        codec: codec === "CODEC_JSON" ? "json" : "protobuf",
        timeoutMs: Number.POSITIVE_INFINITY,
        cluster: () => ({ decide: () => ({ do: "fail" }) }),
        failFast: true,
        onError: () => {},
      });
      const refer = async (tries: number): Promise<unknown> =>
        client.refer(ConformanceService).catch(async (error: unknown) => {
          // A server under load may not take the first connection.
          if (tries === 1) throw error;
          await delay(100);
          return refer(tries - 1);
        });
      return { client, methods: (await refer(5)) as Readonly<Record<string, Method>> };
    })();
    clients.set(key, made);
  }
  return made;
}

function metadataOf(headers: readonly Header[]): Metadata {
  const given: Record<string, string[]> = {};
  for (const { name, value } of headers) given[name.toLowerCase()] = [...(given[name.toLowerCase()] ?? []), ...value];
  return createMetadata(given);
}

function headersOf(metadata: Metadata): Header[] {
  return Object.keys(metadata).map((name) => ({ name, value: [...valuesOf(metadata, name)] }));
}

/** As `RpcError.details` keep what nobody declared. */
function detailsOf({ details }: RpcError): Any[] {
  if (!Array.isArray(details)) return [];
  return details.map((detail) => {
    const { type, value = "" } = detail as { type: string; value?: string };
    return { typeUrl: `type.googleapis.com/${type}`, value: Buffer.from(value, "base64") };
  });
}

async function run(asked: CompatRequest): Promise<Result> {
  const result: Result = {
    responseHeaders: [],
    payloads: [],
    responseTrailers: [],
    numUnsentRequests: 0,
    feedback: [],
  };
  const { methods } = await clientFor(asked);
  const name = asked.method ?? "Unary";
  const descriptor = contract.methods.find((method) => method.name === name);
  const method = methods[name];
  if (descriptor === undefined || method === undefined) throw new Error(`there is no method ${name}`);
  const type = descriptor.upstream?.type ?? descriptor.request;
  const requests = asked.requestMessages.map(({ value }) => decode(type, value));
  const { cancel } = asked;
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const later = (ms: number): void => void setTimeout(abort, ms);
  const options = {
    metadata: metadataOf(asked.requestHeaders),
    signal: controller.signal,
    ...(asked.timeoutMs !== undefined && { timeoutMs: asked.timeoutMs }),
    onReplyMetadata: (metadata: Metadata) => {
      result.responseHeaders = headersOf(metadata);
    },
    onTrailers: (metadata: Metadata) => {
      result.responseTrailers = headersOf(metadata);
    },
  };
  const sent = { count: 0 };
  const full = asked.streamType === "STREAM_TYPE_FULL_DUPLEX_BIDI_STREAM";
  const gate = new Gate();
  const upload = async function* (): AsyncGenerator<unknown> {
    for (const [i, request] of requests.entries()) {
      await delay(asked.requestDelayMs);
      if (full && i > 0) await gate.passed(i);
      sent.count++;
      yield request;
    }
    if (full) await gate.passed(requests.length);
    if (cancel?.beforeCloseSend !== undefined) {
      abort();
      await new Promise(() => {});
    }
    if (cancel !== undefined && cancel.afterNumResponses === undefined) later(cancel.afterCloseSendMs ?? 0);
  };
  try {
    if (descriptor.streamParam < 0 && cancel !== undefined && cancel.afterNumResponses === undefined) {
      later(cancel.afterCloseSendMs ?? 0);
    }
    const reply = method.with(options)(descriptor.streamParam < 0 ? requests[0] : upload());
    if (descriptor.kind !== "stream") {
      const { payload } = (await reply) as { payload?: unknown };
      result.payloads.push(payload ?? empty);
    } else {
      for await (const item of reply as AsyncIterable<{ payload?: unknown }>) {
        result.payloads.push(item.payload ?? empty);
        if (cancel?.afterNumResponses === result.payloads.length) abort();
        gate.pass();
      }
    }
  } catch (thrown) {
    gate.open();
    const error = RpcError.from(thrown, String(thrown));
    const code = { CANCELLED: "CANCELED" }[error.code as string] ?? error.code;
    result.error = { code: `CODE_${code}`, message: error.message, details: detailsOf(error) };
    if (Object.keys(error.metadata).length > 0) result.responseTrailers = headersOf(error.metadata);
  }
  gate.open();
  if (descriptor.streamParam >= 0 && result.error !== undefined)
    result.numUnsentRequests = requests.length - sent.count;
  return result;
}

const empty = { data: new Uint8Array() };

/** Lets the n-th request of a full duplex stream leave after the n-th answer. */
class Gate {
  #passed = 0;
  #open = false;
  #waiting: (() => void)[] = [];

  async passed(count: number): Promise<void> {
    while (!this.#open && this.#passed < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  pass(): void {
    this.#passed++;
    for (const one of this.#waiting.splice(0)) one();
  }

  open(): void {
    this.#open = true;
    this.pass();
  }
}

async function answer(asked: CompatRequest): Promise<void> {
  const { testName } = asked;
  const result = await run(asked).then(
    (response) => ({ testName, response }),
    (error: Error) => ({ testName, error: { message: String(error?.stack ?? error) } }),
  );
  process.stdout.write(framed(encode(ClientCompatResponse as StructType, result)));
}

/** Calls at once: with more, this process itself would take longer than their deadlines. */
const AT_ONCE = 16;
const running = new Set<Promise<void>>();
for await (const bytes of messagesOf(process.stdin)) {
  const one = answer(decode(ClientCompatRequest as StructType, bytes) as CompatRequest);
  running.add(one);
  void one.finally(() => running.delete(one));
  if (running.size >= AT_ONCE) await Promise.race(running);
}
await Promise.all(running);
for (const made of clients.values()) void made.then(({ client }) => client.destroy()).catch(() => {});
