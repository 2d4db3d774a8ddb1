import { AsyncLocalStorage } from "node:async_hooks";
import { expect } from "chai";
import fc from "fast-check";
import { pump } from "../../../core/call/pump.ts";
import { Credit, ITEM_OVERHEAD_BYTES, StreamReader } from "../../../core/call/stream.ts";
import { RpcError } from "../../../index.ts";
import { settle } from "../wire/capture-pipe.ts";

const lost = new RpcError({ code: "UNAVAILABLE", message: "lost" });

describe("pump and reader together", () => {
  it("never stall and never break the window, whatever the sizes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2000 }),
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 300 }),
        async (windowBytes, sizes) => {
          const credit = new Credit(windowBytes);
          const stream = new StreamReader(
            windowBytes,
            (bytes) => credit.add(bytes),
            () => {},
          );
          async function* source(): AsyncGenerator<number> {
            yield* sizes;
          }
          const sending = pump(source(), credit, {
            send: (size) => {
              const cost = (size as number) + ITEM_OVERHEAD_BYTES;
              credit.spend(cost);
              expect(stream.push(size, cost)).to.equal(true);
              return undefined;
            },
          }).then(() => stream.end());
          const seen: unknown[] = [];
          for await (const size of stream) seen.push(size);
          await sending;
          expect(seen).to.deep.equal(sizes);
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe("pump", () => {
  it("passes on what waits in another stream at once, as far as there is room, and then what comes", async () => {
    const stream = new StreamReader(
      1000,
      () => {},
      () => {},
    );
    const credit = new Credit(100);
    for (const value of ["a", "b", "c"]) stream.push(value, 20);
    const sent: unknown[] = [];
    const pumping = pump(stream, credit, {
      send: (item) => {
        credit.spend(50);
        sent.push(item);
        return undefined;
      },
    });
    expect(sent).to.deep.equal(["a", "b"]);
    credit.add(1000);
    await settle();
    expect(sent).to.deep.equal(["a", "b", "c"]);
    stream.push("d", 20);
    stream.end();
    await pumping;
    expect(sent).to.deep.equal(["a", "b", "c", "d"]);
  });

  it("stops at the credit's end and goes on with more", async () => {
    const credit = new Credit(2);
    const sent: unknown[] = [];
    const done = pump(numbers(), credit, {
      send: (item) => {
        sent.push(item);
        credit.spend(1);
        return undefined;
      },
    });
    await settle();
    expect(sent).to.deep.equal([0, 1]);
    credit.add(3);
    await settle();
    expect(sent).to.deep.equal([0, 1, 2, 3, 4]);
    credit.close();
    await done;
  });

  it("tells a source that waits for its next item when the stream is over", async () => {
    let told = 0;
    let end: (() => void) | undefined;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise<IteratorResult<unknown>>((resolve) => {
            end = () => resolve({ value: undefined, done: true });
          }),
        return: async () => {
          told++;
          end?.();
          return { value: undefined, done: true as const };
        },
      }),
    };
    const credit = new Credit(1000);
    const done = pump(source, credit, { send: () => undefined });
    await settle();
    credit.close();
    await done;
    expect(told).to.equal(1);
  });

  it("tells a source that was never asked", async () => {
    const credit = new Credit(10);
    credit.close();
    let told = false;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: never,
        return: async () => {
          told = true;
          return { value: 0, done: true as const };
        },
      }),
    };
    await pump(source, credit, { send: () => undefined });
    expect(told).to.equal(true);
  });

  it("closes its source when an item cannot be sent", async () => {
    let closed = false;
    async function* source(): AsyncGenerator<number> {
      try {
        yield 1;
      } finally {
        closed = true;
      }
    }
    const failed = await pump(source(), new Credit(10), {
      send: () => {
        throw lost;
      },
    }).catch((error: unknown) => error);
    expect(failed).to.equal(lost);
    await settle();
    expect(closed).to.equal(true);
  });

  it("passes on what its source throws", async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw lost;
    }
    expect(await pump(source(), new Credit(100), { send: () => undefined }).catch((error: unknown) => error)).to.equal(
      lost,
    );
  });

  it("does not run the source in the context of who makes room or ends the stream", async () => {
    const store = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    async function* source(): AsyncGenerator<number> {
      try {
        for (let i = 0; ; i++) {
          seen.push(store.getStore());
          yield i;
        }
      } finally {
        seen.push(store.getStore());
      }
    }
    const credit = new Credit(0);
    const send = (): undefined => credit.spend(1) as undefined;
    const done = store.run("of the call", () => pump(source(), credit, { send }));
    for (let i = 0; i < 2; i++) {
      store.run("of the reader", () => credit.add(1));
      await settle();
    }
    store.run("of the reader", () => credit.close());
    await done;
    await settle();
    expect(seen).to.deep.equal(["of the call", "of the call", "of the call"]);
  });

  it("refuses a step that is none, and tells what the source throws when it is left", async () => {
    const stray: unknown[] = [];
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => undefined as never,
        return: () => {
          throw lost;
        },
      }),
    };
    const target = { send: () => undefined, onStray: (error: unknown) => stray.push(error) };
    const failed = await pump(source, new Credit(1), target).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(TypeError);
    await settle();
    expect(stray).to.deep.equal([lost]);
  });
});

async function* numbers(): AsyncGenerator<number> {
  for (let i = 0; ; i++) yield i;
}

function never(): Promise<never> {
  throw new Error("asked");
}
