import { grpc } from "../../transports/grpc/index.ts";
import { realFixture } from "./suite/fixture.ts";
import { transportSuite } from "./suite.ts";

const backoff = { firstMs: 5 };
const listen = (): string => "grpc://127.0.0.1:0";
const lacking = { bytes: true, lacks: ["callbacks", "agreement", "order"] } as const;

for (const codec of ["json", "msgpack", "protobuf", "avro", "hessian2"]) {
  describe(`transport grpc with ${codec}`, () => {
    const transports = (limits: object) => () => [grpc({ backoff, limits })];
    transportSuite((limits) => realFixture({ listen, transports: transports(limits), codec, partial: true }), lacking);
  });
}
