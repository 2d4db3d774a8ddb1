import { expect } from "chai";
import { type RpcServer, serve } from "../../index.ts";
import { goProgram } from "../tools/go.ts";
import { root } from "../tools/project.ts";
import { runOk } from "../tools/run.ts";
import { shop } from "./suite/contract.ts";

/** What Go's gRPC learns of a server by reflection, and calls. */
for (const scheme of ["http", "grpc"])
  describe(`grpcurl over ${scheme}`, function () {
    this.timeout(600_000);
    let server: RpcServer;
    let grpcurl: (...args: readonly string[]) => Promise<string>;

    before(async function () {
      const program = await goProgram("github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4");
      if ("missing" in program) {
        console.warn(`      SKIPPED: all tests of reflection with grpcurl, since ${program.missing}`);
        return this.skip();
      }
      server = await serve({ services: [shop()], listen: [`${scheme}://127.0.0.1:0`], partial: true });
      const address = (server.endpoints[0] as string).replace(/^\w+:\/\//, "");
      grpcurl = (...args) => {
        const flags = args[0] === "-d" ? args.slice(0, 2) : [];
        return runOk(program.path, ["-plaintext", ...flags, address, ...args.slice(flags.length)], { cwd: root });
      };
    });
    after(() => server?.close());

    it("lists the services", async () => {
      expect((await grpcurl("list")).trim().split("\n")).to.deep.equal([
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
        "suite.Shop",
        "trunkline.Contracts",
        "trunkline.Health",
      ]);
    });

    it("describes them all, with their comments", async () => {
      const text = await grpcurl("describe");
      expect(text).to.include(
        "// The topic prices.\n  rpc pricesPublish ( .suite.PricesMessage ) returns ( .suite.PricesPublished );",
      );
      expect(text).to.include("rpc upper ( stream .suite.UpperItem ) returns ( stream .suite.UpperResponse );");
      expect(await grpcurl("describe", "suite.Order")).to.include(
        "message Order {\n  int64 id = 1;\n  repeated .suite.Item items = 2;\n  optional string note = 3;\n}",
      );
      expect(await grpcurl("describe", "grpc.health.v1.HealthListResponse")).to.include(
        "map<string, .grpc.health.v1.HealthCheckResponse> statuses = 1;",
      );
    });

    it("calls what it has learnt of", async () => {
      const order = { id: "7", items: [{ sku: "a", qty: 2 }] };
      expect(JSON.parse(await grpcurl("-d", JSON.stringify(order), "suite.Shop/echo"))).to.deep.equal(order);
      expect(await grpcurl("-d", '{"to":3}', "suite.Shop/count")).to.match(
        /\{\s*\}\s*\{\s*"result": 1\s*\}\s*\{\s*"result": 2\s*\}/,
      );
      expect(JSON.parse(await grpcurl("-d", '{"result":1}{"result":41}', "suite.Shop/sum"))).to.deep.equal({
        result: "42",
      });
      expect(JSON.parse(await grpcurl("-d", '{"service":"suite.Shop"}', "grpc.health.v1.Health/Check"))).to.deep.equal({
        status: "SERVING",
      });
    });
  });
