import { expect } from "chai";
import { type ErrorSource, RpcError } from "../index.ts";
import { errorListener, printError } from "../print-error.ts";

/** What is printed meanwhile, one line for each `console.error`. */
async function printed(action: () => unknown): Promise<string[]> {
  const lines: string[] = [];
  const original = console.error;
  const { format } = await import("node:util");
  console.error = (...args) => lines.push(format(...args));
  try {
    await action();
  } finally {
    console.error = original;
  }
  return lines;
}

const where: ErrorSource = { service: "shop.Orders", method: "place", peer: "tcp://10.0.0.7:51002", instance: "i1" };

describe("errors that no call carries", () => {
  it("are printed with service, method and peer in front", async () => {
    const [line = ""] = await printed(() => printError(new Error("full disk"), where));
    expect(line).to.match(
      /^trunkline: shop\.Orders\.place, called from tcp:\/\/10\.0\.0\.7:51002: Error: full disk\n +at /,
    );
  });

  it("say what is known, and no more", async () => {
    const cases: [ErrorSource, string][] = [
      [{}, "trunkline: 1"],
      [{ peer: "unix:///run/a" }, "trunkline: a connection from unix:///run/a: 1"],
      [{ endpoint: "tcp://b:1", instance: "i" }, "trunkline: at tcp://b:1: 1"],
      [{ instance: "i" }, "trunkline: at instance i: 1"],
      [
        { service: "a.S", method: "m", callback: "done", endpoint: "tcp://b:1" },
        "trunkline: a.S.m, its callback done, at tcp://b:1: 1",
      ],
      [{ peer: "memory", suppressed: 3 }, "trunkline: a connection from memory, 3 more were not told: 1"],
    ];
    for (const [source, line] of cases) expect(await printed(() => printError(1, source))).to.deep.equal([line]);
  });

  it("keep what a peer calls itself on its line, and are no format", async () => {
    const [line] = await printed(() => printError(1, { service: "a\n%s\u001b[31m", peer: "p" }));
    expect(line).to.equal("trunkline: a?%s?[31m, called from p: 1");
  });

  it("do not show metadata and details, which may be secret", async () => {
    const inner = new RpcError({ code: "ABORTED", message: "inner", metadata: { k: "hidden" } });
    const error = new RpcError({
      code: "UNKNOWN",
      message: "outer",
      metadata: { token: "hidden" },
      details: { token: "hidden" },
      cause: inner,
    });
    const [line = ""] = await printed(() => printError(error, where));
    expect(line).to.match(/: UNKNOWN: RpcError: outer\n.+caused by: ABORTED: RpcError: inner\n/s);
    expect(line).not.to.contain("hidden");
  });

  it("reach the console where the listener fails, now or later, and nothing else", async () => {
    const bad = new Error("bad listener");
    for (const listener of [
      () => {
        throw bad;
      },
      async () => {
        throw bad;
      },
    ]) {
      const lines = await printed(async () => {
        errorListener(listener)(new Error("full disk"), where);
        await undefined;
      });
      expect(lines.map((line) => line.split("\n")[0])).to.deep.equal([
        "trunkline: shop.Orders.place, called from tcp://10.0.0.7:51002: Error: full disk",
        "trunkline: onError itself failed: Error: bad listener",
      ]);
    }
  });
});
