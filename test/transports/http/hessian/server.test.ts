import { expect } from "chai";
import { Agent, request } from "undici";
import { hessianEnvelope } from "../../../../codecs/hessian2/index.ts";
import { messageBytes } from "../../../../core/bytes/output.ts";
import { struct } from "../../../../core/contract/contract.ts";
import {
  accept,
  arg,
  type CallContext,
  contractOf,
  defineService,
  implement,
  oneway,
  RpcError,
  type RpcServer,
  refuse,
  rpc,
  serve,
  t,
} from "../../../../index.ts";
import { hessian } from "../../../../transports/http/hessian/index.ts";
import { http } from "../../../../transports/http/index.ts";

const Gone = t.error("test.Gone", { id: t.int64, left: t.decimal });
const Service = defineService(
  "test.Service",
  { version: "2.1.0" },
  {
    add: rpc({ params: [arg("a", t.int32), arg("b", t.int32)], returns: t.int64 }),
    note: oneway({ params: [arg("line", t.string)] }),
    say: rpc({ params: [arg("what", t.string)], returns: t.string, throws: [Gone] }),
    wait: rpc({}),
  },
);
const envelope = hessianEnvelope();
const methods = new Map(contractOf(Service).operations.map((method) => [method.name, envelope.method(method)]));
const callOf = (name: string, value: unknown): Uint8Array =>
  messageBytes(1 << 24, (out) => methods.get(name)?.encodeCall(value, out));

