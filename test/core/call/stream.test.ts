import { expect } from "chai";
import { Credit, StreamReader } from "../../../core/call/stream.ts";
import { RpcError } from "../../../index.ts";

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
