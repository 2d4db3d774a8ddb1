import { expect } from "chai";
import type { RpcClient } from "../../../core/client/client.ts";
import { type Authenticate, accept, type Client, RpcError, refuse } from "../../../index.ts";
import { Shop, shop } from "./contract.ts";
import { type Fixture, refused, signal } from "./fixture.ts";

export function identitySuite(fixture: () => Fixture): void {
  describe("identity", () => {
    const authenticate: Authenticate = async (credentials) => {
      const { user } = credentials as { user?: string };
      return user === "ada" ? accept({ name: user }) : refuse("no such user");
    };

    /** A server behind `authenticate`, a client that shows `credentials`, and what both tell `onError`. */
    async function stranger(authenticate: Authenticate, credentials: unknown = { token: "s3cret" }) {
      const errors: unknown[] = [];
      const onError = (error: unknown): unknown => errors.push(error);
      const server = await fixture().serve({ services: [shop()], authenticate, onError });
      const client = await fixture().connect({ endpoints: server.endpoints, credentials, onError });
      return { client, errors, enter: () => enter(client) };
    }

    /** Over a transport without a handshake it is the first call that brings the credentials. */
    async function enter(client: Pick<RpcClient, "refer">): Promise<void> {
      const shop = await client.refer(Shop);
      await shop.nothing.with({ failFast: true })();
    }

    /** Calls until there is an answer, whatever comes before. */
    async function answers(client: Client<typeof Shop>): Promise<void> {
      let answer: string | undefined;
      while (answer === undefined) {
        answer = await client.read("k").catch(() => fixture().sleep(5) as Promise<undefined>);
      }
      expect(answer).to.equal("value of k");
    }

    it("is what authenticate made of the credentials", async () => {
      const { shop: client } = await fixture().pair(
        shop({ read: async (_, ctx) => JSON.stringify([ctx.peer.identity, typeof ctx.peer.address, ctx.instance]) }),
        { serve: { authenticate, instance: "one" }, connect: { credentials: { user: "ada" } } },
      );
      expect(JSON.parse(await client.read("k"))).to.deep.equal([{ name: "ada" }, "string", "one"]);
    });

    it("is refused by refuse, thrown or returned, which tells the client and onError why", async () => {
      for (const door of [
        () => refuse("the token has expired"),
        () => Promise.reject(refuse("the token has expired")),
      ]) {
        const { enter, errors } = await stranger(door);
        await refused(enter(), "UNAUTHENTICATED", /^(refused by the other side: )?the token has expired$/);
        expect(String(errors[0])).to.match(/the connection from \S+ was refused: the token has expired/);
        expect(errors.map(String).join()).not.to.contain("s3cret");
      }
    });

    it("is refused with the code of the error that authenticate throws", async () => {
      const denied = await stranger(() => {
        throw new RpcError({ code: "PERMISSION_DENIED", message: "not from there" });
      });
      await refused(denied.enter(), "PERMISSION_DENIED", /not from there/);
      let down = true;
      const { client, enter } = await stranger(async () => {
        if (!down) return accept("ada");
        throw new RpcError({ code: "UNAVAILABLE", message: "the directory is down", retryable: true });
      });
      const error = await refused(enter(), "UNAVAILABLE", /the directory is down/);
      expect(error.retryable).to.equal(true);
      down = false;
      const shopClient = await client.refer(Shop, { check: false });
      await answers(shopClient);
    });

    it("is refused, and the peer told nothing, when authenticate fails", async () => {
      const bug = new TypeError("password is 1234");
      const { enter, errors } = await stranger(() => {
        throw bug;
      });
      const error = await refused(enter(), "UNAVAILABLE", /could not check the credentials; its log says why/);
      expect(error.message).not.to.contain("1234");
      expect(errors).to.include(bug);
    });

    for (const value of [false, true, undefined, null, "ada", 7, { user: "s3cret" }, []]) {
      it(`is refused where authenticate returns ${JSON.stringify(value)}, and onError says what to return`, async () => {
        for (const door of [() => value, async () => value]) {
          const { enter, errors } = await stranger(door as unknown as Authenticate);
          await refused(enter(), "UNAUTHENTICATED", /the server refused the credentials/);
          expect(String(errors[0])).to.contain("return accept(identity) to let a peer in, or refuse(message)");
          expect(errors.map(String).join()).not.to.contain("s3cret");
        }
      });
    }

    it("comes of credentials that a function gives anew for each connection", async () => {
      const seen: unknown[] = [];
      const door: Authenticate = (credentials) => {
        seen.push(credentials);
        return accept(credentials);
      };
      let asked = 0;
      const credentials = async (): Promise<object> => ({ token: ++asked });
      const {
        shop: client,
        server,
        url,
      } = await fixture().pair(shop({ read: async (_, ctx) => JSON.stringify(ctx.peer.identity) }), {
        serve: { authenticate: door },
        connect: { credentials },
      });
      expect(await client.read("k")).to.equal('{"token":1}');
      server.destroy();
      await fixture().serve({ services: [shop()], listen: [url], authenticate: door });
      let answer: string | undefined;
      while (answer === undefined)
        answer = await client.read("k").catch(() => fixture().sleep(5) as Promise<undefined>);
      expect(seen).to.deep.equal([{ token: 1 }, { token: asked }]);
      expect(asked).to.be.above(1);
    });

    it("waits for a function of credentials that fails, tells onError why, and asks it again", async () => {
      let fails = true;
      const { client, errors } = await stranger(authenticate, () => {
        if (fails) throw new Error("the vault is sealed");
        return { user: "ada" };
      });
      await refused(client.refer(Shop), "UNAVAILABLE", /credentials: the function failed: the vault is sealed/);
      expect(String(errors[0])).to.contain("the vault is sealed");
      fails = false;
      const shopClient = await client.refer(Shop, { check: false });
      await answers(shopClient);
    });

    it("is not waited for where the server closes while it looks at the credentials", async () => {
      const looking = signal();
      const server = await fixture().serve({
        services: [shop()],
        authenticate: () => {
          looking.resolve();
          return new Promise(() => {});
        },
      });
      const client = await fixture().connect({ endpoints: server.endpoints });
      const refusal = refused(enter(client), "UNAVAILABLE", /closed/);
      await looking.promise;
      // The client waits by then.
      await fixture().sleep(1);
      await server.close();
      await refusal;
    });

    it("is refused where JSON cannot say the credentials", async () => {
      const { client, errors } = await stranger(authenticate, { id: 1n });
      await refused(
        client.refer(Shop),
        "UNAVAILABLE",
        /credentials: cannot be sent: .*BigInt.*; give what JSON can say/,
      );
      expect(String(errors[0])).to.contain("BigInt");
    });
  });
}
