import { expect } from "chai";
import { json } from "../../../codecs/json/index.ts";
import { OutgoingCall } from "../../../core/call/outgoing.ts";
import { TimerWheel } from "../../../core/call/timer-wheel.ts";
import { contractOf } from "../../../core/contract/service.ts";
import { RpcError } from "../../../core/error.ts";
import { AddressedSession, type Posting } from "../../../core/link/addressed-session.ts";
import { emptyMetadata } from "../../../core/metadata.ts";
import type { StreamRequest } from "../../../core/transport.ts";
import { defaultWireLimits } from "../../../core/wire/limits.ts";
import { arg, defineService, oneway, rpc, stream, t } from "../../../index.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

const contract = contractOf(
  defineService(
    "addressed.Shop",
    {},
    {
      sum: rpc({ params: [arg("numbers", t.stream(t.int32))], returns: t.int32 }),
      scaled: rpc({ params: [arg("by", t.int32), arg("numbers", t.stream(t.int32))], returns: t.int32 }),
      upper: stream({ params: [arg("words", t.stream(t.string))], yields: t.string }),
      audit: oneway({ params: [arg("line", t.string)] }),
    },
  ),
);
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify({ result: value }));

/** A session whose transport writes down what it is given. */
async function session() {
  const log: string[] = [];
  const errors: string[] = [];
  let post!: Posting;
  let room: Promise<void> | undefined;
  const platform = new ManualPlatform();
  const addressed = new AddressedSession({
    platform,
    limits: defaultWireLimits,
    user: {
      credentials: undefined,
      signal: new AbortController().signal,
      onOpen: () => {},
      onReady: () => {},
      onGoaway: () => {},
      onLost: () => void log.push("lost"),
      onError: (error) => void errors.push(String(error)),
    },
    post(posting) {
      post = posting;
      log.push(posting.body === undefined ? "post" : `post ${text(posting.body)}`);
      return {
        cancel: () => void log.push("cancel"),
        item: (item) => {
          log.push(`item ${text(item)}`);
          return room;
        },
        end: () => void log.push("end"),
      };
    },
    onEnd: () => void log.push("end of session"),
  });
  const operations = await addressed.bind(contract, json());
  const operationOf = (name: string) => {
    const operation = operations.find((one) => one?.address.method === name);
    if (operation === undefined) throw new Error(name);
    return operation;
  };
  return {
    addressed,
    log,
    errors,
    posting: () => post,
    fill: (full: Promise<void> | undefined) => {
      room = full;
    },
    call: (name: string, ...args: unknown[]) => {
      const operation = operationOf(name);
      const sender = { retry: () => false, settled: () => {} };
      const call = new OutgoingCall(sender, new TimerWheel(platform), operation.codec.method, args);
      addressed.send(call, operation);
      const outcome = call.promise.then(
        (value) => `value ${value}`,
        (error: RpcError) => `${error.code}: ${error.message}`,
      );
      return { call, outcome };
    },
    open: (name: string, ...args: unknown[]) => {
      const operation = operationOf(name);
      const request: StreamRequest = {
        method: operation.codec.method,
        args,
        metadata: emptyMetadata,
        deadline: undefined,
        signal: undefined,
        onReplyMetadata: undefined,
      };
      return addressed.openStream(request, operation)[Symbol.asyncIterator]();
    },
  };
}

async function* numbers(...values: number[]) {
  yield* values;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a session on which nothing is agreed", () => {
  it("sends the stream that a caller passes, behind the arguments beside it", async () => {
    const one = await session();
    const { outcome } = one.call("scaled", 3, numbers(1, 2));
    await settled();
    one.posting().answers.reply(bytes(9));
    expect(await outcome).to.equal("value 9");
    expect(one.log).to.deep.equal(['post {"by":3}', 'item {"result":1}', 'item {"result":2}', "end"]);
  });

  it("sends nothing before the items where the stream is all there is", async () => {
    const one = await session();
    const { outcome } = one.call("sum", numbers(5));
    await settled();
    one.posting().answers.reply(bytes(5));
    expect(await outcome).to.equal("value 5");
    expect(one.log).to.deep.equal(["post", 'item {"result":5}', "end"]);
  });

  it("asks for the next item when there is room", async () => {
    const one = await session();
    let open = (): void => {};
    one.fill(
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    one.call("sum", numbers(1, 2));
    await settled();
    expect(one.log).to.deep.equal(["post", 'item {"result":1}']);
    one.fill(undefined);
    open();
    await settled();
    expect(one.log.slice(2)).to.deep.equal(['item {"result":2}', "end"]);
  });

  it("leaves the stream, and does not end it, when the answer comes first", async () => {
    const one = await session();
    let left = false;
    const { outcome } = one.call(
      "sum",
      (async function* () {
        try {
          yield 1;
          one.posting().answers.reply(bytes(1));
          yield 2;
        } finally {
          left = true;
        }
      })(),
    );
    expect(await outcome).to.equal("value 1");
    await settled();
    expect([left, one.log]).to.deep.equal([true, ["post", 'item {"result":1}']]);
  });

  it("fails by what the stream throws, or by an item that does not fit, and tells the server", async () => {
    for (const [given, expected] of [
      [
        (async function* () {
          yield 1;
          throw new RpcError({ code: "ABORTED", message: "enough" });
        })(),
        /^ABORTED: enough$/,
      ],
      [numbers(1, 2.5), /^INVALID_ARGUMENT: addressed.Shop.sum: numbers: expected int32, got 2.5/],
    ] as const) {
      const one = await session();
      const { outcome } = one.call("sum", given);
      expect(await outcome).to.match(expected);
      expect(one.log).to.deep.equal(["post", 'item {"result":1}', "cancel"]);
      expect(one.addressed.pendingCount).to.equal(0);
    }
    const both = await session();
    const reader = both.open("upper", numbers(1));
    const thrown = await reader.next().catch((error: RpcError) => error.message);
    expect(thrown).to.match(/words: expected string/);
    expect(both.log).to.deep.equal(["post", "cancel"]);
  });

  it("tells the server, and the stream, when the caller no longer waits", async () => {
    const one = await session();
    let left = false;
    const { call, outcome } = one.call(
      "sum",
      (async function* () {
        try {
          yield 1;
          await settled();
          yield 2;
        } finally {
          left = true;
        }
      })(),
    );
    await Promise.resolve();
    call.abandon(new RpcError({ code: "CANCELLED", message: "enough" }));
    expect(await outcome).to.equal("CANCELLED: enough");
    await settled();
    await settled();
    expect([left, one.log.at(-1)]).to.deep.equal([true, "cancel"]);
  });

  it("is done with a oneway when its bytes have left, and says so where they never do", async () => {
    const one = await session();
    const { outcome } = one.call("audit", "a");
    expect(one.addressed.pendingCount).to.equal(1);
    one.posting().answers.left();
    expect([await outcome, one.addressed.pendingCount]).to.deep.equal(["value undefined", 0]);
    const lost = one.call("audit", "b");
    one.addressed.cut(new RpcError({ code: "UNAVAILABLE", message: "gone" }));
    expect(await lost.outcome).to.match(/^UNAVAILABLE: audit: the connection was lost before all of the call had left/);
  });

  it("refuses what is no stream before anything is sent", async () => {
    const one = await session();
    expect(() => one.call("sum", [1, 2])).to.throw(/numbers: expected an AsyncIterable/);
    expect([one.log, one.addressed.pendingCount]).to.deep.equal([[], 0]);
  });
});
