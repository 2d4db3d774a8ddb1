import { expect } from "chai";
import type { ServerHost } from "../../../core/transport.ts";
import { WireAcceptor } from "../../../core/wire/acceptor.ts";
import { defaultWireLimits, resolveWireLimits } from "../../../core/wire/limits.ts";
import { RpcError } from "../../../index.ts";
import { CapturePipe, settle } from "./capture-pipe.ts";
import { cutReason } from "./cut.ts";
import { bindFrame, Gone, op, readyClient, readyServer, serverSide } from "./fixture.ts";
import { callFrame, frameOf, hello, u32 } from "./frames.ts";
import { ManualPlatform } from "./manual-platform.ts";
import { open, send } from "./outgoing.ts";

const STREAM = 4;
const ONEWAY = 2;

function thrownBy(task: () => unknown): RpcError {
  try {
    task();
  } catch (error) {
    if (RpcError.is(error)) return error;
  }
  throw new Error("expected an RpcError");
}

describe("wire: limits", () => {
  it("are named, whole and from 1; what is not given has its default", () => {
    expect(resolveWireLimits({ maxStreams: 3 })).to.deep.equal({ ...defaultWireLimits, maxStreams: 3 });
    expect(resolveWireLimits({ maxStreams: undefined as never }).maxStreams).to.equal(1024);
    expect(() => resolveWireLimits({ maxStream: 3 } as object)).to.throw(
      TypeError,
      "limits: unknown option maxStream; did you mean maxStreams?",
    );
    for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "9"]) {
      expect(() => resolveWireLimits({ heartbeatMs: value as number })).to.throw(
        TypeError,
        "limits: heartbeatMs: expected a whole number from 1, got",
      );
    }
  });

  it("maxMessageBytes: a longer request fails alone, at the smaller of both sides' limits", async () => {
    const side = await readyClient({ maxMessageBytes: 5000 }, { instance: "i1", window: 1, maxMessageBytes: 200 });
    const error = thrownBy(() => send(side, "wait", ["x".repeat(300)]));
    expect(error).to.include({ code: "RESOURCE_EXHAUSTED" });
    expect(error.message).to.contain("maxMessageBytes (200)");
    send(side, "wait", ["x".repeat(100)]);
    await side.receive();
    expect(side.pipe.frames()).to.have.length(1);
  });

  it("maxMessageBytes: a longer reply fails its call, and a longer error loses its fields", async () => {
    const side = await readyServer({
      limits: { maxMessageBytes: 300 },
      handlers: {
        inc: async () => {
          throw new Gone({ key: "k".repeat(1000) });
        },
      },
    });
    await side.receive(callFrame(op.text, 1, { length: 1000 }), callFrame(op.text, 2, { length: 10 }));
    await side.receive(callFrame(op.inc, 3, { n: 1 }));
    const frames = side.pipe.frames();
    expect(frames.map(({ type }) => type)).to.deep.equal(["ERROR", "REPLY", "ERROR"]);
    expect(frames.every(({ body }) => body.length <= 300)).to.equal(true);
  });

  it("maxPendingCalls: the client refuses more, at the smaller of both sides' limits", async () => {
    const side = await readyClient({ maxPendingCalls: 10 }, { instance: "i1", window: 1, maxPendingCalls: 2 });
    for (const key of ["a", "b"]) send(side, "wait", [key]);
    const error = thrownBy(() => send(side, "wait", ["c"]));
    expect(error).to.include({ code: "RESOURCE_EXHAUSTED", retryable: true });
    expect(error.message).to.contain("maxPendingCalls (2)");
    await side.receive(frameOf("REPLY", 0, u32(0), "{}"));
    send(side, "wait", ["c"]);
  });

  it("tells the server of oneways that it does not have, but not of a flood of them", async () => {
    const side = await readyServer({}, false);
    await side.receive(bindFrame({ operations: ["note", "gone\n"] }));
    const flood = Array.from({ length: 1000 }, () => callFrame(1, 0, {}, ONEWAY));
    await side.receive(...flood, callFrame(0, 0, { line: "x" }, ONEWAY));
    expect(side.session.closed).to.equal(false);
    expect(side.errors).to.have.length(20);
    expect(side.errors[0]).to.include({ code: "UNIMPLEMENTED" });
    expect((side.errors[0] as RpcError).message).to.match(/^the service has no a\.S\.gone\?;/);
    expect(side.sources[0]).to.deep.equal({ service: "a.S", method: "gone\n", peer: "test://peer", instance: "i1" });
  });

  it("maxPendingCalls: the server cuts for a number over it, and drops oneways over it", async () => {
    const side = await readyServer({ limits: { maxPendingCalls: 2 } });
    await side.receive(callFrame(op.wait, 0, { key: "a" }), callFrame(op.wait, 1, { key: "b" }));
    expect(side.session.closed).to.equal(false);
    await side.receive(callFrame(op.wait, 2, { key: "c" }));
    expect(cutReason(side.pipe.frames()).message).to.contain("over maxPendingCalls (2)");

    let begun = 0;
    const handlers = { note: () => new Promise<void>(() => void begun++) as unknown as undefined };
    const noted = await readyServer({ limits: { maxPendingCalls: 2 }, handlers: handlers as never });
    for (let i = 0; i < 5; i++) await noted.receive(callFrame(op.note, 0, { line: "x" }, ONEWAY));
    expect(begun).to.equal(2);
    expect(noted.errors).to.have.length(3);
    expect(noted.session.closed).to.equal(false);
  });

  it("maxStreams: one more is refused, and there is room again when one ends", async () => {
    const side = await readyServer({ limits: { maxStreams: 2, streamWindowBytes: 100 } });
    await side.receive(callFrame(op.sum, 0, {}), callFrame(op.count, 1, { to: 1_000_000 }, STREAM));
    side.pipe.frames();
    await side.receive(callFrame(op.sum, 2, {}));
    expect(side.pipe.frames().at(-1)).to.include({ type: "ERROR" });
    await side.receive(frameOf("END", 0, u32(0)), frameOf("CANCEL", 0, u32(1)));
    side.pipe.frames();
    await side.receive(
      callFrame(op.sum, 0, {}),
      callFrame(op.sum, 1, {}),
      frameOf("END", 0, u32(0)),
      frameOf("END", 0, u32(1)),
    );
    expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["REPLY", "REPLY"]);
  });

  it("maxCallbacks: one more is refused at the caller, and there is room again when a call ends", async () => {
    const side = await readyClient({ maxCallbacks: 2 });
    const say = (): number => 1;
    send(side, "tell", [say]);
    send(side, "tell", [say]);
    expect(thrownBy(() => send(side, "tell", [say]))).to.include({ code: "RESOURCE_EXHAUSTED" });
    await side.receive(frameOf("REPLY", 0, u32(0), "{}"));
    send(side, "tell", [say]);
  });

  it("maxPendingCalls: a server cannot start callbacks without end", async () => {
    const side = await readyClient({ maxPendingCalls: 3 });
    let begun = 0;
    send(side, "tell", [() => new Promise(() => begun++)]);
    for (let callId = 0; callId < 5; callId++) {
      await side.receive(frameOf("INVOKE", 0, u32(1), u32(callId), u32(1000), '{"n":1}'));
    }
    expect(begun).to.equal(3);
    expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["CALL", "ERROR", "ERROR"]);
  });

  it("metadata of 64 KiB: more fails its call, or its stream before the first item", async () => {
    const huge = { "x-huge": "x".repeat(70_000) };
    const side = await readyServer({
      handlers: {
        inc: async (n, ctx) => {
          ctx?.setReplyMetadata(huge);
          return n;
        },
        count: async function* (_to, ctx) {
          ctx?.setReplyMetadata(huge);
          yield 1;
        },
      },
    });
    await side.receive(callFrame(op.inc, 0, { n: 1 }), callFrame(op.count, 1, { to: 1 }, STREAM));
    expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["ERROR", "ERROR"]);
    await side.receive(callFrame(op.text, 0, { length: 1 }));
    expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["REPLY"]);
  });

  it("maxConnections: one more is refused, and there is room again when one ends", async () => {
    const errors: unknown[] = [];
    const host = {
      platform: new ManualPlatform(),
      onError: (error: unknown) => errors.push(error),
    } as unknown as ServerHost;
    const acceptor = new WireAcceptor(host, resolveWireLimits({ maxConnections: 2 }));
    const pipes = [new CapturePipe(), new CapturePipe()];
    for (const pipe of pipes) pipe.user = acceptor.accept(pipe);
    expect(acceptor.accept(new CapturePipe())).to.equal(undefined);
    expect(String(errors[0])).to.contain("maxConnections (2)");
    pipes[0]?.close();
    expect(acceptor.accept(new CapturePipe())).to.not.equal(undefined);
    acceptor.destroy(new RpcError({ code: "UNAVAILABLE", message: "over" }));
    expect(acceptor.size).to.equal(0);
    expect(acceptor.accept(new CapturePipe())).to.equal(undefined);
  });

  it("streamWindowBytes: a stream waits for a reader that does not read", async () => {
    let made = 0;
    const side = await readyServer({
      handlers: {
        count: async function* (to) {
          for (; made < to; made++) yield made;
        },
      },
    });
    const narrow = side;
    await narrow.receive(callFrame(op.count, 0, { to: 1_000_000 }, STREAM));
    await settle();
    const { length } = narrow.pipe.frames();
    // The window that the client gave is 262,144, and an item costs 28 to 32.
    expect(length).to.be.within(262_144 / 32, 262_144 / 28 + 1);
    expect(made).to.be.within(length - 1, length + 1);
    await narrow.receive(frameOf("CREDIT", 0, u32(0), u32(1)));
    expect(narrow.pipe.frames()).to.have.length.within(1, 2);
  });

  it("streamWindowBytes: a client with no window gets nothing before its first CREDIT", async () => {
    for (const window of [undefined, 0, -5, "x", null]) {
      const side = serverSide();
      await side.receive(hello({ window }));
      await side.receive(bindFrame(), callFrame(op.count, 0, { to: 3 }, STREAM));
      side.pipe.frames();
      await side.receive(frameOf("CREDIT", 0, u32(0), u32(6)));
      expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["DATA"]);
    }
  });

  it("maxBufferedBytes: nothing more is read from a client that does not read, until it does", async () => {
    const side = await readyServer({ limits: { maxBufferedBytes: 1000 } });
    side.pipe.held = true;
    await side.receive(callFrame(op.text, 0, { length: 5000 }));
    await side.receive(callFrame(op.inc, 1, { n: 1 }));
    expect(side.pipe.paused).to.equal(true);
    side.pipe.release();
    expect(side.pipe.paused).to.equal(false);
  });

  it("maxBufferedBytes: a stream waits for a client that grants credit and does not read", async () => {
    const side = await readyServer({ limits: { maxBufferedBytes: 2000 } });
    side.pipe.held = true;
    await side.receive(
      callFrame(op.count, 0, { to: 1_000_000 }, STREAM),
      frameOf("CREDIT", 0, u32(0), u32(0xffffffff)),
    );
    await settle();
    expect(side.session.connection.outbox.bufferedBytes).to.be.below(3000);
    const seen = side.pipe.frames().length;
    side.pipe.release();
    await settle();
    expect(side.pipe.frames().length).to.be.above(0);
    expect(seen).to.be.above(0);
  });

  it("maxQueuedBytes: the caller of a server that stops reading is refused", async () => {
    const side = await readyClient({ maxQueuedBytes: 10_000 });
    side.pipe.held = true;
    for (let i = 0; i < 10; i++) send(side, "wait", ["x".repeat(1000)]);
    const error = thrownBy(() => send(side, "wait", ["x"]));
    expect(error).to.include({ code: "RESOURCE_EXHAUSTED", retryable: true });
    expect(error.message).to.contain("maxQueuedBytes (10000)");
    expect(thrownBy(() => open(side, "count", [1]))).to.include({ code: "RESOURCE_EXHAUSTED" });
    await settle();
    side.pipe.release();
    send(side, "wait", ["x"]);
  });

  it("maxQueuedBytes: replies to a client that does not read become short errors", async () => {
    const side = await readyServer({ limits: { maxQueuedBytes: 10_000 } });
    side.pipe.held = true;
    for (let i = 0; i < 100; i++) await side.receive(callFrame(op.text, i, { length: 2000 }));
    const types = side.pipe.frames().map(({ type }) => type);
    expect(types.filter((type) => type === "REPLY")).to.have.length(5);
    expect(types.filter((type) => type === "ERROR")).to.have.length(95);
    expect(side.session.connection.outbox.bufferedBytes).to.be.below(40_000);
  });

  it("maxQueuedBytes: a handler cannot call back into a client that does not read without end", async () => {
    const outcomes: string[] = [];
    const side = await readyServer({
      limits: { maxQueuedBytes: 1000 },
      handlers: {
        tell: async (say) => {
          for (let i = 0; i < 100; i++) say(i).catch((error: RpcError) => outcomes.push(error.code));
        },
      },
    });
    side.pipe.held = true;
    await side.receive(callFrame(op.tell, 0, { say: 1 }));
    expect(outcomes.length).to.be.above(50);
    expect(new Set(outcomes)).to.deep.equal(new Set(["RESOURCE_EXHAUSTED"]));
  });
});
