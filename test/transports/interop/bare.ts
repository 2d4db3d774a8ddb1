import { promisify } from "node:util";
import {
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { expect } from "chai";
import { SPECIAL_MESSAGE } from "./cases.ts";
import { INITIAL, TRAILING } from "./contract.ts";

/* The same service and cases, of nothing but grpc-js and its proto-loader. */

const field = (type: string, id: number, rule?: "repeated") => ({ type, id, ...(rule && { rule }) });
const method = (requestType: string, responseType: string, kind: object = {}) => ({
  requestType,
  responseType,
  ...kind,
});
const requestStream = { requestStream: true };
const responseStream = { responseStream: true };
const definition = fromJSON(
  {
    nested: {
      grpc: {
        nested: {
          testing: {
            nested: {
              Empty: { fields: {} },
              Payload: { fields: { type: field("int32", 1), body: field("bytes", 2) } },
              EchoStatus: { fields: { code: field("int32", 1), message: field("string", 2) } },
              SimpleRequest: {
                fields: {
                  response_size: field("int32", 2),
                  payload: field("Payload", 3),
                  response_status: field("EchoStatus", 7),
                },
              },
              SimpleResponse: { fields: { payload: field("Payload", 1) } },
              StreamingInputCallRequest: { fields: { payload: field("Payload", 1) } },
              StreamingInputCallResponse: { fields: { aggregated_payload_size: field("int32", 1) } },
              ResponseParameters: { fields: { size: field("int32", 1), interval_us: field("int32", 2) } },
              StreamingOutputCallRequest: {
                fields: {
                  response_parameters: field("ResponseParameters", 2, "repeated"),
                  payload: field("Payload", 3),
                  response_status: field("EchoStatus", 7),
                },
              },
              StreamingOutputCallResponse: { fields: { payload: field("Payload", 1) } },
              TestService: {
                methods: {
                  EmptyCall: method("Empty", "Empty"),
                  UnaryCall: method("SimpleRequest", "SimpleResponse"),
                  StreamingOutputCall: method(
                    "StreamingOutputCallRequest",
                    "StreamingOutputCallResponse",
                    responseStream,
                  ),
                  StreamingInputCall: method("StreamingInputCallRequest", "StreamingInputCallResponse", requestStream),
                  FullDuplexCall: method("StreamingOutputCallRequest", "StreamingOutputCallResponse", {
                    ...requestStream,
                    ...responseStream,
                  }),
                  UnimplementedCall: method("Empty", "Empty"),
                },
              },
              UnimplementedService: { methods: { UnimplementedCall: method("Empty", "Empty") } },
            },
          },
        },
      },
    },
  } as never,
  { keepCase: true, defaults: true },
);
const { testing } = loadPackageDefinition(definition)["grpc"] as unknown as {
  testing: Record<"TestService" | "UnimplementedService", ServiceClientConstructor>;
};

interface Status {
  readonly code: number;
  readonly message: string;
}
interface Asked {
  readonly response_size: number;
  readonly response_parameters: readonly { size: number }[];
  readonly payload: { body: Buffer } | null;
  readonly response_status: Status | null;
}
const payload = (size: number) => ({ type: 0, body: Buffer.alloc(size) });

interface ServedCall {
  readonly metadata: Metadata;
  readonly request: Asked;
  sendMetadata(metadata: Metadata): void;
}

/** Sends back what a case asks for; returns the trailers. */
function echo(call: Pick<ServedCall, "metadata" | "sendMetadata">): Metadata {
  const [head, trailers] = [new Metadata(), new Metadata()];
  for (const value of call.metadata.get(INITIAL)) head.add(INITIAL, value);
  for (const value of call.metadata.get(TRAILING)) trailers.add(TRAILING, value);
  call.sendMetadata(head);
  return trailers;
}

/** Starts a bare server; returns its address, and what ends it. */
export async function startBareServer(): Promise<{ readonly address: string; readonly stop: () => void }> {
  const server = new Server();
  type Callback = (error: object | null, reply?: object, trailers?: Metadata) => void;
  server.addService(testing.TestService.service, {
    EmptyCall: (_: unknown, callback: Callback) => callback(null, {}),
    UnaryCall: (call: ServedCall, callback: Callback) => {
      const trailers = echo(call);
      const { response_status: failure, response_size: size } = call.request;
      if (failure?.code) callback({ code: failure.code, details: failure.message, metadata: trailers });
      else callback(null, { payload: payload(size) }, trailers);
    },
    StreamingOutputCall: (call: ServedCall & { write(item: object): void; end(): void }) => {
      for (const { size } of call.request.response_parameters) call.write({ payload: payload(size) });
      call.end();
    },
    StreamingInputCall: (call: NodeJS.EventEmitter, callback: Callback) => {
      let size = 0;
      call.on("data", (asked: Asked) => {
        size += asked.payload?.body.length ?? 0;
      });
      call.on("end", () => callback(null, { aggregated_payload_size: size }));
    },
    FullDuplexCall: (
      call: NodeJS.EventEmitter & ServedCall & { write(item: object): void; end(trailers: Metadata): void },
    ) => {
      const trailers = echo(call);
      call.on("data", (asked: Asked) => {
        const { response_status: failure } = asked;
        if (failure?.code) call.emit("error", { code: failure.code, details: failure.message });
        else for (const { size } of asked.response_parameters) call.write({ payload: payload(size) });
      });
      call.on("end", () => call.end(trailers));
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

type Reply = { readonly payload: { readonly body: Buffer } };
type Stub = ReturnType<typeof stubOf>;

function stubOf(address: string) {
  const client = new testing.TestService(address, credentials.createInsecure());
  type Method = (...args: unknown[]) => unknown;
  const call = (name: string, ...args: unknown[]): unknown => (client[name] as Method).call(client, ...args);
  return {
    client,
    unary: (name: string, request: object, metadata = new Metadata()) => {
      const heard: { head?: Metadata; trailers?: Metadata } = {};
      const reply = new Promise<Reply>((resolve, reject) => {
        const made = call(name, request, metadata, (error: ServiceError | null, value: Reply) =>
          error === null ? setImmediate(resolve, value) : reject(error),
        ) as NodeJS.EventEmitter;
        made.on("metadata", (head) => Object.assign(heard, { head }));
        made.on("status", ({ metadata: trailers }) => Object.assign(heard, { trailers }));
      });
      return { reply, heard };
    },
    upload: (done: (error: ServiceError | null, value: object) => void) =>
      call("StreamingInputCall", done) as ClientWritableStream<object>,
    download: (request: object) => call("StreamingOutputCall", request) as ClientReadableStream<Reply>,
    duplex: (...args: unknown[]) => call("FullDuplexCall", ...args) as ClientDuplexStream<object, Reply>,
  };
}

async function failed(promise: Promise<unknown>): Promise<ServiceError> {
  return promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error) => error,
  );
}

const next = (call: NodeJS.EventEmitter): Promise<Reply | undefined> =>
  new Promise((resolve, reject) => {
    call.once("data", resolve);
    call.once("end", () => resolve(undefined));
    call.once("error", reject);
  });

const PAIRS = [
  [31_415, 27_182],
  [9, 8],
  [2653, 1828],
  [58_979, 45_904],
] as const;
const asked = (size: number, body: number) => ({ response_parameters: [{ size }], payload: payload(body) });

function customMetadata(): Metadata {
  const metadata = new Metadata();
  metadata.set(INITIAL, "test_initial_metadata_value");
  metadata.set(TRAILING, Buffer.from([0xab, 0xab, 0xab]));
  return metadata;
}

function looked(heard: { head?: Metadata; trailers?: Metadata }): void {
  expect(heard.head?.get(INITIAL)).to.deep.equal(["test_initial_metadata_value"]);
  expect(heard.trailers?.get(TRAILING)).to.deep.equal([Buffer.from([0xab, 0xab, 0xab])]);
}

/** The interop cases, as a bare client does them. */
export const bareCases: Readonly<Record<string, (stub: Stub) => Promise<void>>> = {
  empty_unary: async ({ unary }) => {
    expect(await unary("EmptyCall", {}).reply).to.deep.equal({});
  },
  large_unary: async ({ unary }) => {
    const { reply } = unary("UnaryCall", { response_size: 314_159, payload: payload(271_828) });
    expect((await reply).payload.body).to.have.length(314_159);
  },
  client_streaming: async ({ upload }) => {
    const reply = await new Promise((resolve, reject) => {
      const call = upload((error, value) => (error === null ? resolve(value) : reject(error)));
      for (const [, size] of PAIRS) call.write({ payload: payload(size) });
      call.end();
    });
    expect(reply).to.deep.equal({ aggregated_payload_size: 74_922 });
  },
  server_streaming: async ({ download }) => {
    const sizes: number[] = [];
    const call = download({ response_parameters: PAIRS.map(([size]) => ({ size })) });
    for await (const { payload: one } of call) sizes.push(one.body.length);
    expect(sizes).to.deep.equal(PAIRS.map(([size]) => size));
  },
  ping_pong: async ({ duplex }) => {
    const call = duplex();
    for (const [size, body] of PAIRS) {
      call.write(asked(size, body));
      expect((await next(call))?.payload.body.length).to.equal(size);
    }
    call.end();
    expect(await next(call)).to.equal(undefined);
  },
  empty_stream: async ({ duplex }) => {
    const call = duplex();
    call.end();
    expect(await next(call)).to.equal(undefined);
  },
  cancel_after_begin: async ({ upload }) => {
    const error = await failed(
      new Promise((resolve, reject) => {
        const call = upload((error, value) => (error === null ? resolve(value) : reject(error)));
        call.cancel();
      }),
    );
    expect(error.code).to.equal(status.CANCELLED);
  },
  cancel_after_first_response: async ({ duplex }) => {
    const call = duplex();
    call.write(asked(31_415, 27_182));
    expect((await next(call))?.payload.body.length).to.equal(31_415);
    const ended = failed(new Promise((_, reject) => call.once("error", reject)));
    call.cancel();
    expect((await ended).code).to.equal(status.CANCELLED);
  },
  timeout_on_sleeping_server: async ({ duplex }) => {
    const call = duplex({ deadline: Date.now() + 1 });
    const ended = failed(new Promise((_, reject) => call.once("error", reject)));
    call.write({ payload: payload(27_182) });
    expect((await ended).code).to.equal(status.DEADLINE_EXCEEDED);
  },
  custom_metadata: async ({ unary, duplex }) => {
    const { reply, heard } = unary(
      "UnaryCall",
      { response_size: 314_159, payload: payload(271_828) },
      customMetadata(),
    );
    await reply;
    looked(heard);
    const call = duplex(customMetadata());
    const told: { head?: Metadata; trailers?: Metadata } = {};
    call.on("metadata", (head) => Object.assign(told, { head }));
    const ended = new Promise((resolve) => call.on("status", ({ metadata: trailers }) => resolve({ trailers })));
    call.write(asked(314_159, 271_828));
    await next(call);
    call.end();
    call.resume();
    looked(Object.assign(told, await ended));
  },
  status_code_and_message: async ({ unary, duplex }) => {
    const response_status = { code: 2, message: "test status message" };
    const error = await failed(unary("UnaryCall", { response_status }).reply);
    expect([error.code, error.details]).to.deep.equal([2, "test status message"]);
    const call = duplex();
    const ended = failed(new Promise((_, reject) => call.once("error", reject)));
    call.resume();
    call.write({ response_status });
    call.end();
    const second = await ended;
    expect([second.code, second.details]).to.deep.equal([2, "test status message"]);
  },
  special_status_message: async ({ unary }) => {
    const response_status = { code: 2, message: SPECIAL_MESSAGE };
    const error = await failed(unary("UnaryCall", { response_status }).reply);
    expect([error.code, error.details]).to.deep.equal([2, SPECIAL_MESSAGE]);
  },
  unimplemented_method: async ({ unary }) => {
    expect((await failed(unary("UnimplementedCall", {}).reply)).code).to.equal(status.UNIMPLEMENTED);
  },
  unimplemented_service: async ({ client }) => {
    const other = new testing.UnimplementedService(client.getChannel().getTarget(), credentials.createInsecure());
    const called = new Promise((resolve, reject) => {
      const method = other["UnimplementedCall"] as (...args: unknown[]) => unknown;
      method.call(other, {}, (error: ServiceError | null) => (error === null ? resolve(undefined) : reject(error)));
    });
    const error = await failed(called);
    other.close();
    expect(error.code).to.equal(status.UNIMPLEMENTED);
  },
};

/** Runs one case of a bare client against a server. */
export async function runBare(name: string, address: string): Promise<void> {
  const stub = stubOf(address);
  // One that is closed before it is connected, connects all the same.
  await promisify(stub.client.waitForReady).call(stub.client, Date.now() + 10_000);
  try {
    await bareCases[name]?.(stub);
  } finally {
    stub.client.close();
  }
}
