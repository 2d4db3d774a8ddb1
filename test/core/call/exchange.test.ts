import { expect } from "chai";
import { Exchange, type ExchangeOptions } from "../../../core/call/exchange.ts";
import { boundOperation, ServedCall } from "../../../core/call/incoming.ts";
import type { ReplySink } from "../../../core/call/reply-sink.ts";
import { StreamReader } from "../../../core/call/stream.ts";
import { TimerWheel } from "../../../core/call/timer-wheel.ts";
import { emptyMetadata } from "../../../core/metadata.ts";
import type { CurrentStore } from "../../../core/platform.ts";
import { serveService } from "../../../core/server/serving.ts";
import { TopicHub } from "../../../core/topic/hub.ts";
import { resolveTopicLimits } from "../../../core/topic/limits.ts";
import { TopicBudget } from "../../../core/topic/post.ts";
import type { ServedOperation } from "../../../core/transport.ts";
import { CurrentCalls } from "../../../current-call.ts";
import { implement, RpcError } from "../../../index.ts";
import { settle } from "../wire/capture-pipe.ts";
import { handlers, op, Small, type SmallHandlers } from "../wire/fixture.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

/** An exchange of its own, what its sink was told, in words, and what the server was. */
function exchange(
  given: Partial<SmallHandlers>,
  { current, ...options }: Partial<ExchangeOptions<ServedCall>> & { current?: CurrentStore } = {},
) {
  const platform = Object.assign(new ManualPlatform(), current && { current });
  const wheel = new TimerWheel(platform);
  const told: string[] = [];
  const errors: unknown[] = [];
  const served = serveService(implement(Small, handlers(given)), "services[0]", {
    platform,
    interceptors: [],
    inherit: current !== undefined,
    partial: false,
    instance: "i1",
    topicBackend: (site) => new TopicHub({ ...site, budget: new TopicBudget(resolveTopicLimits()) }),
    onError: (error) => errors.push(error),
  });
  const sink: ReplySink = {
    head: (_, metadata) => void told.push(`head ${JSON.stringify(metadata)}`),
    item: (_, value) => void told.push(`item ${value}`),
    reply: (_, value) => void told.push(`reply ${value}`),
    end: () => void told.push("end"),
    fail: (_, { code, message }) => void told.push(`fail ${code} ${message}`),
    done: () => void told.push("done"),
  };
  const limits = { maxPendingCalls: 2, maxStreams: 2 };
  const made = new Exchange({ sink, limits, onError: (error) => errors.push(error), ...options });
  const call = (method: keyof typeof op, until?: number): ServedCall => {
    const peer = { address: "test", identity: undefined };
    const origin = { service: "a.S", method, instance: "i1", peer, wheel };
    return new ServedCall(
      boundOperation(served.operations[op[method]] as ServedOperation, origin),
      emptyMetadata,
      until,
    );
  };
  const serve = async (method: keyof typeof op, args: unknown[], until?: number): Promise<ServedCall> => {
    const one = call(method, until);
    made.serve(one, args, platform.now());
    await settle();
    return one;
  };
  return { made, told, errors, serve, sink, platform };
}

