import { connect as connectSocket } from "node:net";
import { credentials, InterceptingCall, Metadata, ServerInterceptingCall } from "@grpc/grpc-js";
import { expect } from "chai";
import { accept, type RpcClient, type RpcServer, serve } from "../../index.ts";
import { type GrpcOptions, grpc } from "../../transports/grpc/index.ts";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { Shop, shop } from "./suite/contract.ts";
import { collect, type Fixture, realFixture, refused } from "./suite/fixture.ts";

const backoff = { firstMs: 5 };

describe("options of grpc", () => {
  let certificates: Certificates;
  before(() => {
    certificates = makeCertificates();
  });
  let fixture: Fixture | undefined;
  afterEach(async () => {
    await fixture?.dispose();
    fixture = undefined;
  });
  /** A server and a client with options of their own. */
  const make = (options: Partial<Record<"client" | "server", GrpcOptions>>, scheme = "grpc"): Fixture => {
    fixture = realFixture({
      listen: () => `${scheme}://127.0.0.1:0`,
      transports: (side) => [grpc({ backoff, ...options[side] })],
      codec: "protobuf",
      partial: true,
    });
    return fixture;
  };
  const identity = shop({ read: async (_, ctx) => JSON.stringify(ctx.peer.identity ?? null) });

  it("tls: knows a client by its certificate, and refuses one without where it is asked for", async () => {
    const server = { tls: { ...certificates.server, ca: certificates.ca, requestCert: true } };
    const client = { tls: { ca: certificates.ca, ...certificates.client } };
    const { shop: proxy, url } = await make({ server, client }, "grpcs").pair(identity);
    expect(JSON.parse(await proxy.read("k"))).to.include({ CN: "client.test" });
    const transports = [grpc({ backoff, tls: { ca: certificates.ca } })];
    const stranger = await (fixture as Fixture).connect({ endpoints: [url], transports });
    const entered = stranger.refer(Shop).then((one) => one.read.with({ failFast: true })("k"));
    await refused(entered, "UNAVAILABLE");
  });

  it("tls: refuses a server that nobody vouches for, and says why", async () => {
    const { serve: start, connect } = make({ server: { tls: certificates.server } }, "grpcs");
    const server = await start({ services: [shop()] });
    const client = await connect({ endpoints: server.endpoints });
    await refused(client.refer(Shop), "UNAVAILABLE", /certificate/);
  });

  it("tls: is needed where the URL says grpcs", async () => {
    const listening = await make({}, "grpcs")
      .serve({ services: [shop()] })
      .catch((error: unknown) => error);
    expect(String(listening)).to.match(/TypeError: grpcs:.* needs a key and a certificate/);
  });

  it("callCredentials: bring metadata with each call, as a token", async () => {
    let asked = 0;
    const callCredentials = credentials.createFromMetadataGenerator((_, callback) => {
      const metadata = new Metadata();
      metadata.set("authorization", `Bearer token-${++asked}`);
      callback(null, metadata);
    });
    const client = { tls: { ca: certificates.ca }, callCredentials };
    const { shop: proxy } = await make({ server: { tls: certificates.server }, client }, "grpcs").pair(identity, {
      serve: { authenticate: (shown) => accept(shown) },
    });
    expect([await proxy.read("a"), await proxy.read("b")]).to.deep.equal(['"token-1"', '"token-2"']);
  });

  it("interceptors: stand around each call on both sides, of every kind", async () => {
    const seen: string[] = [];
    const client: GrpcOptions = {
      interceptors: [
        (options, next) => {
          seen.push(`client ${options.method_definition.path}`);
          return new InterceptingCall(next(options), {
            start: (metadata, _, start) => {
              metadata.set("x-by", "interceptor");
              start(metadata, {
                onReceiveMetadata: (head, forward) => forward(head),
                onReceiveMessage: (message, forward) => setTimeout(() => forward(message), 1),
                onReceiveStatus: (status, forward) => setTimeout(() => forward(status), 2),
              });
            },
          });
        },
      ],
    };
    const server: GrpcOptions = {
      serverInterceptors: [
        ({ path }, call) => {
          seen.push(`server ${path}`);
          return new ServerInterceptingCall(call, {
            sendMessage: (message, next) => setTimeout(() => next(message), 1),
            sendStatus: (status, next) => setTimeout(() => next(status), 1),
          });
        },
      ],
    };
    const { shop: proxy } = await make({ client, server }).pair(
      shop({ read: async (_, ctx) => String(ctx.metadata["x-by"]) }),
    );
    const numbers = async function* () {
      yield 1;
      yield 2;
    };
    const words = async function* () {
      yield "a";
      yield "b";
    };
    expect(await proxy.read("k")).to.equal("interceptor");
    expect(await collect(proxy.count(3))).to.deep.equal([0, 1, 2]);
    expect(await proxy.sum(numbers())).to.equal(3);
    expect(await collect(proxy.upper(words()))).to.deep.equal(["A", "B"]);
    expect(seen).to.deep.equal(
      ["read", "count", "sum", "upper"].flatMap((name) => [`client /suite.Shop/${name}`, `server /suite.Shop/${name}`]),
    );
  });

  for (const compression of ["gzip", "deflate"] as const) {
    it(`compression: ${compression} is what a client sends, and a server reads`, async () => {
      const encodings: unknown[] = [];
      const server: GrpcOptions = {
        serverInterceptors: [
          (_, call) =>
            new ServerInterceptingCall(call, {
              start: (next) =>
                next({
                  onReceiveMessage: (message, forward) => {
                    encodings.push(message.length);
                    forward(message);
                  },
                }),
            }),
        ],
      };
      const { shop: proxy } = await make({ client: { compression, keepalive: { timeMs: 60_000 } }, server }).pair(
        shop(),
      );
      const note = "x".repeat(50_000);
      expect((await proxy.echo({ id: 1n, items: [], note })).note).to.equal(note);
      expect(encodings[0]).to.be.above(50_000);
    });
  }

  it("are refused by name where they are none", () => {
    const made = (options: object) => () => grpc(options);
    expect(made({ interceptor: [] })).to.throw(
      TypeError,
      "grpc: unknown option interceptor; did you mean interceptors?",
    );
    expect(made({ compression: "br" })).to.throw(TypeError, /grpc: compression: expected "identity" or/);
    expect(made({ keepalive: { time: 1 } })).to.throw(TypeError, /grpc: keepalive: unknown option time/);
    expect(made({ tls: { pfx: "" } })).to.throw(TypeError, /grpc: tls: unknown option pfx/);
    expect(made({ urls: ["http:"] })).to.throw(TypeError, /grpc: urls: expected schemes or addresses/);
  });

  it("limits: a connection that says nothing is cut when handshakeTimeoutMs is over", async () => {
    let executed = 0;
    const count = async (): Promise<string> => String(++executed);
    const { shop: proxy, url } = await make({ server: { limits: { handshakeTimeoutMs: 300 } } }).pair(
      shop({ wait: count }),
    );
    const { hostname, port } = new URL(url.replace(/^grpc/, "http"));
    const socket = connectSocket(Number(port), hostname).resume();
    await new Promise((resolve) => socket.once("close", resolve));
    // One that is older, and has spoken, is still there: no call had to be sent again.
    expect([await proxy.wait("k"), await proxy.wait("k")]).to.deep.equal(["1", "2"]);
  });
});

describe("one instance on several transports", () => {
  it("is called over each of them", async () => {
    const listen = ["tcp://127.0.0.1:0", "http://127.0.0.1:0", "grpc://127.0.0.1:0"];
    const server: RpcServer = await serve({
      services: [shop({ read: async (key, ctx) => `${key} ${ctx.instance} ${ctx.peer.address.split(":")[0]}` })],
      listen,
      instance: "one",
    });
    const { connect } = await import("../../index.ts");
    const clients: RpcClient[] = [];
    try {
      const answers: string[] = [];
      for (const endpoint of server.endpoints) {
        const client = await connect({ endpoints: [endpoint], codec: "protobuf" });
        clients.push(client);
        const proxy = await client.refer(Shop, { partial: true });
        answers.push(await proxy.read("k"));
      }
      expect(answers).to.deep.equal(["k one tcp", "k one http", "k one grpc"]);
    } finally {
      for (const client of clients) await client.close();
      await server.close();
    }
  });
});
