import { expect } from "chai";
import { RpcError } from "../../../core/error.ts";
import { MessagePipe } from "../../../core/wire/message-pipe.ts";

const WINDOW = 64 * 1024;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** A turn comes when the test says so. */
class Turns {
  #tasks: (() => void)[] = [];
  readonly nextTurn = (task: () => void): void => void this.#tasks.push(task);
  next(): void {
    for (const task of this.#tasks.splice(0)) task();
  }
}

/** A pipe, what it gave its carrier, and what its user was told. */
function pipe() {
  const carried: unknown[] = [];
  const told: unknown[] = [];
  const turns = new Turns();
  const carrier = {
    send: (bytes: Uint8Array) => void carried.push(bytes),
    tellRead: (count: number) => void carried.push(count),
    close: () => void carried.push("close"),
  };
  const made = new MessagePipe("fake://other", carrier, turns);
  made.attach({
    onBytes: (bytes) => void told.push(...bytes.subarray(0, 3)),
    onDrain: () => void told.push("drain"),
    onClose: (error) => void told.push(["close", error?.message]),
  });
  return { made, carried, told, turns };
}

describe("wire: a pipe of messages", () => {
  it("sends a copy, so that the bytes may be written over at once", async () => {
    const { made, carried, told } = pipe();
    const bytes = new Uint8Array([1, 2, 3]);
    let done: unknown = "not yet";
    made.write(bytes.subarray(1), (error) => {
      done = error;
    });
    expect(done).to.equal(undefined);
    bytes.fill(9);
    expect(carried).to.deep.equal([new Uint8Array([2, 3])]);
    expect((carried[0] as Uint8Array).buffer.byteLength).to.equal(2);
    await turn();
    expect(told).to.deep.equal(["drain"]);
  });

  it("counts what the reader has not said to have read, beyond a window", async () => {
    const { made, told } = pipe();
    made.write(new Uint8Array(WINDOW), () => {});
    expect(made.bufferedBytes).to.equal(0);
    made.write(new Uint8Array(5000), () => {});
    expect(made.bufferedBytes).to.equal(5000);
    await turn();
    expect(told).to.deep.equal([]);
    made.onRead(4000);
    expect([made.bufferedBytes, told]).to.deep.equal([1000, []]);
    made.onRead(WINDOW);
    expect([made.bufferedBytes, told]).to.deep.equal([0, ["drain"]]);
  });

  it("reads what came in one turn together, and says what it has read, a window at a time", () => {
    const { made, carried, told, turns } = pipe();
    made.onBytes(new Uint8Array(WINDOW - 2).fill(1));
    made.onBytes(new Uint8Array([2]));
    expect([carried, told]).to.deep.equal([[], []]);
    turns.next();
    expect([carried, told]).to.deep.equal([[], [1, 1, 1, 2]]);
    made.onBytes(new Uint8Array(2));
    made.onBytes(new Uint8Array(WINDOW - 1));
    turns.next();
    expect(carried).to.deep.equal([2 * WINDOW]);
    made.onBytes(new Uint8Array(WINDOW));
    turns.next();
    expect(carried).to.deep.equal([2 * WINDOW, WINDOW]);
  });

  it("holds what comes while nobody reads, says nothing of it, and keeps the order", () => {
    const { made, carried, told, turns } = pipe();
    made.onBytes(new Uint8Array(WINDOW).fill(1));
    made.pause();
    made.onBytes(new Uint8Array([2]));
    turns.next();
    // What the other end has read may end the pause.
    made.onRead(0);
    expect([told, carried]).to.deep.equal([["drain"], []]);
    made.resume();
    turns.next();
    expect(told).to.deep.equal(["drain", 1, 1, 1, 2]);
    expect(carried).to.deep.equal([WINDOW + 1]);
  });

  it("stays paused where its user pauses again, with the rest behind", () => {
    const told: number[] = [];
    const turns = new Turns();
    const made = new MessagePipe("fake://other", { send: () => {}, tellRead: () => {}, close: () => {} }, turns);
    made.attach({
      onBytes: ([first]) => {
        told.push(first as number);
        made.pause();
      },
      onDrain: () => {},
      onClose: () => {},
    });
    for (const byte of [1, 2, 3]) made.onBytes(new Uint8Array([byte]));
    for (const expected of [[1], [1, 2], [1, 2, 3]]) {
      turns.next();
      expect(told).to.deep.equal(expected);
      made.resume();
    }
  });

  it("ends once, whoever begins, and takes no more", async () => {
    for (const end of ["end", "destroy"] as const) {
      const { made, carried, told } = pipe();
      made[end]();
      made[end]();
      expect(told).to.deep.equal([]);
      await turn();
      made.onEnd(new RpcError({ code: "UNAVAILABLE", message: "too late" }));
      expect([carried, told]).to.deep.equal([["close"], [["close", undefined]]]);
      let failed: unknown;
      made.write(new Uint8Array(1), (error) => {
        failed = error;
      });
      expect(failed).to.be.instanceOf(Error);
      expect(carried).to.deep.equal(["close"]);
    }
  });

  it("reads what came before the other end went, although nobody read", () => {
    const { made, told } = pipe();
    made.pause();
    made.onBytes(new Uint8Array([7]));
    made.onEnd(new RpcError({ code: "UNAVAILABLE", message: "its thread has ended" }));
    expect(told).to.deep.equal([7, ["close", "its thread has ended"]]);
  });
});
