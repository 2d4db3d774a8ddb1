import { expect } from "chai";
import { connect, defineService, type RpcClient, RpcError, rpc, t } from "../../../../index.ts";
import { hessian } from "../../../../transports/http/hessian/index.ts";
import { describeValue } from "../../../java/describe.ts";
import { order } from "../../../java/order.ts";
import { type JavaPeer, missingJava, startJava } from "../../../java/peer.ts";
import { OutOfStock, Overloads, Shop } from "./contracts.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("transport hessian: Caucho's Java server is called", function () {
  this.timeout(300_000);
  let java: JavaPeer;
  let client: RpcClient | undefined;
  let methods: string[];

  before(async function () {
    const missing = await missingJava();
    if (missing !== undefined) {
      if (process.env["CI"] === "true") throw new Error(`${missing}: the tests against Java cannot run`);
      console.warn(`      SKIPPED: all tests with Caucho's Java server, since ${missing}`);
      return this.skip();
    }
    java = await startJava();
    methods = text(await java.post("/methods"))
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split(" ")[0] as string);
  });
  after(() => java?.close());

  const at = async (path: string, exact = false): Promise<RpcClient> => {
    client = await connect({
      endpoints: [`hessian://127.0.0.1:${java.port}${path}`],
      transports: [hessian({ exact })],
    });
    return client;
  };
  afterEach(() => client?.close());

  it("every method of its own test interface, every number of the right type", async () => {
    const contract = defineService(
      "com.caucho.hessian.test.TestHessian2",
      {},
      Object.fromEntries(methods.map((name) => [name, rpc()])),
    );
    const test = (await (await at("/test", true)).refer(contract)) as unknown as Record<
      string,
      (...args: unknown[]) => Promise<unknown>
    >;
    const failed: string[] = [];
    for (const name of methods) {
      if (name.startsWith("arg")) {
        const value = name === "argNull" ? null : await test[name.replace(/^arg/, "reply")]?.();
        const answer = await test[name]?.(value);
        if (answer !== true) failed.push(`${name}: ${describeValue(answer)}`);
        continue;
      }
      const expected = text(await java.post("/expected", name));
      const answer = describeValue(await test[name]?.());
      if (answer !== expected) failed.push(`${name}: ${answer.slice(0, 200)} instead of ${expected.slice(0, 200)}`);
    }
    expect(failed).to.deep.equal([]);
    expect(methods).to.have.length(183);
  });

  it("by types, and its exceptions are the declared errors", async () => {
    const shop = await (await at("/shop")).refer(Shop);
    expect(await shop.add(2, 40)).to.equal(42);
    const placed = await shop.place({ ...order, items: [] } as never, 2n, "n");
    expect(placed.id).to.equal(order.id + 2n);
    expect(placed.note).to.equal("n");
    const error = await shop.fail("s").catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(OutOfStock);
    expect(error).to.include({ sku: "s", message: "no s", code: "FAILED_PRECONDITION" });
  });

  it("an exception that nobody declared, and a method that is not there, are errors with Java's words", async () => {
    const Undeclared = defineService("shop.Shop", {}, { nobody: rpc({ returns: t.int32 }) });
    const shop = await (await at("/shop")).refer(Undeclared);
    const error = (await shop.nobody().catch((thrown: unknown) => thrown)) as RpcError;
    expect(RpcError.is(error)).to.equal(true);
    expect(error).to.include({ code: "UNIMPLEMENTED", message: "The service has no method named: nobody" });
  });

  it("overloaded methods", async () => {
    const overloads = await (await at("/overloads")).refer(Overloads);
    expect(await overloads.of_int(1)).to.equal("int 1");
    expect(await overloads.of_string("t")).to.equal("string t");
    expect(await overloads.of__2(2, "t")).to.equal("both 2 t");
  });

  it("where there is no service, and where nobody speaks Hessian", async () => {
    const code = async (path: string): Promise<unknown> => {
      const shop = await (await at(path)).refer(Shop);
      const thrown = (await shop.add(1, 2).catch((one: unknown) => one)) as RpcError;
      await client?.close();
      return [thrown.code, thrown.message];
    };
    expect(await code("/nowhere")).to.deep.equal(["UNIMPLEMENTED", "the server answered with HTTP 404"]);
    expect(await code("/methods")).to.have.property("0", "DATA_LOSS");
  });
});
