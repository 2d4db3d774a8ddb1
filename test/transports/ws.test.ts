import { expect } from "chai";
import { type WsOptions, ws } from "../../transports/ws/index.ts";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { Shop, shop } from "./suite/contract.ts";
import { type Fixture, realFixture, refused } from "./suite/fixture.ts";
import { transportSuite } from "./suite.ts";

const backoff = { firstMs: 5 };
const bytes = { bytes: true };
const listen = (): string => "ws://127.0.0.1:0";

for (const codec of ["json", "msgpack", "protobuf", "avro", "hessian2"]) {
  describe(`transport ws with ${codec}`, () => {
    transportSuite((limits) => realFixture({ listen, transports: () => [ws({ backoff, limits })], codec }), bytes);
  });
}

describe("transport ws with compression", () => {
  transportSuite(
    (limits) => realFixture({ listen, transports: () => [ws({ backoff, limits, deflate: true })] }),
    bytes,
  );
});

describe("transport ws with TLS", () => {
  let certificates: Certificates;
  before(() => {
    certificates = makeCertificates();
  });
  const secure = (options: Partial<Record<"client" | "server", WsOptions["tls"]>>, limits = {}): Fixture =>
    realFixture({
      listen: () => "wss://127.0.0.1:0",
      transports: (side) => [ws({ backoff, limits, ...(options[side] ? { tls: options[side] } : {}) })],
    });
  const trusting = (): WsOptions["tls"] => ({ ca: certificates.ca });
  let fixture: Fixture | undefined;
  afterEach(async () => {
    await fixture?.dispose();
    fixture = undefined;
  });

  transportSuite((limits) => secure({ server: certificates.server, client: trusting() ?? {} }, limits), bytes);

  it("knows a client by its certificate", async () => {
    fixture = secure({
      server: { ...certificates.server, ca: certificates.ca, requestCert: true, rejectUnauthorized: true },
      client: { ...trusting(), ...certificates.client },
    });
    const read = async (_: string, ctx: { peer: { identity: unknown; address: string } }): Promise<string> =>
      JSON.stringify(ctx.peer);
    const { shop: client } = await fixture.pair(shop({ read }));
    const peer = JSON.parse(await client.read("k"));
    expect(peer.identity).to.include({ CN: "client.test" });
    expect(peer.address).to.match(/^wss:\/\/127\.0\.0\.1:\d+$/);
  });

  it("refuses a client without a certificate where one is required, and a server that nobody vouches for", async () => {
    fixture = secure({
      server: { ...certificates.server, ca: certificates.ca, requestCert: true, rejectUnauthorized: true },
      client: trusting() ?? {},
    });
    const server = await fixture.serve({ services: [shop()] });
    const client = await fixture.connect({ endpoints: server.endpoints });
    await refused(client.refer(Shop), "UNAVAILABLE");
    const distrustful = await fixture.connect({ endpoints: server.endpoints, transports: [ws({ backoff })] });
    await refused(distrustful.refer(Shop), "UNAVAILABLE", /certificate/);
  });

  it("says which side speaks TLS", async () => {
    fixture = secure({ server: certificates.server, client: trusting() ?? {} });
    const plain = await fixture.serve({ services: [shop()], listen: ["ws://127.0.0.1:0"] });
    const endpoint = String(plain.endpoints[0]).replace("ws:", "wss:");
    const client = await fixture.connect({ endpoints: [endpoint] });
    await refused(client.refer(Shop), "UNAVAILABLE", /it does not speak TLS \(.+\); use ws:\/\//);
  });

  it("does not listen in the clear where the URL says wss", async () => {
    fixture = secure({});
    const listening = await fixture.serve({ services: [shop()] }).catch((error: unknown) => error);
    expect(listening)
      .to.be.instanceOf(TypeError)
      .with.property("message")
      .that.matches(/needs a key and a certificate/);
  });
});
