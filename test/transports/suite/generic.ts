import { expect } from "chai";
import {
  arg,
  Contracts,
  defineService,
  type Generic,
  implement,
  printContract,
  RpcError,
  rpc,
  t,
} from "../../../index.ts";
import { OutOfStock, order, Shop, shop } from "./contract.ts";
import { collect, type Fixture, refused, signal } from "./fixture.ts";

const codecs = ["json", "msgpack", "protobuf", "avro", "hessian2"] as const;

/** Calls by a contract that the caller never saw before. */
export function genericSuite(fixture: () => Fixture): void {
  const open = async (given: Parameters<typeof shop>[0] = {}, options: object = {}): Promise<Generic> => {
    const { client } = await fixture().pair(shop(given));
    return client.generic("suite.Shop", options);
  };

  describe("a generic call", () => {
    it("is needed where a client knows no types: the same method without them is not called", async () => {
      const { client } = await fixture().pair(shop());
      const Untyped = defineService("suite.Shop", { version: "1.2.0" }, { read: rpc() });
      const untyped = await client.refer(Untyped, { codec: "json" });
      await refused(untyped.read("k"), "UNIMPLEMENTED");
      const generic = await client.generic("suite.Shop");
      expect(await generic.call("read", ["k"])).to.equal("value of k");
    });

    for (const codec of codecs) {
      it(`carries every pattern by ${codec}, with the values of a typed client`, async () => {
        const noted = signal<string>();
        const { client } = await fixture().pair(shop({ audit: (line) => noted.resolve(line) }));
        const generic = await client.generic("suite.Shop", { codec });
        expect(await generic.call("place", [{ ...order, note: "n" }, true])).to.equal(7n);
        expect(await generic.call("echo", [order])).to.deep.equal(order);
        expect(await generic.call("nothing")).to.equal(undefined);
        await generic.call("audit", ["line"]);
        expect(await noted.promise).to.equal("line");
        expect(await collect(generic.stream("count", [3]))).to.deep.equal([0, 1, 2]);
        const words = async function* (): AsyncGenerator<string> {
          yield "a";
          yield "b";
        };
        expect(await collect(generic.stream("upper", [words()]))).to.deep.equal(["A", "B"]);
        const said = await generic.call("steps", [2, async (step: number) => `step ${step}`]);
        expect(said).to.deep.equal(["step 0", "step 1"]);
        const seen = signal<unknown>();
        await using _subscription = await generic.subscribe("prices", (price, { key }) => seen.resolve([price, key]));
        await generic.publish("prices", { sku: "a", cents: 5 }, { key: "eu" });
        expect(await seen.promise).to.deep.equal([{ sku: "a", cents: 5 }, "eu"]);
      });
    }

    it("describes the service as its server declared it", async () => {
      const generic = await open();
      expect(generic.contract).to.include({ name: "suite.Shop", version: "1.2.0", fingerprint: Shop.fingerprint });
      expect(JSON.parse(JSON.stringify(printContract(generic.contract)))).to.deep.equal(
        JSON.parse(JSON.stringify(printContract(Shop))),
      );
      expect(generic.contract.methods.find(({ name }) => name === "read")?.idempotent).to.equal(true);
    });

    it("takes its arguments by the names of its parameters", async () => {
      const generic = await open();
      expect(await generic.call("place", { dry: true, order })).to.equal(7n);
      await refused(
        generic.call("place", { order, wet: true }),
        "INVALID_ARGUMENT",
        /suite\.Shop\.place: no parameter is called wet; its parameters are order, dry/,
      );
    });

    it("is refused before it is sent where it does not fit, with the path", async () => {
      const generic = await open();
      const wrong = { ...order, items: [{ sku: "a", qty: "2" }] };
      await refused(
        generic.call("place", [wrong, true]),
        "INVALID_ARGUMENT",
        /^suite\.Shop\.place: order\.items\[0\]\.qty: expected int32, got "2"$/,
      );
      await refused(generic.call("plaice", []), "INVALID_ARGUMENT", /suite\.Shop has no method plaice; .*place, echo/);
      await refused(generic.call("count", [1]), "INVALID_ARGUMENT", /suite\.Shop\.count is a stream; .*stream/);
      await refused(collect(generic.stream("read", ["k"])), "INVALID_ARGUMENT", /suite\.Shop\.read is no stream/);
      await refused(generic.publish("price", {}), "INVALID_ARGUMENT", /suite\.Shop has no topic price; it has prices/);
    });

    it("fails with the declared error, by its name and with its fields", async () => {
      const generic = await open({
        place: () => {
          throw new OutOfStock({ sku: "a", left: 3 }, { details: { tried: 1 } });
        },
      });
      const error = await refused(generic.call("place", [order, false]), "FAILED_PRECONDITION");
      expect(error).to.include({ name: "suite.OutOfStock", sku: "a", left: 3 });
      expect(error.details).to.deep.equal({ tried: 1 });
      expect(RpcError.is(error)).to.equal(true);
    });

    it("has the options of every call, and futures", async () => {
      const generic = await open({ wait: () => new Promise(() => {}) });
      const metadata = { tenant: "a" };
      expect(await generic.call("context", [], { metadata })).to.deep.include(metadata);
      await refused(generic.call("wait", ["k"], { timeoutMs: 20 }), "DEADLINE_EXCEEDED");
      const future = generic.future("read", ["k"]);
      expect(await future).to.equal("value of k");
      const never = generic.future("wait", ["k"]);
      never.cancel();
      await refused(never, "CANCELLED");
      const replies = await collect(generic.multicast("read", ["k"]));
      expect(replies.map((reply) => reply.ok && reply.value)).to.deep.equal(["value of k"]);
    });
  });

  describe("a generic call in JSON", () => {
    const Kind = t.enums("json.Kind", ["small", "large"]);
    const All = t.struct("json.All", {
      id: t.int64,
      at: t.timestamp,
      bytes: t.bytes,
      pay: t.union("json.Pay", { card: t.int64, cash: t.decimal }),
      kind: Kind,
      limits: t.map(t.int64),
      ratio: t.float64,
      note: t.optional(t.string),
      qty: t.default(t.int32, 1),
    });
    const Store = defineService(
      "json.Store",
      {},
      {
        same: rpc({ params: [arg("all", All), arg("at", t.optional(t.timestamp))], returns: All }),
        each: rpc({ params: [arg("tell", t.callback([arg("at", t.timestamp)], t.int64))], returns: t.list(t.int64) }),
        sum: rpc({ params: [arg("numbers", t.stream(t.int64))], returns: t.int64 }),
      },
    );
    const store = implement(Store, {
      same: async (all) => all,
      each: async (tell) => [await tell(new Date(0))],
      sum: async (numbers) => {
        let sum = 0n;
        for await (const number of numbers) sum += number;
        return sum;
      },
    });
    const text = {
      id: "9007199254740993",
      at: "2024-02-29T12:34:56.789Z",
      bytes: "AP8=",
      pay: { card: "5" },
      kind: "large",
      limits: { a: "1" },
      ratio: "NaN",
    };

    it("takes and gives what JSON can say", async () => {
      const { client } = await fixture().pair(shop(), { serve: { services: [shop(), store] } });
      const generic = await client.generic("json.Store", { json: true });
      expect(await generic.call("same", { all: text })).to.deep.equal({ ...text, qty: 1 });
      expect(await generic.call("same", [{ ...text, note: null, id: 5 }])).to.deep.equal({ ...text, id: "5", qty: 1 });
      expect(await generic.call("each", { tell: (at: string) => String(Date.parse(at) + 5) })).to.deep.equal(["5"]);
      const numbers = async function* (): AsyncGenerator<string> {
        yield "1";
        yield "2";
      };
      expect(await generic.call("sum", [numbers()])).to.equal("3");
      await refused(
        generic.call("same", { all: { ...text, at: "yesterday" } }),
        "INVALID_ARGUMENT",
        /^json\.Store\.same: all\.at: expected timestamp, as RFC 3339, got "yesterday"$/,
      );
      const typed = await client.generic("json.Store");
      await refused(typed.call("same", { all: text }), "INVALID_ARGUMENT", /all\.id: expected int64, a bigint/);
    });
  });

  describe("contracts", () => {
    it("are listed, and told whole to who asks", async () => {
      const { client } = await fixture().pair(shop());
      const contracts = await client.refer(Contracts);
      const listed = await contracts.list();
      expect(listed.map(({ name }) => name)).to.deep.equal(["suite.Shop", "trunkline.Health", "trunkline.Contracts"]);
      expect(listed[0]).to.deep.equal({
        name: "suite.Shop",
        version: "1.2.0",
        group: "",
        fingerprint: Shop.fingerprint,
      });
      const { contract, tag } = await contracts.get("suite.Shop");
      expect(JSON.parse(String(contract))).to.deep.equal(JSON.parse(JSON.stringify(printContract(Shop))));
      expect(await contracts.get("suite.Shop", undefined, undefined, tag)).to.deep.equal({ tag });
      await refused(contracts.get("suite.None"), "NOT_FOUND", /suite\.None is not served here/);
      await refused(contracts.get("suite.Shop", "2.0.0"), "NOT_FOUND", /suite\.Shop 2\.0\.0 is not served here/);
    });

    it("are not told where the server does not want it", async () => {
      const { client } = await fixture().pair(shop(), { serve: { reflection: false } });
      await refused(client.refer(Contracts), "UNIMPLEMENTED", /trunkline\.Contracts is not served here/);
      await refused(
        client.generic("suite.Shop"),
        "UNIMPLEMENTED",
        /suite\.Shop: its server does not tell contracts; .*reflection/,
      );
    });

    it("that are not served cannot be called", async () => {
      const { client } = await fixture().pair(shop());
      await refused(client.generic("suite.None"), "NOT_FOUND", /suite\.None is not served here/);
    });

    it("are fetched again when the server that comes back has another", async () => {
      const { client, server, url } = await fixture().pair(shop());
      const generic = await client.generic("suite.Shop");
      expect(await generic.call("read", ["k"])).to.equal("value of k");
      const Newer = defineService(
        "suite.Shop",
        { version: "1.3.0" },
        {
          read: rpc({ params: [arg("key", t.string), arg("upper", t.default(t.bool, false))], returns: t.string }),
          fresh: rpc({ params: [], returns: t.int32 }),
        },
      );
      server.destroy();
      const handlers = {
        read: async (key: string, upper: boolean) => (upper ? key.toUpperCase() : key),
        fresh: async () => 5,
      };
      await fixture().serve({ services: [implement(Newer, handlers)], listen: [url] });
      // Waits for the connection, and for what the server has.
      expect(await generic.call("read", ["k"])).to.equal("k");
      expect(await generic.call("fresh")).to.equal(5);
      expect(await generic.call("read", { key: "k", upper: true })).to.equal("K");
      expect(generic.contract.version).to.equal("1.3.0");
    });

    it("are given up with what was referred to", async () => {
      const { client } = await fixture().pair(shop());
      const generic = await client.generic("suite.Shop");
      await client.release(generic);
      await refused(generic.call("read", ["k"]), "UNAVAILABLE", /released/);
    });
  });
}
