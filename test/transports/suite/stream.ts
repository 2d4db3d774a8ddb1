import { expect } from "chai";
import { OutOfStock, shop } from "./contract.ts";
import { collect, type Fixture, refused, signal } from "./fixture.ts";

export function streamSuite(fixture: () => Fixture): void {
  describe("stream from the server", () => {
    it("names the functions that read it in the stack of its error", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          count: async function* () {
            yield 1;
            throw new OutOfStock({ sku: "x", left: 1 });
          },
        }),
      );
      const readsAll = async (): Promise<number[]> => await collect(client.count(2));
      const error = await readsAll().catch((thrown: unknown) => thrown as Error);
      expect((error as Error).stack).to.match(/async collect[\s\S]*async readsAll/);
    });

    it("arrives in order, without a gap", async () => {
      const { shop: client } = await fixture().pair(shop());
      expect(await collect(client.count(500))).to.deep.equal(Array.from({ length: 500 }, (_, i) => i));
      expect(await collect(client.count(0))).to.deep.equal([]);
    });

    it("begins with the first next", async () => {
      let begun = 0;
      const { shop: client } = await fixture().pair(
        shop({
          count: async function* () {
            begun++;
            yield 1;
          },
        }),
      );
      const stream = client.count(1);
      await client.nothing();
      expect(begun).to.equal(0);
      expect(await collect(stream)).to.deep.equal([1]);
    });

    it("does not run ahead of its reader without bound", async () => {
      let made = 0;
      const { shop: client } = await fixture().pair(
        shop({
          upper: async function* () {
            for (; made < 2000; made++) yield "x".repeat(10_000);
          },
        }),
      );
      let read = 0;
      for await (const _ of client.upper(empty())) {
        // 20 MB in all; window, buffers of the sockets and one turn's work are far less.
        expect(made - read).to.be.lessThan(1000);
        read++;
        if (read % 100 === 0) await fixture().sleep(5);
      }
      expect(read).to.equal(2000);
    });

    it("reaches the server when the reader breaks", async () => {
      const ended = signal<string>();
      const aborted = signal<unknown>();
      const { shop: client } = await fixture().pair(
        shop({
          count: async function* (_, ctx) {
            ctx.signal.addEventListener("abort", () => aborted.resolve(ctx.signal.reason));
            try {
              for (let i = 0; ; i++) yield i;
            } finally {
              ended.resolve("finally");
            }
          },
        }),
      );
      for await (const i of client.count(0)) if (i === 3) break;
      expect(await ended.promise).to.equal("finally");
      expect(await aborted.promise).to.include({ code: "CANCELLED" });
    });

    it("reaches a server that waits for its own source when the reader breaks", async () => {
      const returned = signal();
      const { shop: client } = await fixture().pair(
        shop({
          count: () => {
            let first = true;
            return {
              [Symbol.asyncIterator]: () => ({
                next: () => {
                  if (!first) return new Promise<IteratorResult<number>>(() => {});
                  first = false;
                  return Promise.resolve({ value: 1, done: false });
                },
                return: async () => {
                  returned.resolve();
                  return { value: undefined, done: true };
                },
              }),
            } as AsyncIterable<number>;
          },
        }),
      );
      for await (const _ of client.count(0)) break;
      await returned.promise;
    });

    it("ends by the handler's error, declared or not, after the items before it", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          count: async function* (to) {
            yield 1;
            yield 2;
            if (to === 0) throw new Error("secret");
            throw new OutOfStock({ sku: "b", left: to });
          },
        }),
      );
      const items: number[] = [];
      const read = async (to: number): Promise<void> => {
        for await (const i of client.count(to)) items.push(i);
      };
      expect(await refused(read(4), "FAILED_PRECONDITION")).to.include({ sku: "b", left: 4 });
      expect((await refused(read(0), "UNKNOWN")).message).not.to.match(/secret/);
      expect(items).to.deep.equal([1, 2, 1, 2]);
    });

    it("ends by an item that does not fit", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          count: async function* () {
            yield 1;
            yield "x" as never;
          },
        }),
      );
      await refused(collect(client.count(1)), "INVALID_ARGUMENT", /expected int32, got "x"/);
    });

    it("ends at its deadline and by its signal", async () => {
      const { shop: client } = await fixture().pair(
        shop({
          count: async function* (_, ctx) {
            yield 1;
            await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
          },
        }),
      );
      await refused(
        collect(client.count.with({ timeoutMs: 40 })(1)),
        "DEADLINE_EXCEEDED",
        /still open at its deadline/,
      );
      const controller = new AbortController();
      const reading = (async () => {
        for await (const _ of client.count.with({ signal: controller.signal })(1)) controller.abort();
      })();
      await refused(reading, "CANCELLED");
    });

    it("breaks on both sides when the connection dies", async () => {
      const aborted = signal();
      const {
        shop: client,
        server,
        client: connection,
      } = await fixture().pair(
        shop({
          count: async function* (_, ctx) {
            ctx.signal.addEventListener("abort", () => aborted.resolve());
            yield 1;
            await new Promise(() => {});
          },
        }),
      );
      const reading = (async () => {
        for await (const _ of client.count(1)) server.destroy();
      })();
      await refused(reading, "UNAVAILABLE");
      await aborted.promise;
      connection.destroy();
    });
  });

  describe("stream to the server", () => {
    it("is summed up", async () => {
      const { shop: client } = await fixture().pair(shop());
      expect(await client.sum(numbers(1000))).to.equal(499_500);
      expect(await client.sum(numbers(0))).to.equal(0);
    });

    it("is not drained ahead of a handler that does not read", async () => {
      let made = 0;
      const go = signal();
      const { shop: client } = await fixture().pair(
        shop({
          sum: async (given) => {
            await go.promise;
            let count = 0;
            for await (const _ of given) count++;
            return count;
          },
        }),
      );
      const call = client.sum(
        (async function* () {
          for (; made < 100_000; made++) yield made;
        })(),
      );
      await fixture().sleep(100);
      expect(made).to.be.lessThan(50_000);
      go.resolve();
      expect(await call).to.equal(100_000);
    });

    it("stops when the handler has its answer", async () => {
      const stopped = signal();
      const { shop: client } = await fixture().pair(
        shop({
          sum: async (given) => {
            for await (const number of given) if (number === 3) return 3;
            return -1;
          },
        }),
      );
      const endless = async function* () {
        try {
          for (let i = 0; ; i++) yield i;
        } finally {
          stopped.resolve();
        }
      };
      expect(await client.sum(endless())).to.equal(3);
      await stopped.promise;
    });

    it("fails the call by what it throws, and tells the handler", async () => {
      const started = signal();
      const told = signal<unknown>();
      const { shop: client } = await fixture().pair(
        shop({
          sum: async (given) => {
            try {
              for await (const _ of given) started.resolve();
            } catch (error) {
              told.resolve(error);
            }
            return 0;
          },
        }),
      );
      const failing = (async function* () {
        yield 1;
        // What is cancelled before it begins never runs.
        await started.promise;
        throw new Error("broken source");
      })();
      await refused(client.sum(failing), "CANCELLED", /stream passed as an argument failed.*broken source/);
      expect(await told.promise).to.include({ code: "CANCELLED" });
    });

    it("refuses an item that does not fit", async () => {
      const { shop: client } = await fixture().pair(shop());
      const wrong = (async function* () {
        yield 1;
        yield "x" as never;
      })();
      await refused(client.sum(wrong), "INVALID_ARGUMENT", /expected int32, got "x"/);
    });
  });

  describe("streams in both directions", () => {
    it("answer item by item", async () => {
      const { shop: client } = await fixture().pair(shop());
      const heard: string[] = [];
      let next = signal();
      const words = (async function* () {
        for (const word of ["a", "b", "c"]) {
          yield word;
          await next.promise;
          next = signal();
        }
      })();
      for await (const word of client.upper(words)) {
        heard.push(word);
        next.resolve();
      }
      expect(heard).to.deep.equal(["A", "B", "C"]);
    });

    it("end together when the reader breaks", async () => {
      const stopped = signal();
      const { shop: client } = await fixture().pair(shop());
      const endless = async function* () {
        try {
          for (let i = 0; ; i++) yield `w${i}`;
        } finally {
          stopped.resolve();
        }
      };
      for await (const word of client.upper(endless())) if (word === "W5") break;
      await stopped.promise;
    });
  });
}

async function* numbers(to: number): AsyncGenerator<number> {
  for (let i = 0; i < to; i++) yield i;
}

async function* empty(): AsyncGenerator<string> {}
