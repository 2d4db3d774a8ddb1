import { expect } from "chai";
import { keepStack, rejection } from "../../../core/call/caller-stack.ts";

/** As a call's promise is settled: by a callback, with no caller on the stack. */
function failing(error: Error): Promise<never> {
  return new Promise((resolve) => setImmediate(() => resolve(rejection(error))));
}

async function asks(error: Error): Promise<string> {
  try {
    return await failing(error);
  } catch (thrown) {
    expect(thrown).to.equal(error);
    return String((thrown as Error).stack);
  }
}

describe("core: the stack of a failed call", () => {
  it("names who awaits it", async () => {
    expect(await asks(new TypeError("none"))).to.match(/^TypeError: none\n\s+at async asks/);
  });

  it("is left alone where a user threw the error, or it ends others as well", async () => {
    const mine = new Error("mine");
    const before = mine.stack;
    expect(await asks(keepStack(mine))).to.equal(before);
    const frozen = Object.freeze(new Error("frozen"));
    expect(await asks(frozen)).to.equal(frozen.stack);
    const shared = new Error("shared");
    const first = await asks(shared);
    expect(await asks(shared)).to.equal(first);
  });
});
