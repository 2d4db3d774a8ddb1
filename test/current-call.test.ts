import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { pump } from "../core/call/pump.ts";
import { Credit } from "../core/call/stream.ts";
import type { IncomingCall } from "../core/context.ts";
import { CurrentCalls } from "../current-call.ts";

const one = { method: "one" } as IncomingCall;
const other = { method: "other" } as IncomingCall;

/** One that nobody has asked for so long that it rests. */
function resting(patience = 0): CurrentCalls {
  const calls = new CurrentCalls(patience);
  for (let left = patience + 1; left > 0; left--) calls.run(other, () => {});
  return calls;
}

describe("the call in progress", () => {
  it("is followed from the beginning, and for ever once somebody has asked", async () => {
    const calls = new CurrentCalls(3);
    const asking = async (): Promise<unknown> => {
      await sleep(1);
      return calls.getStore();
    };
    expect(await calls.run(one, asking)).to.equal(one);
    for (let left = 10; left > 0; left--) calls.run(other, () => {});
    expect(await calls.run(one, asking)).to.equal(one);
    expect(calls.getStore()).to.equal(undefined);
  });

  it("is followed without rest where it was said that somebody will ask", async () => {
    const calls = new CurrentCalls(0);
    calls.keep();
    for (let left = 10; left > 0; left--) calls.run(other, () => {});
    const found = calls.run(one, async () => {
      await sleep(1);
      return calls.getStore();
    });
    expect(await found).to.equal(one);
  });

  it("is known at rest to who asks before it awaits, and is followed from then on", async () => {
    const calls = resting(5);
    const found = calls.run(one, async () => {
      const at = [calls.getStore()];
      await null;
      at.push(calls.getStore());
      await sleep(1);
      at.push(calls.getStore());
      return at;
    });
    // What runs next in the same turn is of no call.
    expect(calls.getStore()).to.equal(undefined);
    expect(await found).to.deep.equal([one, one, one]);
    expect(calls.getStore()).to.equal(undefined);
  });

  it("is the inner one of two on the stack, and the outer one after it", () => {
    const calls = resting();
    const seen: unknown[] = [];
    calls.run(one, () => {
      calls.run(other, () => seen.push(calls.getStore()));
      seen.push(calls.getStore());
    });
    expect(seen).to.deep.equal([other, one]);
    expect(calls.getStore()).to.equal(undefined);
  });

  it("is forgotten after a handler that threw", () => {
    const calls = resting();
    expect(() =>
      calls.run(one, () => {
        calls.keep();
        throw new Error("thrown");
      }),
    ).to.throw("thrown");
    expect(calls.getStore()).to.equal(undefined);
  });

  it("is not known at rest to a handler that was waiting when somebody asked for the first time, and is of the next", async () => {
    const calls = resting();
    const handler = async (): Promise<unknown> => {
      await sleep(1);
      return calls.getStore();
    };
    expect(await calls.run(one, handler)).to.equal(undefined);
    expect(await calls.run(one, handler)).to.equal(one);
  });

  it("is known to a stream that was at work, from the next item on", async () => {
    const calls = resting();
    const seen: unknown[] = [];
    async function* source(): AsyncGenerator<number> {
      try {
        await sleep(1);
        yield 1;
        await sleep(1);
        // In the same step as the first question: too late for this one.
        seen.push(calls.getStore());
        yield 2;
        seen.push(calls.getStore());
        await sleep(1);
        seen.push(calls.getStore());
        yield 3;
      } finally {
        seen.push(calls.getStore());
      }
    }
    const within = <R>(step: () => R): R => calls.resume(one, step);
    await calls.run(one, () => pump(source(), new Credit(100), { send: () => undefined, within }));
    expect(seen).to.deep.equal([undefined, one, one, one]);
  });

  it("is known to a stream that is left while nothing is followed", async () => {
    const calls = resting();
    const credit = new Credit(100);
    const left = new Promise((resolve) => {
      const source = {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ value: 1, done: false }),
          return: async () => {
            resolve(calls.getStore());
            return { value: undefined, done: true as const };
          },
        }),
      };
      const within = <R>(step: () => R): R => calls.resume(one, step);
      void pump(source, credit, {
        send: () => {
          credit.close();
          return undefined;
        },
        within,
      });
    });
    expect(await left).to.equal(one);
  });
});
