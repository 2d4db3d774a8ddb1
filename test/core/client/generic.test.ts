import { expect } from "chai";
import { Contracts } from "../../../core/contract/contracts.ts";
import {
  arg,
  connect,
  defineService,
  type Generic,
  type Interceptor,
  implement,
  RpcError,
  type RpcServer,
  rpc,
  serve,
  t,
  topic,
} from "../../../index.ts";
import { memoryRegistry } from "../../../registry/memory.ts";

let count = 0;
const freshUrl = (): string => `memory://generic-${++count}`;

async function failure(action: Promise<unknown>): Promise<RpcError> {
  const error = await action.then(
    (value) => new Error(`it resolved to ${String(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!RpcError.is(error)) throw error;
  return error;
}

/** Says which version it is. */
function versioned(version: string, group = "") {
  const contract = defineService("gen.S", { version, group }, { which: rpc({ returns: t.string }) });
  return implement(contract, { which: async () => `${version} ${group}`.trim() });
}

/** A server that tells what the test wants instead of a contract. */
async function telling(get: (known: string | undefined) => { tag: string; contract?: string }): Promise<RpcServer> {
  return serve({
    services: [versioned("1.0.0"), implement(Contracts, { list: () => [], get: (_s, _v, _g, known) => get(known) })],
    listen: [freshUrl()],
    onError: () => {},
  });
}

async function replies(generic: Generic): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const reply of generic.multicast("which")) all.push(reply);
  return all;
}

describe("client.generic", () => {
  it("calls the highest version of a service unless it is told another, and a group only where it is named", async () => {
    const services = [versioned("1.9.0"), versioned("10.0.0"), versioned("2.0.0"), versioned("3.0.0", "blue")];
    await using server = await serve({ services, listen: [freshUrl()] });
    await using client = await connect({ endpoints: server.endpoints });
    const which = async (options: object): Promise<unknown> => (await client.generic("gen.S", options)).call("which");
    expect(await which({})).to.equal("10.0.0");
    expect(await which({ version: "1.0.0" })).to.equal("1.9.0");
    expect(await which({ group: "blue" })).to.equal("3.0.0 blue");
    const error = await failure(client.generic("gen.S", { version: "4.0.0", group: "blue" }));
    expect(`${error.code}: ${error.message}`).to.equal(
      "NOT_FOUND: contracts: gen.S 4.0.0 (group blue) is not served here",
    );
  });

  it("finds the instances of the service in a registry, which knows nothing of what tells contracts", async () => {
    const registry = memoryRegistry();
    await using _server = await serve({ services: [versioned("2.1.0")], listen: [freshUrl()], registry });
    await using client = await connect({ registry });
    const generic = await client.generic("gen.S");
    expect(await generic.call("which")).to.equal("2.1.0");
    expect(await (await client.generic("gen.S", { version: "2.0.0" })).call("which")).to.equal("2.1.0");
  });

  it("refuses what is no contract, is that of another service, or is beyond its limits", async () => {
    const told = JSON.stringify({
      trunkline: "contract/1",
      name: "gen.Other",
      version: "1.0.0",
      members: [],
      types: {},
    });
    const wrong: [string, object, string][] = [
      ["{", {}, "INVALID_ARGUMENT: the description of the contract is malformed: "],
      ["[]", {}, "INVALID_ARGUMENT: the description of the contract is malformed: it: expected an object, got []"],
      [told.replace("[]", '[{"kind":"oneway","name":"a"}]'), {}, "malformed: expected gen.S, got gen.Other"],
      [`"${"x".repeat(1_100_000)}"`, {}, "RESOURCE_EXHAUSTED: the peer's contract is too large: it has 1100002 bytes"],
      [told, { limits: { maxContractBytes: 20 } }, "over maxContractBytes (20)"],
      [
        JSON.stringify(Array.from({ length: 200_000 }, () => [])),
        {},
        "RESOURCE_EXHAUSTED: the peer's contract is too large",
      ],
    ];
    for (const [contract, options, message] of wrong) {
      await using server = await telling(() => ({ tag: "t", contract }));
      await using client = await connect({ endpoints: server.endpoints });
      const error = await failure(client.generic("gen.S", options));
      expect(`${error.code}: ${error.message}`).to.include(message);
      expect(
        (
          await failure(
            client.generic("gen.S", { limits: { maxContractType: 1 } as never }).catch((thrown: unknown) => {
              throw RpcError.from(thrown, String(thrown));
            }),
          )
        ).message,
      ).to.include("generic: limits: unknown option maxContractType; did you mean maxContractTypes?");
    }
  });

  it("goes through the client's interceptors, and has the options of refer", async () => {
    await using server = await serve({ services: [versioned("1.0.0")], listen: [freshUrl()] });
    const seen: string[] = [];
    const spy: Interceptor = (next) => (call) => {
      seen.push(`${call.service}.${call.method.name}`);
      return next(call);
    };
    await using client = await connect({ endpoints: server.endpoints, interceptors: [spy] });
    const generic = await client.generic("gen.S", { codec: "avro", transport: "memory" });
    await generic.call("which");
    expect(seen).to.deep.equal(["trunkline.Contracts.get", "gen.S.which"]);
    const wrong = await failure(
      client.generic("gen.S", { check: true } as never).catch((thrown: unknown) => {
        throw RpcError.from(thrown, String(thrown));
      }),
    );
    expect(wrong.message).to.include("generic: unknown option check");
  });

  it("leaves nothing behind where it fails, is given up or the client is closed", async () => {
    await using client = await connect({ endpoints: [freshUrl()] });
    const signal = AbortSignal.abort(new Error("enough"));
    expect((await failure(client.generic("gen.S", { signal }))).code).to.equal("CANCELLED");
    expect((await failure(client.generic("gen.S"))).code).to.equal("UNAVAILABLE");
    await client.close();
    expect((await failure(client.generic("gen.S"))).message).to.include("the client is closed");
  });

  it("takes untyped methods as they are", async () => {
    const Free = defineService("gen.Free", {}, { echo: rpc() });
    const free = implement(Free, { echo: async (...args: unknown[]) => args });
    await using server = await serve({ services: [free], listen: [freshUrl()] });
    await using client = await connect({ endpoints: server.endpoints });
    for (const json of [false, true]) {
      const generic = await client.generic("gen.Free", { json });
      expect(await generic.call("echo", [1, { a: [2] }])).to.deep.equal([1, { a: [2] }]);
      expect((await failure(generic.call("echo", { a: 1 }))).message).to.include("gen.Free.echo has no types");
    }
  });

  it("says what is wrong with a call", async () => {
    const One = defineService("gen.One", {}, { one: rpc({ params: [arg("n", t.int32)] }), news: topic(t.string) });
    await using server = await serve({ services: [implement(One, { one: async () => {} })], listen: [freshUrl()] });
    await using client = await connect({ endpoints: server.endpoints });
    const generic = await client.generic("gen.One", { json: true });
    const wrong: [() => Promise<unknown>, string][] = [
      [() => generic.call("one", [1, 2]), "gen.One.one: takes 1 arguments, got 2"],
      [() => generic.call("one", ["x"]), 'gen.One.one: n: expected int32, got "x"'],
      [() => generic.call("one", []), "gen.One.one: n: expected int32, got undefined"],
      [() => generic.call("one", [1], { timeoutMS: 5 } as never), "one.with: unknown option timeoutMS"],
      [() => generic.publish("news", 5), "value: expected string, well-formed Unicode, got 5"],
      [() => generic.stream("one").next(), 'gen.One.one is no stream; call it with call("one")'],
      [() => generic.subscribe("olds", () => {}), "gen.One has no topic olds; it has news"],
    ];
    for (const [action, message] of wrong) {
      const text = await action().then(String, (thrown: Error) => thrown.message);
      expect(text).to.include(message);
    }
  });

  it("has a contract sent and read once, and again when it is another", async () => {
    const contract = (fields: object) =>
      JSON.stringify({ trunkline: "contract/1", name: "gen.S", version: "1.0.0", types: {}, ...fields });
    const first = contract({ members: [{ kind: "rpc", name: "which", type: "string" }] });
    const second = contract({ members: [{ kind: "rpc", name: "which", type: "string", idempotent: true }] });
    const asked: (string | undefined)[] = [];
    let text = first;
    await using server = await telling((known) => {
      asked.push(known);
      return known === text ? { tag: text } : { tag: text, contract: text };
    });
    await using client = await connect({ endpoints: server.endpoints });
    const one = await client.generic("gen.S");
    expect((await client.generic("gen.S")).contract).to.equal(one.contract);
    text = second;
    const other = await client.generic("gen.S");
    expect(other.contract.methods[0]?.idempotent).to.equal(true);
    expect(asked).to.deep.equal([undefined, first, first]);
    // What it does not know it asks for, and finds that the contract is another.
    expect((await failure(one.call("what"))).message).to.equal("gen.S has no method what; it has which");
    expect(one.contract.methods[0]?.idempotent).to.equal(true);
  });

  it("goes to the highest version as instances come, and stays while one has it", async () => {
    const registry = memoryRegistry();
    const start = (version: string): Promise<RpcServer> =>
      serve({ services: [versioned(version)], listen: [freshUrl()], registry, instance: version });
    const servers = [await start("1.1.0")];
    await using client = await connect({ registry });
    const generic = await client.generic("gen.S", { version: "1.0.0" });
    const versionAfter = async (): Promise<string> => {
      // Asks whether there is another.
      await failure(generic.call("what"));
      return generic.contract.version;
    };
    for (const [version, expected] of [
      ["1.3.0", "1.3.0"],
      ["1.2.0", "1.3.0"],
    ] as const) {
      servers.push(await start(version));
      while ((await replies(generic)).length < servers.length);
      expect(await versionAfter()).to.equal(expected);
    }
    await servers[1]?.close();
    while ((await replies(generic)).length > 2);
    expect(await versionAfter()).to.equal("1.2.0");
    for (const server of servers) await server.close();
  });

  it("describes what is said of a service in words", async () => {
    const Order = t.struct("gen.Order", { id: t.int64 });
    const docs = { "gen.Doc": "Takes orders.", "gen.Doc.place": "Places one.", "gen.Order.id": "By the shop." };
    const Doc = defineService("gen.Doc", { docs }, { place: rpc({ params: [arg("order", Order)] }) });
    const Bare = defineService("gen.Doc", {}, { place: rpc({ params: [arg("order", Order)] }) });
    expect(Doc.fingerprint).to.equal(Bare.fingerprint);
    await using server = await serve({ services: [implement(Doc, { place: async () => {} })], listen: [freshUrl()] });
    await using client = await connect({ endpoints: server.endpoints });
    const generic = await client.generic("gen.Doc");
    expect(generic.contract.docs).to.deep.equal(docs);
    expect(generic.describe()).to.deep.include({ docs, name: "gen.Doc" });
    expect(() => defineService("gen.Doc", { docs: { a: 1 } as never }, {})).to.throw(
      TypeError,
      "service gen.Doc: docs: expected an object of texts",
    );
  });
});
