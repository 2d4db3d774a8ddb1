import { expect } from "chai";
import { hessianEnvelope } from "../../../../codecs/hessian2/index.ts";
import { Output } from "../../../../core/bytes/output.ts";
import { untypedRequest, untypedResponse } from "../../../../core/contract/contract.ts";
import { accept, defineService, implement, type RpcServer, refuse, rpc, serve } from "../../../../index.ts";
import { hessian } from "../../../../transports/http/hessian/index.ts";
import { describeValue } from "../../../java/describe.ts";
import { type JavaPeer, missingJava, startJava } from "../../../java/peer.ts";
import { OutOfStock, Overloads, Shop } from "./contracts.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("transport hessian: Caucho's Java client calls", function () {
  this.timeout(300_000);
  let java: JavaPeer;
  let server: RpcServer;
  let test: object;
  let methods: string[];

  before(async function () {
    const missing = await missingJava();
    if (missing !== undefined) {
      if (process.env["CI"] === "true") throw new Error(`${missing}: the tests against Java cannot run`);
      console.warn(`      SKIPPED: all tests with Caucho's Java client, since ${missing}`);
      return this.skip();
    }
    java = await startJava();
    methods = text(await java.post("/methods"))
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split(" ")[0] as string);
    test = await testService();
  });
  after(() => java?.close());

  // A server for each test: Java keeps its connections until the server ends them.
  beforeEach(async () => {
    server = await serve({
      services: [test, shop, overloads],
      listen: ["hessian://127.0.0.1:0/java"],
      authenticate: (credentials) => (credentials === "Basic ZXZlOng=" ? refuse("not you") : accept(credentials)),
      transports: [hessian({ exact: true, paths: { "/orders": "shop.Shop" } })],
      onError: () => {},
    });
  });
  afterEach(() => server?.close());

  const shop = implement(Shop, {
    place: async (order, amount, note) => ({ ...order, id: order.id + amount, note }),
    add: async (a, b) => a + b,
    fail: async (sku) => {
      if (sku === "plain") throw new Error("a secret");
      throw new OutOfStock({ sku }, { message: `no ${sku}` });
    },
  });
  const overloads = implement(Overloads, {
    of_int: async (n) => `int ${n}`,
    of_string: async (one) => `string ${one}`,
    of__2: async (n, one) => `both ${n} ${one}`,
    of_Item: async (item, counts) => `item ${item.sku} ${counts.join()}`,
  });

  /** What Java's own service answers, in exact values. */
  async function expected(name: string): Promise<unknown> {
    const method = hessianEnvelope({ exact: true }).method({
      name,
      request: untypedRequest,
      response: untypedResponse,
      bareRequest: false,
      bareResponse: false,
      untyped: true,
    });
    const out = new Output();
    out.begin(1 << 24);
    method.encodeCall({ args: [] }, out);
    const bytes = await java.post("/test", out.toBytes());
    return (method.decodeReply(bytes, 0, bytes.length).value as { result: unknown }).result;
  }

  /** The very interface, untyped: a reply is Java's own, and an argument is compared with it. */
  async function testService() {
    const handlers: Record<string, (arg?: unknown) => Promise<unknown>> = {};
    for (const name of methods) {
      const value = name === "argNull" ? null : await expected(name.replace(/^arg/, "reply"));
      handlers[name] = name.startsWith("arg")
        ? async (given) => describeValue(given) === describeValue(value) || describeValue(given)
        : async () => value;
    }
    const contract = defineService(
      "com.caucho.hessian.test.TestHessian2",
      {},
      Object.fromEntries(methods.map((name) => [name, rpc()])),
    );
    return implement(contract, handlers as never);
  }

  const run = async (path: string, ...words: string[]): Promise<string[]> => {
    const [endpoint = ""] = server.endpoints;
    const url = `${endpoint.replace(/^hessian/, "http").replace(/\/$/, "")}${path}`;
    return text(await java.post("/client", [url, ...words].join(" ")))
      .split("\n")
      .slice(0, -1);
  };

  const placed =
    'place: shop.Order{any=java.util.ArrayList["x"; int 2; ]; color=shop.Color blue; colors=java.util.ArrayList[shop.Color red; shop.Color green; ]; ';

  for (const [what, words] of [
    ["as it does by itself: calls of 1.0, replies of 2.0", []],
    ["in 1.0 alone", ["reply1"]],
    ["in 2.0", ["request2"]],
    ["in 2.0, with the whole length ahead", ["request2", "whole"]],
    ["in 2.0, names mangled", ["request2", "overloads"]],
  ] as const) {
    it(`by types ${what}`, async () => {
      const [add, place, fail] = await run("/shop.Shop", "shop", ...words);
      expect(add).to.equal("add: int 42");
      expect(place?.slice(0, 600)).to.include(placed);
      expect(place).to.include('customer="Ada \\ud83d\\ude00"');
      expect(place).to.include("id=long 1099511627778");
      expect(place).to.include('note="n"');
      expect(place).to.include("java.math.BigDecimal 12.50");
      expect(fail).to.equal("fail: OutOfStock no s s");
    });

    it(`every method of its own test interface ${what}`, async () => {
      const lines = await run("/com.caucho.hessian.test.TestHessian2", "test", ...words);
      expect(lines).to.have.length(183);
      expect(lines.filter((line) => !/: (true|bool true)$/.test(line))).to.deep.equal([]);
    });
  }

  it("overloaded methods", async () => {
    const all = ['int: "int 1"', 'string: "string t"', 'both: "both 2 t"', 'item: "item i 7"'];
    expect(await run("/shop.Overloads", "overloads", "overloads")).to.deep.equal(all);
    expect(await run("/shop.Overloads", "overloads", "overloads", "request2")).to.deep.equal(all);
  });

  it("a service at a path of its own", async () => {
    expect((await run("/orders", "shop"))[0]).to.equal("add: int 42");
  });

  it("a service whose interface it asks for", async () => {
    expect(await run("/shop.Shop", "asked")).to.deep.equal(["asked: int 3"]);
  });

  it("what is not there, and hears it by Hessian's words", async () => {
    expect((await run("/shop.Shop", "nobody"))[0]).to.match(
      /^nobody: fault NoSuchMethodException the service has no shop.Shop.nobody; .*\{"code"="UNIMPLEMENTED"; \}/,
    );
    expect((await run("/shop.Nobody", "nobody"))[0]).to.include("service shop.Nobody is not served here");
    expect((await run("/shop.Shop", "nobody", "eve:x"))[0]).to.include("401");
  });
});
