import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { create, createFileRegistry, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { type ConnectRouter, createClient } from "@connectrpc/connect";
import {
  connectNodeAdapter,
  createConnectTransport,
  createGrpcTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { expect } from "chai";
import { protoDescriptorSet, protoText } from "../../../codecs/protobuf/index.ts";
import { wireName } from "../../../core/contract/wire-name.ts";
import {
  type Client,
  connect,
  contractOf,
  defineService,
  type Infer,
  implement,
  rpc,
  serve,
  t,
} from "../../../index.ts";
import { mock } from "../../../mock.ts";
import * as kinds from "../schema/kinds-pb.ts";

const { Kinds } = kinds;

/** Its lists, all empty. */
const empty = Object.fromEntries(kinds.ListsSchema.fields.map(({ localName }) => [localName, []])) as unknown as Infer<
  typeof kinds.ListsSchema
>;

const implementation = implement(Kinds, {
  echo: async (all) => all,
  ping: async () => ({}),
  watch: async function* (tree) {
    for (const { name } of tree.children) yield { text: name };
  },
  collect: async (choices) => {
    const string: string[] = [];
    for await (const { text } of choices) string.push(text ?? "");
    return { ...empty, string };
  },
  chat: async function* (mixed) {
    for await (const one of mixed) yield { ...one, card: `${one.card}!` };
  },
});
const tree = (name: string, ...children: string[]): kinds.Tree =>
  create(kinds.TreeSchema, { name, children: children.map((name) => ({ name })) });

/** What both implementations must answer alike. */
async function talk(client: Client<typeof Kinds>): Promise<unknown> {
  const plain = { name: "", children: [], named: {} };
  const watched: unknown[] = [];
  for await (const choice of client.watch({ ...plain, children: ["a", "b"].map((name) => ({ ...plain, name })) }))
    watched.push(choice.text);
  const collected = await client.collect(
    (async function* () {
      yield { text: "x" };
      yield { text: "y" };
    })(),
  );
  return [watched, collected.string, await client.ping({})];
}

const answers = [["a", "b"], ["x", "y"], {}];

describe("a contract from a generated service", () => {
  it("has the methods of the service, called as in TypeScript and on wires as in the file", () => {
    const contract = contractOf(Kinds);
    expect(contractOf(Kinds)).to.equal(contract);
    expect(contract.name).to.equal("kinds.Kinds");
    const told = contract.methods.map((method) => [
      method.name,
      wireName(contract, method),
      method.kind,
      method.streamParam,
      method.idempotent,
      method.request.name,
    ]);
    expect(told).to.deep.equal([
      ["echo", "Echo", "unary", -1, false, "kinds.All"],
      ["ping", "Ping", "unary", -1, true, "google.protobuf.Empty"],
      ["watch", "Watch", "stream", -1, false, "kinds.Tree"],
      ["collect", "Collect", "unary", 0, false, "kinds.Kinds.CollectRequest"],
      ["chat", "Chat", "stream", 0, false, "kinds.Kinds.ChatRequest"],
    ]);
    expect(protoText(contract)).to.include("rpc Watch(Tree) returns (stream Choice);");
  });

  it("only reads where the service says so", () => {
    const Reads = defineService("a.Reads", {}, { get: rpc({ returns: t.bool, noSideEffects: true }), put: rpc({}) });
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, protoDescriptorSet(contractOf(Reads))));
    const contract = contractOf(registry.getService("a.Reads") as never);
    expect(contract.methods.map(({ noSideEffects, idempotent }) => [noSideEffects, idempotent])).to.deep.equal([
      [true, true],
      [false, false],
    ]);
  });

  it("says what is wrong with handlers", () => {
    expect(() => implement(Kinds, { Echo: async () => ({}) } as never)).to.throw("has no method Echo");
  });

  it("can be mocked", async () => {
    await using client = await mock(Kinds, { ping: async () => ({}) });
    expect(await client.ping({})).to.deep.equal({});
  });

  it("is served and called over TCP, in every codec", async () => {
    await using server = await serve({ services: [implementation], listen: ["tcp://127.0.0.1:0"] });
    await using client = await connect({ endpoints: server.endpoints });
    for (const codec of ["protobuf", "json", "msgpack", "avro", "hessian2"])
      expect(await talk(await client.refer(Kinds, { codec })), codec).to.deep.equal(answers);
  });

  for (const protocol of ["Connect", "gRPC"] as const) {
    it(`serves connect-node, which has the same descriptor, over ${protocol}`, async () => {
      await using server = await serve({ services: [implementation], listen: ["http://127.0.0.1:0"] });
      const baseUrl = server.endpoints[0] as string;
      const sessionManager = new Http2SessionManager(baseUrl, { idleConnectionTimeoutMs: 50 });
      const transport =
        protocol === "gRPC"
          ? createGrpcTransport({ baseUrl, sessionManager })
          : createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: false, sessionManager });
      const theirs = createClient(Kinds, transport);
      const all: MessageInitShape<typeof kinds.AllSchema> = {
        tree: tree("root", "leaf"),
        wellKnown: { duration: { seconds: 5n }, struct: { a: [1, null] } },
      };
      const echoed = await theirs.echo(all);
      expect(toBinary(kinds.AllSchema, echoed)).to.deep.equal(toBinary(kinds.AllSchema, create(kinds.AllSchema, all)));
      const watched: string[] = [];
      for await (const { choice } of theirs.watch(tree("", "a", "b"))) watched.push(String(choice.value));
      expect(watched).to.deep.equal(["a", "b"]);
      sessionManager.abort();
    });
  }

  it("calls connect-node, by the names of the file", async () => {
    const routes = (router: ConnectRouter): unknown =>
      router.service(Kinds, {
        echo: (all) => all,
        ping: () => ({}),
        watch: async function* ({ children }) {
          for (const { name } of children) yield { choice: { case: "text" as const, value: name } };
        },
        collect: async (choices) => {
          const string: string[] = [];
          for await (const { choice } of choices) string.push(String(choice.value));
          return { string };
        },
      });
    const server = createServer(connectNodeAdapter({ routes: routes as never }));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const client = await connect({ endpoints: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`] });
    for (const codec of ["protobuf", "json"])
      expect(await talk(await client.refer(Kinds, { codec })), codec).to.deep.equal(answers);
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
