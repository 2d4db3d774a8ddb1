import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { withStandardServices } from "../../codecs/protobuf/services/index.ts";
import type { ServedService, ServerHost, Transport } from "../../core/transport.ts";
import { connect, createHandler, defineService, implement, type RpcServer, rpc, serve, t } from "../../index.ts";
import { memory } from "../../transports/memory/index.ts";
import { Shop, shop } from "../transports/suite/contract.ts";

/** The transport of this process, with the services that others serve. */
function standard(): Transport {
  const inner = memory();
  return { ...inner, listen: (url, host) => inner.listen(url, withStandardServices(host)) };
}

type Answer = Readonly<Record<string, unknown>>;

describe("the standard services of gRPC", () => {
  let server: RpcServer;
  let host: ServerHost;
  let call: (service: string, method: string) => (...args: unknown[]) => unknown;
  let stop = async (): Promise<void> => {};

  before(async () => {
    const transports = [standard()];
    const Untyped = defineService(
      "suite.Untyped",
      {},
      { get: rpc({ returns: t.struct("suite.Loose", { any: t.any }) }) },
    );
    const untyped = implement(Untyped, { get: async () => ({ any: 1 }) });
    server = await serve({ services: [shop(), untyped], listen: ["memory://standard"], transports });
    const client = await connect({ endpoints: server.endpoints, transports });
    host = withStandardServices((await createHandler({ services: [shop(), untyped] })).host);
    const references = new Map<string, Record<string, (...args: unknown[]) => unknown>>();
    for (const { contract } of host.services.slice(-3))
      references.set(contract.name, (await client.refer(contract as never, { codec: "protobuf" })) as never);
    call = (service, method) => references.get(service)?.[method] as never;
    stop = async () => {
      await client.close();
      await server.close();
    };
  });
  after(() => stop());

  const check = (service: string): Promise<Answer> =>
    call("grpc.health.v1.Health", "Check")({ service }) as Promise<Answer>;

  /** The answers of one stream. */
  async function ask(requests: readonly Answer[], version = "v1"): Promise<Answer[]> {
    async function* all(): AsyncGenerator<Answer> {
      for (const request of requests) yield { host: "here", ...request };
    }
    const answers: Answer[] = [];
    const stream = call(`grpc.reflection.${version}.ServerReflection`, "ServerReflectionInfo")(all());
    for await (const answer of stream as AsyncIterable<Answer>) answers.push(answer);
    return answers;
  }

  async function one(request: Answer): Promise<Answer> {
    return (await ask([request]))[0] as Answer;
  }

  function filesOf(answer: Answer): string[] {
    const { fileDescriptorProto } = answer["fileDescriptorResponse"] as { fileDescriptorProto: Uint8Array[] };
    return fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
  }

  it("stand beside what is served, once for a host, and leave what is served by their names alone", async () => {
    expect(host.services.slice(-3).map(({ contract }) => contract.name)).to.deep.equal([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
    ]);
    const own = defineService("grpc.health.v1.Health", {}, { mine: rpc({}) });
    const handler = await createHandler({ services: [implement(own, { mine: async () => {} })] });
    expect(withStandardServices(handler.host)).to.equal(withStandardServices(handler.host));
    const found = withStandardServices(handler.host).find("grpc.health.v1.Health");
    expect(found).to.equal(handler.host.find("grpc.health.v1.Health"));
  });

  it("are none where the server tells neither its health nor its contracts", async () => {
    const { host: bare } = await createHandler({ services: [shop()], health: false, reflection: false });
    expect(withStandardServices(bare)).to.equal(bare);
    const { host: told } = await createHandler({ services: [shop()], reflection: false });
    expect(
      withStandardServices(told)
        .services.map(({ contract }) => contract.name)
        .slice(-1),
    ).to.deep.equal(["grpc.health.v1.Health"]);
  });

  describe("health", () => {
    it("says how a service and the server fare", async () => {
      expect(await check("")).to.deep.equal({ status: "SERVING" });
      expect(await check("suite.Shop")).to.deep.equal({ status: "SERVING" });
      server.health.set("NOT_SERVING", Shop);
      expect(await check("suite.Shop")).to.deep.equal({ status: "NOT_SERVING" });
      expect(await call("grpc.health.v1.Health", "List")({})).to.deep.equal({
        statuses: {
          "": { status: "SERVING" },
          "suite.Shop": { status: "NOT_SERVING" },
          "suite.Untyped": { status: "SERVING" },
        },
      });
      server.health.set("SERVING", Shop);
    });

    it("does not know a service that is not there", async () => {
      const error = await check("suite.Other").catch((thrown) => thrown);
      expect(error).to.include({ code: "NOT_FOUND" });
    });

    it("tells of changes", async () => {
      const watch = call("grpc.health.v1.Health", "Watch")({ service: "suite.Shop" }) as AsyncIterable<Answer>;
      const told: unknown[] = [];
      for await (const { status } of watch) {
        told.push(status);
        if (told.length === 3) break;
        server.health.set(status === "SERVING" ? "NOT_SERVING" : "SERVING", Shop);
      }
      expect(told).to.deep.equal(["SERVING", "NOT_SERVING", "SERVING"]);
      for await (const { status } of call(
        "grpc.health.v1.Health",
        "Watch",
      )({ service: "no" }) as AsyncIterable<Answer>) {
        expect(status).to.equal("SERVICE_UNKNOWN");
        break;
      }
    });
  });

  describe("reflection", () => {
    it("lists the services, in both versions", async () => {
      const names = [
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
        "suite.Shop",
        "suite.Untyped",
        "trunkline.Contracts",
        "trunkline.Health",
      ];
      for (const version of ["v1", "v1alpha"]) {
        const [answer] = await ask([{ listServices: "" }], version);
        expect(answer).to.deep.equal({
          validHost: "here",
          originalRequest: { host: "here", listServices: "" },
          listServicesResponse: { service: names.map((name) => ({ name })) },
        });
      }
    });

    it("tells files by their names, and by what is in them", async () => {
      const symbols = [
        "suite.Shop",
        "suite.Shop.place",
        "suite.Order",
        "suite.Order.note",
        "suite.PricesMessage",
        "suite.Shop.pricesSubscribe",
      ];
      const answers = await ask([
        { fileByFilename: "suite/Shop.proto" },
        ...symbols.map((fileContainingSymbol) => ({ fileContainingSymbol })),
      ]);
      for (const answer of answers) expect(filesOf(answer)).to.deep.equal(["suite/Shop.proto"]);
      const others: [string, string][] = [
        ["grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto"],
        ["grpc.health.v1.HealthCheckResponse.NOT_SERVING", "grpc/health/v1/health.proto"],
        ["grpc.health.v1.HealthListResponse.StatusesEntry", "grpc/health/v1/health.proto"],
        ["grpc.reflection.v1.ServerReflectionRequest.message_request", "grpc/reflection/v1/reflection.proto"],
        ["google.protobuf.Value.kind", "google/protobuf/struct.proto"],
        ["google.protobuf.NULL_VALUE", "google/protobuf/struct.proto"],
        ["trunkline.Health.check", "trunkline/Health.proto"],
      ];
      for (const [symbol, file] of others)
        expect(filesOf(await one({ fileContainingSymbol: symbol })), symbol).to.deep.equal([file]);
    });

    it("tells with a file what it imports, once in a stream", async () => {
      const At = defineService("at.Clock", {}, { now: rpc({ returns: t.timestamp }) });
      const clock = implement(At, { now: async () => new Date(0) });
      const transports = [standard()];
      await using server = await serve({ services: [clock], listen: ["memory://clock"], transports });
      await using client = await connect({ endpoints: server.endpoints, transports });
      const found = host.find("grpc.reflection.v1.ServerReflection") as ServedService;
      const reflection = (await client.refer(found.contract as never, { codec: "protobuf" })) as unknown as {
        ServerReflectionInfo(requests: AsyncIterable<Answer>): AsyncIterable<Answer>;
      };
      async function* requests(): AsyncGenerator<Answer> {
        yield { host: "", fileContainingSymbol: "at.Clock" };
        yield { host: "", fileContainingSymbol: "at.NowResponse" };
      }
      const told: string[][] = [];
      for await (const answer of reflection.ServerReflectionInfo(requests())) told.push(filesOf(answer));
      expect(told).to.deep.equal([["at/Clock.proto", "google/protobuf/timestamp.proto"], ["at/Clock.proto"]]);
    });

    it("tells files of which another registry can be made", async () => {
      const names = [
        "suite/Shop.proto",
        "trunkline/Contracts.proto",
        "trunkline/Health.proto",
        "grpc/health/v1/health.proto",
        "grpc/reflection/v1/reflection.proto",
        "grpc/reflection/v1alpha/reflection.proto",
      ];
      const answers = await ask(names.map((fileByFilename) => ({ fileByFilename })));
      const bytes = answers.flatMap(
        (answer) => (answer["fileDescriptorResponse"] as { fileDescriptorProto: Uint8Array[] }).fileDescriptorProto,
      );
      const file = bytes.map((one) => fromBinary(FileDescriptorProtoSchema, one));
      const registry = createFileRegistry({ $typeName: FileDescriptorSetSchema.typeName, file });
      expect(registry.getService("grpc.health.v1.Health")?.methods.map(({ name }) => name)).to.deep.equal([
        "Check",
        "List",
        "Watch",
      ]);
      const request = registry.getMessage("grpc.reflection.v1.ServerReflectionRequest");
      expect(request?.oneofs.map(({ name, fields }) => [name, fields.length])).to.deep.equal([["message_request", 5]]);
      expect(registry.getMessage("grpc.health.v1.HealthCheckResponse")?.fields[0]?.enum?.typeName).to.equal(
        "grpc.health.v1.HealthCheckResponse.ServingStatus",
      );
      // What the types of the service say is what the files say.
      for (const name of ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"]) {
        const { contract } = host.find(name) as {
          contract: { methods: readonly { request: { fields: readonly object[] } }[] };
        };
        const first = registry.getService(name)?.methods[0]?.input;
        const ours = contract.methods[0] as unknown as { request: Fields; upstream?: { type: Fields } };
        const { fields } = ours.upstream?.type ?? ours.request;
        expect(fields.map(({ name, number }) => `${name} ${number}`)).to.deep.equal(
          first?.fields.map(({ localName, number }) => `${localName} ${number}`),
        );
      }
    });

    it("knows no extensions", async () => {
      expect((await one({ allExtensionNumbersOfType: "suite.Order" }))["allExtensionNumbersResponse"]).to.deep.equal({
        baseTypeName: "suite.Order",
        extensionNumber: [],
      });
      for (const request of [
        { allExtensionNumbersOfType: "suite.None" },
        { allExtensionNumbersOfType: "suite.Shop" },
        { fileContainingExtension: { containingType: "suite.Order", extensionNumber: 5 } },
      ])
        expect(((await one(request))["errorResponse"] as Answer)["errorCode"], JSON.stringify(request)).to.equal(5);
    });

    it("says what is not there, or cannot be said in Protobuf, and goes on", async () => {
      const answers = await ask([
        { fileByFilename: "no.proto" },
        { fileContainingSymbol: "suite.None" },
        { fileContainingSymbol: "__proto__" },
        { fileContainingSymbol: "x".repeat(10_000) },
        { fileContainingSymbol: "suite.Untyped" },
        {},
        { listServices: "" },
      ]);
      const errors = answers.map((answer) => (answer["errorResponse"] as Answer | undefined)?.["errorCode"]);
      expect(errors).to.deep.equal([5, 5, 5, 5, 5, 3, undefined]);
      expect(
        (answers[3]?.["errorResponse"] as { errorMessage: string } | undefined)?.errorMessage,
      ).to.have.length.below(300);
    });
  });
});

interface Fields {
  readonly fields: readonly { readonly name: string; readonly number: number }[];
}
