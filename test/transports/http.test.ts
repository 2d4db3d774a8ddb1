import { type HttpOptions, http } from "../../transports/http/index.ts";
import { realFixture } from "./suite/fixture.ts";
import type { Need } from "./suite/needs.ts";
import { transportSuite } from "./suite.ts";

const backoff = { firstMs: 5 };
/** Nothing is agreed on before the first call, and a server cannot call its client. */
const lacks: readonly Need[] = ["callbacks", "agreement", "order", "instance", "late head"];
/** What HTTP/1.1 carries of them is all requests first, and then all answers. */
const half: readonly Need[] = [...lacks, "bidirectional streams", "one connection"];

interface Way {
  readonly options?: HttpOptions;
  readonly codec?: string;
  readonly lacks?: readonly Need[];
}

function suiteOf(title: string, { options = {}, codec = "json", lacks: lacking = lacks }: Way): void {
  describe(`transport http: ${title}`, () => {
    transportSuite(
      (limits) =>
        realFixture({
          listen: () => "http://127.0.0.1:0",
          transports: () => [http({ backoff, limits, ...options })],
          codec,
          partial: true,
        }),
      { bytes: true, lacks: lacking },
    );
  });
}

suiteOf("Connect over HTTP/1.1", { lacks: half });
suiteOf("Connect over HTTP/2", { options: { httpVersion: 2 } });
suiteOf("gRPC", { options: { protocol: "grpc" }, codec: "protobuf", lacks: [...lacks, "large errors"] });
suiteOf("gRPC-Web over HTTP/1.1", { options: { protocol: "grpc-web" }, lacks: [...half, "large errors"] });
