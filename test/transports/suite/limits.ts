import { expect } from "chai";
import { json } from "../../../codecs/json/index.ts";
import type { WireLimits } from "../../../core/wire/limits.ts";
import { order, Shop, shop } from "./contract.ts";
import { type Fixture, refused, signal } from "./fixture.ts";

export type Limited = (limits: Partial<WireLimits>) => Fixture;

export function limitsSuite(limited: Limited, { bytes }: { readonly bytes: boolean }): void {
  describe("limits", () => {
    let fixture: Fixture | undefined;
    const make = (limits: Partial<WireLimits>): Fixture => {
      fixture = limited(limits);
      return fixture;
    };
    afterEach(() => fixture?.dispose());

    it("maxPendingCalls refuses one call too many, and takes the next when there is room", async () => {
      const go = signal();
      const { shop: client } = await make({ maxPendingCalls: 4 }).pair(
        shop({
          wait: async (key) => {
            await go.promise;
            return key;
          },
        }),
      );
      const calls = ["a", "b", "c", "d"].map((key) => client.wait(key));
      await refused(client.wait("e"), "RESOURCE_EXHAUSTED", /maxPendingCalls \(4\)/);
      go.resolve();
      expect(await Promise.all(calls)).to.deep.equal(["a", "b", "c", "d"]);
      expect(await client.wait("f")).to.equal("f");
    });

    it("handshakeTimeoutMs ends an authenticate that does not decide, and says so to both sides", async () => {
      const errors: unknown[] = [];
      const { serve, connect } = make({ handshakeTimeoutMs: 1000 });
      const server = await serve({
        services: [shop()],
        authenticate: () => new Promise(() => {}),
        onError: (error) => errors.push(error),
      });
      const client = await connect({ endpoints: server.endpoints });
      const late = /could not check the credentials before handshakeTimeoutMs \(1000\) was over/;
      // Over a transport without a handshake it is the first call that brings the credentials.
      const enter = async (): Promise<void> => (await client.refer(Shop)).nothing.with({ failFast: true })();
      await refused(enter(), "UNAVAILABLE", late);
      expect(String(errors[0])).to.match(late);
    });

    it("handshakeTimeoutMs ends a function of credentials that gives none", async () => {
      const { serve, connect } = make({ handshakeTimeoutMs: 50 });
      const server = await serve({ services: [shop()] });
      const client = await connect({ endpoints: server.endpoints, credentials: () => new Promise(() => {}) });
      await refused(
        client.refer(Shop),
        "UNAVAILABLE",
        /credentials: the function gave nothing within handshakeTimeoutMs/,
      );
    });

    it("maxBindings refuses one contract too many, says what to do, and takes the next when one is released", async () => {
      const { client } = await make({ maxBindings: 2 }).pair(shop());
      // Other objects are other codecs.
      const [second, third] = [{ ...json() }, { ...json() }];
      const other = await client.refer(Shop, { codec: second });
      const message = /^maxBindings \(2\) contracts are bound on this connection; release references/;
      await refused(client.refer(Shop, { codec: third }), "RESOURCE_EXHAUSTED", message);
      await refused(client.refer(Shop, { codec: third }), "RESOURCE_EXHAUSTED", message);
      await client.release(other);
      expect(await (await client.refer(Shop, { codec: third })).wait("k")).to.equal("k");
    });

    it("maxBindings counts what references use, however often they are released", async () => {
      const { client, shop: first } = await make({ maxBindings: 2 }).pair(shop());
      for (let i = 0; i < 300; i++) {
        const again = await client.refer(Shop, { codec: { ...json() } });
        if (i % 50 === 0) expect(await again.wait(`${i}`)).to.equal(`${i}`);
        await client.release(again);
      }
      for (let i = 0; i < 10; i++) await client.refer(Shop, { codec: json() });
      expect(await first.wait("k")).to.equal("k");
    });

    it("maxCallbacks refuses one function too many", async () => {
      const { shop: client } = await make({ maxCallbacks: 3 }).pair(shop());
      // Each of them is retained.
      for (let i = 0; i < 3; i++) await client.keep(async () => "x");
      await refused(
        client.keep(async () => "x"),
        "RESOURCE_EXHAUSTED",
        /maxCallbacks \(3\)/,
      );
      expect(await client.nothing()).to.equal(undefined);
    });

    it("maxStreams refuses one stream too many", async () => {
      const { shop: client } = await make({ maxStreams: 2 }).pair(shop());
      const streams = [0, 1].map(() => client.count(5)[Symbol.asyncIterator]());
      for (const stream of streams) await stream.next();
      // The streams are short: on a wire they may have been sent whole, so that the server is done with them.
      if (!bytes)
        await refused(client.count(5)[Symbol.asyncIterator]().next(), "RESOURCE_EXHAUSTED", /maxStreams \(2\)/);
      for (const stream of streams) await stream.return?.();
      expect((await client.count(5)[Symbol.asyncIterator]().next()).value).to.equal(0);
    });

    it("maxConnections refuses one connection too many, and harms none that is there", async () => {
      const errors: unknown[] = [];
      const onError = (error: unknown): number => errors.push(error);
      const { shop: client, url } = await make({ maxConnections: 1 }).pair(shop(), { serve: { onError } });
      const second = await (fixture as Fixture).connect({ endpoints: [url] });
      await refused(second.refer(Shop), "UNAVAILABLE");
      expect(await client.read("k")).to.equal("value of k");
      const message = /^a connection from .+ was refused: maxConnections \(1\) are open$/;
      expect(errors[0]).to.have.property("code", "RESOURCE_EXHAUSTED");
      expect(errors[0]).to.have.property("message").that.matches(message);
    });

    if (!bytes) return;

    it("maxMessageBytes refuses a message at its sender, and the connection lives on", async () => {
      const { shop: client } = await make({ maxMessageBytes: 10_000 }).pair(
        shop({ read: async (key) => key.repeat(20_000) }),
      );
      const large = { id: 1n, items: [], note: "x".repeat(20_000) };
      await refused(client.echo(large), "RESOURCE_EXHAUSTED", /maxMessageBytes \(10000\)/);
      expect(() => client.audit("x".repeat(20_000))).to.throw(/maxMessageBytes/);
      await refused(client.read("y"), "RESOURCE_EXHAUSTED", /result cannot be sent: .*maxMessageBytes/);
      expect(await client.place(order, true)).to.equal(7n);
    });
  });
}
