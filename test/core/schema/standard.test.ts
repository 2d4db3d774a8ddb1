import { expect } from "chai";
import { arg, connect, contractOf, defineService, implement, RpcError, rpc, serve } from "../../../index.ts";
import { anOrder, libraries, type Order, OrderType } from "./shop.ts";

const codecs = ["json", "msgpack", "protobuf", "avro", "hessian2"];

async function refusal(promise: Promise<unknown>): Promise<RpcError> {
  const error = await promise.then(
    (value) => expect.fail(`it was taken and gave ${String(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!RpcError.is(error)) throw error;
  return error;
}

for (const { name, order, sorted } of libraries) {
  describe(`an order of ${name}`, () => {
    // What the compiler makes of each library's own types, test/types holds it to.
    const schema = order as unknown as typeof OrderType;
    const contract = defineService(
      "shop.Orders",
      {},
      { echo: rpc({ params: [arg("order", schema)], returns: schema }) },
    );
    const typed = defineService(
      "shop.Orders",
      {},
      {
        echo: rpc({ params: [arg("order", OrderType)], returns: OrderType }),
      },
    );

    it(sorted ? "has the fields of the same type of t" : "makes the same contract as the type of t", () => {
      if (!sorted) {
        expect(contract.fingerprint).to.equal(typed.fingerprint);
        return;
      }
      const shape = (fields: readonly { name: string; optional: boolean; type: { kind: string } }[]): string[] =>
        fields.map((field) => `${field.name} ${field.type.kind} ${field.optional}`).sort();
      const [ours] = contractOf(typed).methods;
      const [theirs] = contractOf(contract).methods;
      expect(shape(theirs?.request.fields ?? [])).to.deep.equal(shape(ours?.request.fields ?? []));
      expect(theirs?.request.name).to.equal("shop.Orders.EchoRequest");
    });

    for (const scheme of ["memory", "tcp"]) {
      it(`travels over ${scheme} in every codec, and is validated`, async () => {
        const seen: Order[] = [];
        const echo = async (one: Order): Promise<Order> => {
          seen.push(one);
          return one;
        };
        await using server = await serve({
          services: [implement(contract, { echo: echo as never })],
          listen: [scheme === "memory" ? `memory://schema-${name}` : "tcp://127.0.0.1:0"],
        });
        await using client = await connect({ endpoints: server.endpoints });
        const value = anOrder({ note: "quick", parts: [anOrder({ color: "red", items: [] })] });
        for (const codec of codecs) {
          const orders = await client.refer(contract, { codec });
          expect(await orders.echo(value as never), codec).to.deep.equal(value);
          seen.length = 0;
          const wrong = anOrder({ parts: [anOrder({ mail: "nobody", items: [{ sku: "cup", qty: 0, price: 1 }] })] });
          const error = await refusal(orders.echo(wrong as never));
          expect(error.code).to.equal("INVALID_ARGUMENT");
          expect(error.message).to.include("order.parts[0].items[0].qty: ").and.to.include("order.parts[0].mail: ");
          expect((error.details as { issues: { path: string }[] }).issues.map(({ path }) => path)).to.have.members([
            "order.parts[0].items[0].qty",
            "order.parts[0].mail",
          ]);
          expect(seen).to.deep.equal([]);
        }
      });
    }
  });
}
