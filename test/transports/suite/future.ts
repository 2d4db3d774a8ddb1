import { expect } from "chai";
import { Future } from "../../../index.ts";
import { shop } from "./contract.ts";
import { type Fixture, refused, signal } from "./fixture.ts";

export function futureSuite(fixture: () => Fixture): void {
  describe("future", () => {
    it("is done, awaited and got", async () => {
      const go = signal();
      const { shop: client } = await fixture().pair(
        shop({
          wait: async (key) => {
            await go.promise;
            return key;
          },
        }),
      );
      const future = client.wait.future("k");
      expect(future.done).to.equal(false);
      await refused(future.get(20), "DEADLINE_EXCEEDED", /no result within 20 ms; the call goes on/);
      go.resolve();
      expect(await future).to.equal("k");
      expect(await future.get(20)).to.equal("k");
      expect(await future.get()).to.equal("k");
      expect(future.done).to.equal(true);
      future.cancel();
      expect(await future).to.equal("k");
    });

    it("tells the server when cancelled", async () => {
      const started = signal();
      const aborted = signal<unknown>();
      const { shop: client } = await fixture().pair(
        shop({
          wait: (_, ctx) => {
            started.resolve();
            return new Promise(() => ctx.signal.addEventListener("abort", () => aborted.resolve(ctx.signal.reason)));
          },
        }),
      );
      const future = client.wait.future("k");
      await started.promise;
      future.cancel();
      await refused(future, "CANCELLED", /wait: cancelled by the caller/);
      expect(await aborted.promise).to.include({ code: "CANCELLED" });
    });

    it("is a promise, with catch and finally", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          wait: async (key) => {
            if (key === "fail") throw new TypeError("no");
            return key;
          },
        }),
      );
      const promise: Promise<string> = client.wait.future("k");
      let ended = 0;
      expect(await promise.finally(() => ended++)).to.equal("k");
      const failed = client.wait.future("fail");
      expect(await failed.catch((error) => error)).to.include({ code: "UNKNOWN" });
      await refused(
        failed.finally(() => ended++),
        "UNKNOWN",
        /the handler failed/,
      );
      expect(ended).to.equal(2);
      expect(Object.prototype.toString.call(failed)).to.equal("[object Future]");
    });

    it("all: is a future, which is got in time and cancels all", async () => {
      let started = 0;
      const both = signal();
      let gone = 0;
      const none = signal();
      const { shop: client } = await fixture().pair(
        shop({
          wait: (_, ctx) => {
            if (++started === 2) both.resolve();
            return new Promise(() =>
              ctx.signal.addEventListener("abort", () => {
                if (++gone === 2) none.resolve();
              }),
            );
          },
        }),
      );
      const all = Future.all([client.wait.future("a"), client.wait.future("b")]);
      await both.promise;
      await refused(all.get(20), "DEADLINE_EXCEEDED", /no result within 20 ms/);
      expect(all.done).to.equal(false);
      all.cancel();
      await refused(all, "CANCELLED", /wait: cancelled by the caller/);
      await none.promise;
      expect(all.done).to.equal(true);
      expect(await Future.all([]).get(20)).to.deep.equal([]);
    });

    it("all: gives every result, or the first error and cancels the rest", async () => {
      const aborted = signal();
      const { shop: client } = await fixture().pair(
        shop({
          wait: async (key, ctx) => {
            if (key === "fail") throw new TypeError("no");
            if (key === "ok") return key;
            return new Promise((resolve) =>
              ctx.signal.addEventListener("abort", () => {
                aborted.resolve();
                resolve("late");
              }),
            );
          },
        }),
      );
      const all = await Future.all([client.wait.future("ok"), client.read.future("k")]);
      expect(all).to.deep.equal(["ok", "value of k"]);
      await refused(Future.all([client.wait.future("slow"), client.wait.future("fail")]), "UNKNOWN");
      await aborted.promise;
    });

    it("raises no alarm when nobody awaits it", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          read: () => {
            throw new Error("no");
          },
        }),
      );
      const future = client.read.future("k");
      await refused(client.read("k"), "UNKNOWN");
      expect(future.done).to.equal(true);
    });
  });
}