describe("exchange", () => {
  it("tells of a unary call its head and reply, or what it failed by", async () => {
    const { told, errors, serve } = exchange({
      inc: async (n, ctx) => {
        ctx.setReplyMetadata({ cost: "1" });
        if (n < 0) throw new RpcError({ code: "OUT_OF_RANGE", message: "below 0" });
        if (n === 0) throw new Error("a secret");
        return n + 1;
      },
    });
    for (const n of [1, -1, 0]) await serve("inc", [n]);
    expect(told.slice(0, 2)).to.deep.equal(['head {"cost":"1"}', "reply 2"]);
    expect(told[2]).to.equal("fail OUT_OF_RANGE below 0");
    expect(told[3]).to.match(/^fail UNKNOWN (?!.*a secret)/);
    expect(told).to.have.length(4);
    expect(errors.map(String)).to.deep.equal(["Error: a secret"]);
  });

  it("tells of a stream its head before the first item, and one end", async () => {
    const { told, serve } = exchange({
      count: async function* (to, ctx) {
        ctx.setReplyMetadata({ cost: "1" });
        for (let i = 0; i < to; i++) yield i;
      },
    });
    await serve("count", [2]);
    expect(told).to.deep.equal(['head {"cost":"1"}', "item 0", "item 1", "end"]);
  });

  it("runs every step of a stream within its call, also where that is not followed by itself", async () => {
    const current = new CurrentCalls(0);
    const seen: unknown[] = [];
    const counting = exchange(
      {
        count: async function* (to) {
          for (let i = 0; i < to; i++) {
            // The first is the question that ends the rest.
            seen.push(current.getStore());
            yield i;
          }
        },
      },
      { current },
    );
    const call = await counting.serve("count", [2]);
    expect(counting.told).to.deep.equal(["item 0", "item 1", "end"]);
    expect(seen).to.deep.equal([call, call]);
  });

  it("tells of a oneway that it is over, and the server what it failed by", async () => {
    const { told, errors, serve } = exchange({
      note: async (line) => {
        if (line === "bad") throw new RpcError({ code: "ABORTED", message: "for the server" });
      },
    });
    await serve("note", ["good"]);
    await serve("note", ["bad"]);
    expect(told).to.deep.equal(["done", "done"]);
    expect(errors).to.have.length(1);
  });

  it("begins nothing whose time is over", async () => {
    let ran = 0;
    const { told, errors, serve, platform } = exchange({ inc: async () => ++ran, note: () => void ran++ });
    await serve("inc", [1], platform.now());
    await serve("note", ["x"], platform.now());
    expect(ran).to.equal(0);
    expect(told).to.deep.equal([
      "fail DEADLINE_EXCEEDED inc: the deadline had passed before the handler could begin",
      "done",
    ]);
    expect(errors).to.have.length(1);
  });

  it("tells one outcome of a call that is cancelled, and none of one that is aborted", async () => {
    const reasons: unknown[] = [];
    const { made, told, serve } = exchange({
      wait: (_, ctx) =>
        new Promise((resolve) =>
          ctx.signal.addEventListener("abort", () => {
            reasons.push(ctx.signal.reason.code);
            resolve();
          }),
        ),
    });
    const cancelled = await serve("wait", ["a"]);
    const aborted = await serve("wait", ["b"]);
    made.cancel(cancelled);
    made.cancel(cancelled);
    made.abort(aborted, new RpcError({ code: "UNAVAILABLE", message: "gone" }));
    await settle();
    expect(told).to.deep.equal(["fail CANCELLED the caller cancelled the call"]);
    expect(reasons).to.deep.equal(["CANCELLED", "UNAVAILABLE"]);
  });

  it("lets a call fail whose outcome the sink cannot send", async () => {
    const { told, serve, sink } = exchange({});
    sink.reply = () => {
      throw new RpcError({ code: "INVALID_ARGUMENT", message: "result: expected int32" });
    };
    sink.item = () => {
      throw new RpcError({ code: "RESOURCE_EXHAUSTED", message: "too large" });
    };
    await serve("inc", [1]);
    await serve("count", [3]);
    expect(told[0]).to.match(/^fail INTERNAL a\.S\.inc: .*the handler's result cannot be sent$/);
    expect(told[1]).to.equal("fail RESOURCE_EXHAUSTED too large");
    expect(told).to.have.length(2);
  });

  it("refuses one stream too many, and counts none that it refused", async () => {
    const upstream = () =>
      new StreamReader(
        1000,
        () => {},
        () => {},
      );
    const { made, told, serve } = exchange({}, { upstream });
    const open = [await serve("sum", [undefined]), await serve("sum", [undefined])];
    await serve("sum", [undefined]);
    expect(told).to.deep.equal(["fail RESOURCE_EXHAUSTED maxStreams (2) are open on this connection; close some"]);
    for (const call of open) made.cancel(call);
    const last = await serve("sum", [undefined]);
    last.upstream?.push(4, 1);
    last.upstream?.end();
    await settle();
    expect(told.at(-1)).to.equal("reply 4");
  });

  it("refuses by name what the transport does not carry, and is none the worse for it", async () => {
    const { told, serve } = exchange({});
    for (let i = 0; i < 5; i++) await serve("sum", [undefined]);
    await serve("tell", [1]);
    await serve("count", [1]);
    expect(told[4]).to.match(/^fail UNIMPLEMENTED a\.S\.sum: this transport does not carry streams of the caller/);
    expect(told[5]).to.match(/^fail UNIMPLEMENTED a\.S\.tell: this transport does not carry callbacks/);
    expect(told.slice(6)).to.deep.equal(["item 0", "end"]);
  });

  it("drops oneways beyond its limit, and says so to the server", async () => {
    const { told, errors, serve } = exchange({ note: () => new Promise<void>(() => {}) as never });
    for (let i = 0; i < 3; i++) await serve("note", ["x"]);
    expect(told).to.deep.equal(["done"]);
    expect(errors.map((error) => (error as RpcError).code)).to.deep.equal(["RESOURCE_EXHAUSTED"]);
  });
});
