import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type TcpOptions, tcp } from "../../transports/tcp/index.ts";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { Shop, shop } from "./suite/contract.ts";
import { type Fixture, realFixture, refused } from "./suite/fixture.ts";
import { transportSuite } from "./suite.ts";

const backoff = { firstMs: 5 };
const bytes = { bytes: true };

describe("transport tcp", () => {
  transportSuite(
    (limits) => realFixture({ listen: () => "tcp://127.0.0.1:0", transports: () => [tcp({ backoff, limits })] }),
    bytes,
  );
});

for (const codec of ["msgpack", "protobuf", "avro", "hessian2"]) {
  describe(`transport tcp with ${codec}`, () => {
    transportSuite(
      (limits) =>
        realFixture({ listen: () => "tcp://127.0.0.1:0", transports: () => [tcp({ backoff, limits })], codec }),
      bytes,
    );
  });
}

describe("transport tcp over a unix socket", () => {
  let sockets = 0;
  const listen = (): string => `unix://${join(tmpdir(), `trunkline-${process.pid}-${++sockets}.sock`)}`;
  transportSuite((limits) => realFixture({ listen, transports: () => [tcp({ backoff, limits })] }), bytes);
});

describe("transport tcp with TLS", () => {
  let certificates: Certificates;
  before(() => {
    certificates = makeCertificates();
  });
  const secure = (options: Partial<Record<"client" | "server", TcpOptions["tls"]>>, limits = {}): Fixture =>
    realFixture({
      listen: () => "tls://127.0.0.1:0",
      transports: (side) => [tcp({ backoff, limits, ...(options[side] ? { tls: options[side] } : {}) })],
    });
  const trusting = (): TcpOptions["tls"] => ({ ca: certificates.ca });
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
    const { shop: client } = await fixture.pair(shop({ read: async (_, ctx) => JSON.stringify(ctx.peer.identity) }));
    expect(JSON.parse(await client.read("k"))).to.include({ CN: "client.test" });
  });

  it("refuses a client without a certificate where one is required", async () => {
    fixture = secure({
      server: { ...certificates.server, ca: certificates.ca, requestCert: true, rejectUnauthorized: true },
      client: trusting() ?? {},
    });
    const server = await fixture.serve({ services: [shop()] });
    const client = await fixture.connect({ endpoints: server.endpoints });
    await refused(client.refer(Shop), "UNAVAILABLE");
  });

  it("refuses a server that nobody vouches for", async () => {
    fixture = secure({ server: certificates.server });
    const server = await fixture.serve({ services: [shop()] });
    const client = await fixture.connect({ endpoints: server.endpoints });
    await refused(client.refer(Shop), "UNAVAILABLE", /certificate/);
  });

  it("speaks TLS on tls:// alone, beside tcp:// and unix://, on both sides", async () => {
    fixture = secure({ server: certificates.server, client: trusting() ?? {} });
    const socket = `unix://${join(tmpdir(), `trunkline-${process.pid}-doors.sock`)}`;
    const listen = ["tls://127.0.0.1:0", "tcp://127.0.0.1:0", socket];
    const server = await fixture.serve({ services: [shop({ read: async (_, ctx) => ctx.peer.address })], listen });
    const schemes = ["tls", "tcp", "unix"];
    expect(server.endpoints.map((url) => url.split("://")[0])).to.deep.equal(schemes);
    for (const [i, endpoint] of server.endpoints.entries()) {
      const client = await (await fixture.connect({ endpoints: [endpoint] })).refer(Shop);
      expect(await client.read("k")).to.match(new RegExp(`^${schemes[i]}://`));
      // In the clear, whoever has no certificate gets in by the plain doors alone.
      const bare = await fixture.connect({ endpoints: [endpoint], transports: [tcp({ backoff })] });
      if (schemes[i] === "tls") await refused(bare.refer(Shop), "UNAVAILABLE", /certificate/);
      else await (await bare.refer(Shop)).read("k");
    }
  });

  it("does not listen in the clear where the URL says tls", async () => {
    fixture = secure({});
    const listening = await fixture.serve({ services: [shop()] }).catch((error: unknown) => error);
    expect(listening)
      .to.be.instanceOf(TypeError)
      .with.property("message")
      .that.matches(/needs a key and a certificate/);
  });
});
