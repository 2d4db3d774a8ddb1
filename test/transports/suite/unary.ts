import { expect } from "chai";
import { currentCall, defineService, implement, RpcError, rpc } from "../../../index.ts";
import { OutOfStock, order, shop } from "./contract.ts";
import { type Fixture, refused, signal } from "./fixture.ts";

export function unarySuite(fixture: () => Fixture): void {
  describe("request/response", () => {
    it("delivers the arguments and the result", async () => {
      const seen: unknown[] = [];
      const { shop: client } = await fixture().pair(
        shop({
          place: async (...args) => {
            seen.push(...args.slice(0, 2));
            return 2n ** 62n;
          },
        }),
      );
      expect(await client.place(order, true)).to.equal(2n ** 62n);
      expect(seen).to.deep.equal([order, true]);
      expect(await client.nothing()).to.equal(undefined);
    });

    it("names the functions that await a call in the stack of its error", async () => {
      const { shop: client, server } = await fixture().pair(
        shop({
          read: async (key) => {
            if (key === "hang") await new Promise(() => {});
            throw new RpcError({ code: "NOT_FOUND", message: "none" });
          },
        }),
      );
      const placesAnOrder = async (key: string): Promise<string> => await client.read.with({ timeoutMs: 60 })(key);
      const servesAPage = async (key: string): Promise<unknown> => await placesAnOrder(key);
      for (const key of ["none", "hang"]) {
        const error = await servesAPage(key).catch((thrown: unknown) => thrown as RpcError);
        expect((error as RpcError).stack).to.match(/^RpcError: .*\n[\s\S]*async placesAnOrder[\s\S]*async servesAPage/);
        expect((error as RpcError).cause).to.equal(undefined);
      }
      server.destroy();
    });

    it("gives each side values of its own", async () => {
      let kept: { items: unknown[] } | undefined;
      const { shop: client } = await fixture().pair(
        shop({
          echo: (given) => {
            kept = given;
            return given;
          },
        }),
      );
      const mine = { id: 1n, items: [{ sku: "x", qty: 1 }] };
      const call = client.echo(mine);
      mine.items.push({ sku: "late", qty: 9 });
      const reply = await call;
      expect(reply).to.deep.equal({ id: 1n, items: [{ sku: "x", qty: 1 }] });
      kept?.items.push("changed by the server");
      expect(reply.items).to.have.length(1);
      expect(mine.items).to.have.length(2);
    });

    it("runs the handler in a later turn than the call", async () => {
      const events: string[] = [];
      const { shop: client } = await fixture().pair(
        shop({
          nothing: () => {
            events.push("handler");
          },
        }),
      );
      const call = client.nothing();
      events.push("returned");
      await call;
      expect(events).to.deep.equal(["returned", "handler"]);
    });

    it("keeps many calls apart that end out of order", async () => {
      const waiting: (() => void)[] = [];
      const all = signal();
      const { shop: client } = await fixture().pair(
        shop({
          wait: (key) =>
            new Promise((resolve) => {
              waiting.push(() => resolve(key));
              if (waiting.length === 200) all.resolve();
            }),
        }),
      );
      const keys = Array.from({ length: 200 }, (_, i) => `k${i}`);
      const calls = keys.map((key) => client.wait(key));
      await all.promise;
      for (const answer of waiting.reverse()) answer();
      expect(await Promise.all(calls)).to.deep.equal(keys);
    });

    it("carries untyped values, and nothing else, by a codec that describes them", async () => {
      const Anything = defineService("suite.Anything", {}, { echo: rpc() });
      const server = await fixture().serve({
        services: [implement(Anything, { echo: async (...args) => [...args, currentCall()?.method] })],
        listen: [fixture().listen()],
      });
      const client = await fixture().connect({ endpoints: server.endpoints });
      const { echo } = await client.refer(Anything, { codec: "json" });
      expect(await echo({ a: [1, "two", null] }, "b")).to.deep.equal([{ a: [1, "two", null] }, "b", "echo"]);
    });

    it("refuses a value of the wrong type, with its path, before it is sent", async () => {
      let called = 0;
      const { shop: client } = await fixture().pair(shop({ place: async () => BigInt(++called) }));
      const wrong = { id: 1n, items: [{ sku: "a", qty: "x" as never }] };
      await refused(client.place(wrong, false), "INVALID_ARGUMENT", /order\.items\[0\]\.qty: expected int32, got "x"/);
      expect(called).to.equal(0);
      expect(await client.place(order, false)).to.equal(1n);
    });

    it("refuses a result of the wrong type", async () => {
      const { shop: client } = await fixture().pair(shop({ read: async () => 5 as never }));
      await refused(
        client.read("k"),
        "INTERNAL",
        /^suite\.Shop\.read: result: expected string, .*got 5; the handler.s result cannot be sent$/,
      );
    });

    it("delivers a declared error as its own class", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          place: () => {
            throw new OutOfStock({ sku: "a", left: 3 }, { message: "only three", cause: new Error("secret") });
          },
        }),
      );
      const error = await refused(client.place(order, false), "FAILED_PRECONDITION", /^only three$/);
      expect(error).to.be.instanceOf(OutOfStock);
      expect(error).to.include({ sku: "a", left: 3 });
      expect(error.cause).to.equal(undefined);
    });
  });
}
