import { expect } from "chai";
import fc from "fast-check";
import { Credit, ITEM_OVERHEAD_BYTES, pump, StreamReader } from "../../../core/call/stream.ts";
import { RpcError } from "../../../index.ts";
import { settle } from "../wire/capture-pipe.ts";

function reader(windowBytes: number): { stream: StreamReader; granted: number[]; stopped: () => number } {
  const granted: number[] = [];
  let stops = 0;
  const stream = new StreamReader(
    windowBytes,
    (bytes) => granted.push(bytes),
    () => {
      stops++;
    },
  );
  return { stream, granted, stopped: () => stops };
}

const lost = new RpcError({ code: "UNAVAILABLE", message: "lost" });

describe("wire: StreamReader", () => {
  it("gives room back half a window at a time, for what was taken", async () => {
    const { stream, granted } = reader(100);
    for (let i = 0; i < 4; i++) expect(stream.push(i, 20)).to.equal(true);
    expect(granted).to.deep.equal([]);
    for (let i = 0; i < 4; i++) expect(await stream.next()).to.deep.equal({ value: i, done: false });
    expect(granted).to.deep.equal([60]);
  });

  it("lets one item overshoot, and refuses the next", () => {
    const { stream } = reader(100);
    expect(stream.push("larger than the window", 5000)).to.equal(true);
    expect(stream.push("one too many", 1)).to.equal(false);
  });

  it("hands an item to a reader that waits, and keeps their order", async () => {
    const { stream } = reader(1000);
    const waiting = [stream.next(), stream.next()];
    for (const value of ["a", "b", "c"]) stream.push(value, 17);
    stream.end();
    const results = await Promise.all([...waiting, stream.next(), stream.next()]);
    expect(results.map(({ value, done }) => (done ? "end" : value))).to.deep.equal(["a", "b", "c", "end"]);
  });

  it("gives the items that came before an error, then the error once, then the end", async () => {
    const { stream } = reader(1000);
    stream.push("a", 17);
    stream.end(lost);
    expect(await stream.next()).to.deep.equal({ value: "a", done: false });
    expect(await stream.next().catch((error: unknown) => error)).to.equal(lost);
    expect(await stream.next()).to.deep.equal({ value: undefined, done: true });
  });

  it("tells the writer once that nobody reads, and drops what waits", async () => {
    const { stream, stopped, granted } = reader(100);
    stream.push("a", 90);
    await stream.return();
    await stream.return();
    expect(stream.push("b", 90)).to.equal(true);
    expect(stopped()).to.equal(1);
    expect(granted).to.deep.equal([]);
    expect((await stream.next()).done).to.equal(true);
  });

  it("tells nobody when it had ended before", async () => {
    const { stream, stopped } = reader(100);
    stream.end();
    await stream.return();
    expect(stopped()).to.equal(0);
  });
});

describe("wire: Credit", () => {
  it("has room above 0 and none at 0", async () => {
    const credit = new Credit(10);
    expect(credit.room()).to.equal(undefined);
    credit.spend(10);
    const room = credit.room();
    expect(room).to.be.instanceOf(Promise);
    credit.add(1);
    await room;
    credit.spend(5000);
    expect(credit.room()).to.be.instanceOf(Promise);
  });

  it("lets go of who waits when the stream is over", async () => {
    const credit = new Credit(0);
    const room = credit.room();
    credit.close();
    await room;
    expect(credit.closed).to.equal(true);
    expect(credit.room()).to.equal(undefined);
  });
});

describe("wire: writer and reader together", () => {
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
          const sending = pump(source(), credit, (size) => {
            const cost = (size as number) + ITEM_OVERHEAD_BYTES;
            credit.spend(cost);
            expect(stream.push(size, cost)).to.equal(true);
            return undefined;
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

describe("wire: pump", () => {
  it("passes on what waits in another stream at once, as far as there is room, and then what comes", async () => {
    const { stream } = reader(1000);
    const credit = new Credit(100);
    for (const value of ["a", "b", "c"]) stream.push(value, 20);
    const sent: unknown[] = [];
    const pumping = pump(stream, credit, (item) => {
      credit.spend(50);
      sent.push(item);
      return undefined;
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
    const done = pump(numbers(), credit, (item) => {
      sent.push(item);
      credit.spend(1);
      return undefined;
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
    const done = pump(source, credit, () => undefined);
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
    await pump(source, credit, () => undefined);
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
    const failed = await pump(source(), new Credit(10), () => {
      throw lost;
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
    expect(await pump(source(), new Credit(100), () => undefined).catch((error: unknown) => error)).to.equal(lost);
  });
});

async function* numbers(): AsyncGenerator<number> {
  for (let i = 0; ; i++) yield i;
}

function never(): Promise<never> {
  throw new Error("asked");
}
