import { expect } from "chai";
import { type RetainedCallback, RpcError, retain } from "../../../index.ts";
import { shop } from "./contract.ts";
import { type Fixture, refused, signal } from "./fixture.ts";

type Progress = (step: number) => Promise<string>;

export function callbackSuite(fixture: () => Fixture): void {
  describe("callback", () => {
    it("delivers the result to a function", async () => {
      const { shop: client } = await fixture().pair(shop());
      const done = signal<unknown[]>();
      client.read.callback("k", (error, value) => done.resolve([error, value]));
      expect(await done.promise).to.deep.equal([undefined, "value of k"]);
    });

    it("delivers the error to a function", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          read: () => {
            throw new RpcError({ code: "NOT_FOUND", message: "no such key" });
          },
        }),
      );
      const done = signal<RpcError | undefined>();
      client.read.callback("k", (error) => done.resolve(error));
      expect(await done.promise).to.include({ code: "NOT_FOUND", message: "no such key" });
    });
  });

  describe("callback arguments", () => {
    it("are called any number of times while the call is in progress", async () => {
      const { shop: client } = await fixture().pair(shop());
      const steps: number[] = [];
      const said = await client.steps(20, async (step) => {
        steps.push(step);
        return `saw ${step}`;
      });
      expect(steps).to.deep.equal(Array.from({ length: 20 }, (_, i) => i));
      expect(said[19]).to.equal("saw 19");
    });

    it("are checked both ways, and keep what they throw to their own side", async () => {
      const errors: unknown[] = [];
      const { shop: client } = await fixture().pair(
        shop({
          steps: async (_, progress) => {
            for (const step of [1, "x" as never, 2, 3]) await progress(step).catch((error) => errors.push(error));
            return [];
          },
        }),
      );
      await client.steps(0, async (step) => {
        if (step === 2) throw new Error("a secret of the caller");
        return step === 3 ? (7 as never) : "ok";
      });
      const [wrong, thrown, result] = errors as RpcError[];
      expect(wrong).to.include({ code: "INVALID_ARGUMENT" });
      expect(wrong?.message).to.match(/step: expected int32, got "x"/);
      expect(thrown).to.include({ code: "UNKNOWN" });
      expect(thrown?.message).not.to.match(/secret/);
      expect(result?.message).to.match(/expected string, .*got 7/);
    });

    it("are released when their call ends", async () => {
      let kept: Progress | undefined;
      const { shop: client } = await fixture().pair(
        shop({
          keep: async (progress) => {
            kept = progress;
          },
        }),
      );
      await client.keep(async () => "x");
      await refused((kept as Progress)(1), "FAILED_PRECONDITION", /callback was released.*use retain\(callback\)/);
    });

    it("live beyond their call when retained, until released", async () => {
      let kept: Progress | undefined;
      let handle: RetainedCallback | undefined;
      const { shop: client } = await fixture().pair(
        shop({
          keep: async (progress) => {
            handle = retain(progress);
            kept = progress;
          },
        }),
      );
      await client.keep(async (step) => `later ${step}`);
      expect(await (kept as Progress)(1)).to.equal("later 1");
      expect(await (kept as Progress)(2)).to.equal("later 2");
      handle?.release();
      await refused((kept as Progress)(3), "FAILED_PRECONDITION", /released/);
    });

    it("fail once the caller has gone", async () => {
      let kept: Progress | undefined;
      const gone = signal();
      const { shop: client, client: connection } = await fixture().pair(
        shop({
          keep: async (progress, ctx) => {
            retain(progress);
            kept = progress;
            void ctx;
          },
          wait: (key, ctx) =>
            new Promise((resolve) => {
              ctx.signal.addEventListener("abort", () => gone.resolve());
              if (key === "never") resolve(key);
            }),
        }),
      );
      await client.keep(async () => "x");
      const waiting = refused(client.wait("k"), "CANCELLED");
      await client.nothing();
      connection.destroy();
      await gone.promise;
      await waiting;
      expect(await refused((kept as Progress)(1), "UNAVAILABLE")).to.be.instanceOf(RpcError);
    });

    it("refuse what is not a function", async () => {
      const { shop: client } = await fixture().pair(shop());
      await refused(client.keep("no" as never), "INVALID_ARGUMENT", /progress: expected a function, got string/);
    });
  });
}
