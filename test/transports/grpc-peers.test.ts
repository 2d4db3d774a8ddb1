import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { expect } from "chai";
import { protobuf } from "../../codecs/protobuf/index.ts";
import { decodeStatus } from "../../codecs/protobuf/status.ts";
import { type RpcServer, serve, t } from "../../index.ts";
import { OutOfStock, shop } from "./suite/contract.ts";

const same = (bytes: Buffer): Buffer => bytes;

/** What a client of nothing but grpc-js sees of a service on `grpc://`. */
describe("grpc, as a bare client sees it", () => {
  let server: RpcServer;
  let client: Client;
  beforeEach(async () => {
    server = await serve({
      services: [
        shop({
          read: async (key, ctx) => {
            ctx.setReplyMetadata({ "x-tag": ["a", "b"], "x-bytes-bin": new Uint8Array([1, 2]) });
            ctx.setTrailers({ rows: "1" });
            return `${key} ${ctx.metadata["x-one"]} ${ctx.metadata["authorization"]}`;
          },
          place: async () => {
            throw new OutOfStock({ sku: "a", left: 2 }, { message: "none left", metadata: { hint: "later" } });
          },
        }),
      ],
      listen: ["grpc://127.0.0.1:0"],
      partial: true,
    });
    const { host } = new URL(String(server.endpoints[0]).replace(/^grpc/, "http"));
    client = new Client(host, credentials.createInsecure());
    await new Promise<void>((resolve, reject) =>
      client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve())),
    );
  });
  afterEach(() => {
    client.close();
    server.destroy();
  });

  /** The reply and what came beside it, or the error. */
  function call(path: string, request: Uint8Array, metadata = new Metadata()) {
    const heard: { head?: Metadata; trailers?: Metadata } = {};
    return new Promise<typeof heard & { reply?: Buffer; error?: ServiceError }>((resolve) => {
      const made = client.makeUnaryRequest(path, same, same, Buffer.from(request), metadata, (error, reply) =>
        setImmediate(() => resolve(error ? { ...heard, error } : { ...heard, reply: reply as Buffer })),
      );
      made.on("metadata", (head) => Object.assign(heard, { head }));
      made.on("status", ({ metadata: trailers }) => Object.assign(heard, { trailers }));
    });
  }

  const Text = t.struct("suite.Text", { text: t.string });
  const text = protobuf().compile(Text, Text);
  const written = (value: string): Uint8Array => Buffer.concat([Buffer.from([10, value.length]), Buffer.from(value)]);

  it("finds methods with either first letter, and metadata as headers and trailers", async () => {
    const metadata = new Metadata();
    metadata.set("x-one", "1");
    metadata.set("authorization", "Bearer secret");
    for (const path of ["/suite.Shop/read", "/suite.Shop/Read"]) {
      const { reply, head, trailers } = await call(path, written("k"), metadata);
      // Credentials are for authenticate alone.
      expect(text.decode(reply as Buffer, 0, (reply as Buffer).length)).to.deep.equal({
        text: "k 1 undefined",
      });
      expect(head?.get("x-tag")).to.deep.equal(["a, b"]);
      expect(head?.get("x-bytes-bin")).to.deep.equal([Buffer.from([1, 2])]);
      expect(trailers?.get("rows")).to.deep.equal(["1"]);
    }
  });

  it("gets a declared error as a detail of its name, in grpc-status-details-bin", async () => {
    const { error } = await call("/suite.Shop/place", Buffer.from([10, 0]));
    expect(error).to.include({ code: status.FAILED_PRECONDITION, details: "none left" });
    expect(error?.metadata.get("hint")).to.deep.equal(["later"]);
    const [bytes] = error?.metadata.get("grpc-status-details-bin") ?? [];
    const { code, message, details } = decodeStatus(bytes as Buffer);
    expect([code, message, details.map(({ type }) => type)]).to.deep.equal([9, "none left", ["suite.OutOfStock"]]);
  });

  it("hears what is wrong with a request: a service, a method, bytes, a codec", async () => {
    const codec = new Metadata();
    codec.set("trunkline-codec", "none");
    const wrong = [
      ["/suite.None/read", status.UNIMPLEMENTED, /suite\.None is not served here; this server has suite\.Shop/],
      ["/suite.Shop/none", status.UNIMPLEMENTED, /has no suite\.Shop\.none/],
      ["/suite.Shop/read", status.UNIMPLEMENTED, /the server has no codec none/, codec],
    ] as const;
    for (const [path, code, message, metadata] of wrong) {
      const { error } = await call(path, written("k"), metadata);
      expect(error?.code).to.equal(code);
      expect(error?.details).to.match(message);
    }
    const { error } = await call("/suite.Shop/read", Buffer.from([255]));
    expect(error?.code).to.equal(status.INVALID_ARGUMENT);
  });

  it("may ask how the server fares, by gRPC's own health service", async () => {
    const { reply } = await call("/grpc.health.v1.Health/Check", written("suite.Shop"));
    expect([...(reply as Buffer)]).to.deep.equal([8, 1]);
    const { error } = await call("/grpc.health.v1.Health/Check", written("suite.None"));
    expect(error?.code).to.equal(status.NOT_FOUND);
  });

  for (const version of ["v1", "v1alpha"]) {
    it(`may list its services by reflection, ${version}`, async () => {
      const listed = await new Promise<Buffer>((resolve, reject) => {
        const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
        const made = client.makeBidiStreamRequest(path, same, same);
        made.once("data", resolve);
        made.once("error", reject);
        // list_services: 7
        made.write(Buffer.from([58, 0]));
        made.end();
      });
      expect(listed.toString("latin1")).to.contain("suite.Shop").and.contain("grpc.health.v1.Health");
    });
  }
});
