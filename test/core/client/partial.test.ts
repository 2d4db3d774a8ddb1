import { expect } from "chai";
import { connect, defineService, type RpcError, rpc, serve, t } from "../../../index.ts";
import { memory } from "../../../transports/memory/index.ts";
import { limited } from "../../transports/limited.ts";
import { Shop, shop } from "../../transports/suite/contract.ts";
import { collect, refused } from "../../transports/suite/fixture.ts";

/** Everything but a request with its reply, and streams of the server. */
const letters = limited("letters", "oneways", "callbacks", "client streams", "bidirectional streams", "topics");
const transports = [letters, memory()];
const codec = "json";
const words =
  "audit (oneways), steps (callbacks), keep (callbacks), sum (client streams), upper (bidirectional streams), prices (topics)";

/** Shop, served under a name to which both `memory:` and `letters:` lead. */
async function start(name: string) {
  const server = await serve({ services: [shop()], listen: [`memory://${name}`] });
  const open = (...endpoints: string[]) => connect({ endpoints, transports, codec, onError: () => {} });
  return { server, open, letters: `letters://${name}`, memory: `memory://${name}` };
}

describe("a reference over a transport that cannot carry all of its methods", () => {
  it("is refused by name, and not its calls", async () => {
    const { server, open, letters: url } = await start("partial-1");
    await using _ = server;
    await using client = await open(url);
    const { message } = await refused(client.refer(Shop), "FAILED_PRECONDITION");
    expect(message).to.equal(
      `suite.Shop: ${url} does not carry ${words}; use an endpoint whose transport does, such as tcp, worker or memory, or refer with partial: true to do without`,
    );
    // Where nobody waits for an endpoint each call says so.
    const late = await client.refer(Shop, { check: false });
    await refused(late.read("k"), "FAILED_PRECONDITION", /does not carry audit \(oneways\)/);
  });

  it("is granted where it asks for nothing of that", async () => {
    const { server, open, letters: url } = await start("partial-2");
    await using _ = server;
    await using client = await open(url);
    const Part = defineService("suite.Shop", { version: "1.2.0" }, { nothing: rpc({ params: [] }) });
    expect(await (await client.refer(Part)).nothing()).to.equal(undefined);
    const Typed = defineService("suite.Shop", { version: "1.2.0" }, { more: rpc({ params: [], returns: t.string }) });
    await refused((await client.refer(Typed)).more(), "UNIMPLEMENTED", /has no more/);
  });

  it("uses the endpoints that carry them", async () => {
    const both = await start("partial-3");
    await using _ = both.server;
    await using client = await both.open(both.letters, both.memory);
    const proxy = await client.refer(Shop);
    for (let i = 0; i < 5; i++) expect(await proxy.steps(1, async () => "done")).to.deep.equal(["done"]);
    const endpoints: string[] = [];
    for await (const { endpoint } of proxy.nothing.multicast()) endpoints.push(endpoint);
    expect(endpoints).to.deep.equal([both.memory]);
  });

  it("with partial: true does without, and those methods fail by name", async () => {
    const { server, open, letters: url } = await start("partial-4");
    await using _ = server;
    await using client = await open(url);
    const proxy = await client.refer(Shop, { partial: true });
    expect(await proxy.read("k")).to.equal("value of k");
    expect(await collect(proxy.count(3))).to.deep.equal([0, 1, 2]);
    const words = async function* (): AsyncGenerator<string> {};
    const numbers = async function* (): AsyncGenerator<number> {};
    const failing: [() => Promise<unknown>, string][] = [
      [() => proxy.audit.sent("a"), "audit (oneways)"],
      [() => proxy.steps(1, async () => "s"), "steps (callbacks)"],
      [() => proxy.sum(numbers()), "sum (client streams)"],
      [() => collect(proxy.upper(words())), "upper (bidirectional streams)"],
      [() => proxy.prices.publish({ sku: "a", cents: 1 }), "prices (topics)"],
      [() => proxy.prices.subscribe(() => {}), "prices (topics)"],
    ];
    for (const [call, what] of failing) {
      const error: RpcError = await refused(call(), "FAILED_PRECONDITION");
      expect(error.message).to.equal(
        `suite.Shop: ${url} does not carry ${what}; use an endpoint whose transport does, such as tcp, worker or memory`,
      );
    }
    await client.release(proxy);
  });

  it("is generic without asking", async () => {
    const { server, open, letters: url } = await start("partial-5");
    await using _ = server;
    await using client = await open(url);
    const generic = await client.generic("suite.Shop");
    expect(await generic.call("read", ["k"])).to.equal("value of k");
    await refused(generic.call("steps", [1, async () => "s"]), "FAILED_PRECONDITION", /does not carry steps/);
  });
});