describe("transport hessian: the server", () => {
  let server: RpcServer;
  let agent: Agent;
  let contexts: CallContext[];
  let notes: string[];
  let waited: (() => void) | undefined;

  const implementation = () =>
    implement(Service, {
      add: async (a, b, ctx?: CallContext) => {
        contexts.push(ctx as CallContext);
        ctx?.setReplyMetadata({ head: "h", "data-bin": Uint8Array.of(1) });
        ctx?.setTrailers({ tail: "t" });
        return BigInt(a + b);
      },
      note: (line) => {
        notes.push(line);
      },
      say: async (what) => {
        if (what === "gone")
          throw new Gone({ id: 5n, left: "1.50" }, { message: "it is gone", metadata: { why: "x" }, details: [1] });
        if (what === "not") {
          throw new RpcError({ code: "NOT_FOUND", message: "no <such>", details: { n: [1] }, retryable: true });
        }
        if (what === "secret") throw new Error("secret");
        return what;
      },
      wait: (ctx?: CallContext) =>
        new Promise((_, reject) => {
          contexts.push(ctx as CallContext);
          waited?.();
          ctx?.signal.addEventListener("abort", () => {
            waited?.();
            reject(ctx.signal.reason);
          });
        }),
    });

  beforeEach(async () => {
    contexts = [];
    notes = [];
    agent = new Agent({ pipelining: 1 });
    server = await serve({
      services: [implementation()],
      listen: ["hessian://127.0.0.1:0", "http://127.0.0.1:0"],
      authenticate: (credentials) => (credentials === "bad" ? refuse("not you") : accept(credentials)),
      transports: [
        hessian({ paths: { "/app/s": "test.Service" }, limits: { maxMessageBytes: 10_000 } }),
        http({ hessian: true }),
      ],
      onError: () => {},
    });
  });
  afterEach(async () => {
    await agent.close();
    await server.close();
  });

  const ask = async (
    body: Uint8Array | string,
    { headers = {}, path = "/test.Service", method = "POST", on = 0, signal }: Partial<Asked> = {},
  ) => {
    const origin = (server.endpoints[on] as string).replace(/^hessian/, "http");
    const type = { "content-type": "x-application/hessian", ...headers };
    const answer = await request(origin + path, {
      method,
      headers: type,
      body: method === "GET" ? null : body,
      dispatcher: agent,
      signal,
    });
    const bytes = new Uint8Array(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers, bytes };
  };
  interface Asked {
    readonly headers: Record<string, string>;
    readonly path: string;
    readonly method: string;
    readonly on: number;
    readonly signal: AbortSignal;
  }
  const read = (name: string, bytes: Uint8Array) => methods.get(name)?.decodeReply(bytes, 0, bytes.length);

  for (const [what, on] of [
    ["on a port of its own", 0],
    ["beside other protocols", 1],
  ] as const) {
    it(`answers a call ${what}, metadata as headers`, async () => {
      const asked = { headers: { "x-trace": "abc", "k-bin": "AQI", "trunkline-version": "2.0.0" }, on };
      const { status, headers, bytes } = await ask(callOf("add", { a: 2, b: 3 }), asked);
      expect(status).to.equal(200);
      expect(headers).to.include({ "content-type": "x-application/hessian", head: "h", "trailer-tail": "t" });
      expect(headers["data-bin"]).to.equal("AQ");
      expect(headers["trunkline-instance"]).to.equal(server.instance);
      expect(read("add", bytes)).to.deep.equal({ value: { result: 5n } });
      expect(contexts[0]?.metadata).to.deep.include({ "x-trace": "abc", "k-bin": "AQI=" });
    });
  }

  it("takes Dubbo's attachments, the headers inside a call of Hessian 1.0, and credentials", async () => {
    const headers = { headertrace: "1", headerversion: "2.1.0", plain: "2", authorization: "Bearer me" };
    await ask(callOf("add", { a: 1, b: 1 }), { headers });
    expect(contexts[0]?.metadata).to.include({ trace: "1", plain: "2" });
    expect(contexts[0]?.metadata).to.not.have.property("headertrace");
    expect(contexts[0]?.peer.identity).to.equal("me");
    const old = Buffer.from(
      "630100 480002 6869 53 0002 796f 6d0003616464 4900000001 4900000002 7a".replaceAll(" ", ""),
      "hex",
    );
    const { bytes } = await ask(old);
    expect(Buffer.from(bytes).toString("hex")).to.equal("7201004c00000000000000037a");
    expect(contexts[1]?.metadata).to.include({ hi: "yo" });
    const wrong = await ask(callOf("add", { a: 1, b: 1 }), { headers: { headerversion: "9.0.0" } });
    expect(read("add", wrong.bytes)?.fault?.message).to.include("version 9.0.0 is not served here");
  });

  it("finds services by path, and by names as Java mangles them", async () => {
    expect(read("add", (await ask(callOf("add", { a: 1, b: 1 }), { path: "/app/s" })).bytes)?.value).to.deep.equal({
      result: 2n,
    });
    for (const name of ["add__2", "add_int_int", "add_Integer_foo"]) {
      const request = struct("R", contractOf(Service).operations[0]?.request.fields ?? []);
      const named = envelope.method({ ...(contractOf(Service).operations[0] as object), name, request } as never);
      const body = messageBytes(1 << 20, (out) => named.encodeCall({ a: 1, b: 1 }, out));
      expect(read("add", (await ask(body)).bytes)?.value, name).to.deep.equal({ result: 2n });
    }
    const nowhere = read("add", (await ask(callOf("add", { a: 1, b: 1 }), { path: "/test.Nobody" })).bytes);
    expect(nowhere?.fault).to.deep.include({ code: "NoSuchObjectException", detail: { code: "UNIMPLEMENTED" } });
  });

  it("answers a oneway at once", async () => {
    const { bytes } = await ask(callOf("note", { line: "x" }));
    expect(Buffer.from(bytes).toString("hex")).to.equal("480200524e");
    expect(notes).to.deep.equal(["x"]);
  });

  it("tells errors: a declared one as an exception, another by its code, a handler's own not at all", async () => {
    const say = async (what: string) => {
      const { headers, bytes, status } = await ask(callOf("say", { what }));
      expect(status).to.equal(200);
      return { headers, fault: read("say", bytes)?.fault };
    };
    const gone = await say("gone");
    expect(gone.fault?.code).to.equal("ServiceException");
    expect(gone.fault?.message).to.equal("it is gone");
    expect(gone.fault?.details).to.deep.equal([1]);
    expect(gone.fault?.declared?.fields).to.deep.include({ id: 5n, left: "1.50" });
    expect(gone.headers["trailer-why"]).to.equal("x");
    const not = await say("not");
    expect(not.fault).to.deep.include({
      code: "ServiceException",
      message: "no <such>",
      detail: { code: "NOT_FOUND", details: { n: [1] } },
    });
    expect(not.headers["trunkline-retryable"]).to.equal("1");
    const { fault } = await say("secret");
    expect(fault?.detail).to.deep.equal({ code: "UNKNOWN" });
    expect(fault?.message).to.not.include("secret");
  });

  it("refuses what is no call, with the fault and status that say so", async () => {
    const malformed = read("add", (await ask("hello")).bytes);
    expect(malformed?.fault?.code).to.equal("ProtocolException");
    expect(malformed?.fault?.message).to.include("does not begin with H 02 00");
    expect(read("add", (await ask("")).bytes)?.fault?.message).to.include("truncated");
    const wrong = messageBytes(1000, (out) =>
      envelope
        .method({ ...(contractOf(Service).operations[2] as object), name: "add" } as never)
        .encodeCall({ what: "x" }, out),
    );
    expect(read("add", (await ask(wrong)).bytes)?.fault).to.include({ code: "ServiceException" });
    const large = await ask(callOf("say", { what: "x".repeat(20_000) }));
    expect(large.status).to.equal(413);
    expect(read("say", large.bytes)?.fault?.message).to.include("maxMessageBytes (10000)");
    const stranger = await ask(callOf("add", { a: 1, b: 1 }), { headers: { authorization: "Bearer bad" } });
    expect(stranger.status).to.equal(401);
    expect(read("add", stranger.bytes)?.fault).to.deep.include({
      message: "not you",
      detail: { code: "UNAUTHENTICATED" },
    });
  });

  it("answers other verbs by 405 and other content types by 415, and nothing that a form of another page could send", async () => {
    const get = await ask("", { method: "GET" });
    expect([get.status, get.headers["allow"]]).to.deep.equal([405, "POST"]);
    const body = callOf("add", { a: 1, b: 1 });
    for (const [type, origin, status] of [
      ["text/plain", undefined, 415],
      ["application/json", undefined, 415],
      ["application/x-www-form-urlencoded", undefined, 200],
      ["application/x-www-form-urlencoded", "https://elsewhere.example", 415],
      ["X-Application/Hessian; charset=utf-8", "https://elsewhere.example", 200],
    ] as const) {
      const headers = { "content-type": type, ...(origin && { origin }) };
      expect((await ask(body, { headers })).status, `${type} ${origin}`).to.equal(status);
    }
    const packed = await ask(body, { headers: { "content-encoding": "gzip" } });
    expect([packed.status, packed.headers["accept-encoding"]]).to.deep.equal([415, "identity"]);
    // Elsewhere another protocol answers.
    expect(
      (await ask(body, { on: 1, headers: { "content-type": "application/x-www-form-urlencoded" } })).status,
    ).to.not.equal(200);
  });

  it("tells the handler when the caller's time is over, and when the caller has left", async () => {
    const began = new Promise<void>((resolve) => {
      waited = resolve;
    });
    const { bytes } = await ask(callOf("wait", {}), { headers: { "trunkline-timeout-ms": "30" } });
    expect(read("wait", bytes)?.fault?.detail).to.deep.equal({ code: "DEADLINE_EXCEEDED" });
    await began;
    const abort = new AbortController();
    const gone = new Promise<void>((resolve) => {
      waited = () => {
        waited = resolve;
        abort.abort();
      };
    });
    const left = ask(callOf("wait", {}), { signal: abort.signal }).catch((error: unknown) => error);
    await gone;
    await left;
    expect(contexts[1]?.signal.reason).to.have.property("code", "CANCELLED");
  });
});
