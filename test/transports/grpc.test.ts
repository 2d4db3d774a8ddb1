import { type GrpcOptions, grpc } from "../../transports/grpc/index.ts";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { realFixture } from "./suite/fixture.ts";
import { transportSuite } from "./suite.ts";

const backoff = { firstMs: 5 };
const lacking = { bytes: true, lacks: ["callbacks", "agreement", "order"] } as const;

for (const codec of ["json", "msgpack", "protobuf", "avro", "hessian2"]) {
  describe(`transport grpc with ${codec}`, () => {
    const listen = (): string => "grpc://127.0.0.1:0";
    const transports = (limits: object) => () => [grpc({ backoff, limits })];
    transportSuite((limits) => realFixture({ listen, transports: transports(limits), codec, partial: true }), lacking);
  });
}

describe("transport grpc with TLS", () => {
  let certificates: Certificates;
  before(() => {
    certificates = makeCertificates();
  });
  const tls = (side: "client" | "server"): NonNullable<GrpcOptions["tls"]> =>
    side === "server" ? certificates.server : { ca: certificates.ca };
  const listen = (): string => "grpcs://127.0.0.1:0";
  transportSuite(
    (limits) =>
      realFixture({
        listen,
        transports: (side) => [grpc({ backoff, limits, tls: tls(side) })],
        codec: "protobuf",
        partial: true,
      }),
    lacking,
  );
});
