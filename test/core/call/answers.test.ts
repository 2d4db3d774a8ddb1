import { expect } from "chai";
import { json } from "../../../codecs/json/index.ts";
import { messageBytes } from "../../../core/bytes/output.ts";
import { Answers } from "../../../core/call/answers.ts";
import { compileOperations, type OperationCodec } from "../../../core/call/operation-codec.ts";
import { OutgoingCall } from "../../../core/call/outgoing.ts";
import { TimerWheel } from "../../../core/call/timer-wheel.ts";
import { defaultCodecLimits } from "../../../core/codec.ts";
import { contractOf } from "../../../core/contract/service.ts";
import { RpcError } from "../../../core/error.ts";
import { createMetadata, emptyMetadata, type Metadata } from "../../../core/metadata.ts";
import { defineService, rpc, stream, t } from "../../../index.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

const contract = contractOf(
  defineService(
    "answers.Shop",
    {},
    { ask: rpc({ params: [], returns: t.int32 }), count: stream({ params: [], yields: t.int32 }) },
  ),
);
const limits = { ...defaultCodecLimits, maxContractFields: 100 };
const [ask, count] = compileOperations(contract, { codec: json(), limits, calls: true, foreign: undefined }) as [
  OperationCodec,
  OperationCodec,
];
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify({ result: value }));
const failed = new RpcError({ code: "NOT_FOUND", message: "no such thing" });

function unary() {
  const log: string[] = [];
  const wheel = new TimerWheel(new ManualPlatform());
  const call = new OutgoingCall({ retry: () => false, settled: () => {} }, wheel, ask.method, []);
  const answers = posted(new Answers(call, ask, keeper(log)), log);
  const outcome = call.promise.then(
    (value) => `value ${value}`,
    (error: RpcError) => `${error.code}: ${error.message}`,
  );
  return { call, answers, log, outcome };
}

function streamed(windowBytes = 1000) {
  const log: string[] = [];
  const told: Metadata[] = [];
  const request = {
    method: count.method,
    args: [],
    metadata: emptyMetadata,
    deadline: undefined,
    signal: undefined,
    onReplyMetadata: (metadata: Metadata) => void told.push(metadata),
    onTrailers: (metadata: Metadata) => void told.push({ ...metadata, trailers: "yes" }),
  };
  const answers = posted(new Answers(request, count, { ...keeper(log), windowBytes }), log);
  return { answers, log, told };
}

function keeper(log: string[]) {
  return {
    windowBytes: 1000,
    onError: (error: unknown) => void log.push(String(error)),
    over: () => void log.push("over"),
  };
}

function posted(answers: Answers, log: string[]): Answers {
  answers.posted = { cancel: () => void log.push("cancel") };
  return answers;
}

describe("what answers a call", () => {
  it("is its reply, with the head's metadata and the trailers", async () => {
    const one = unary();
    one.answers.head(createMetadata({ a: "1" }));
    one.answers.reply(bytes(7));
    one.answers.fail(failed);
    expect([await one.outcome, one.call.replyMetadata, one.log]).to.deep.equal(["value 7", { a: "1" }, ["over"]]);
    const two = unary();
    two.answers.head(createMetadata({ a: "1" }));
    two.answers.reply(bytes(7), createMetadata({ b: "2" }));
    expect(await two.outcome).to.equal("value 7");
    expect([two.call.replyMetadata, two.call.replyTrailers]).to.deep.equal([{ a: "1" }, { b: "2" }]);
    const part = unary();
    part.answers.reply(
      messageBytes(100, (out) => out.writeUtf8('xx{"result":8}')),
      undefined,
      2,
    );
    expect(await part.outcome).to.equal("value 8");
  });

  it("is its failure, once, also where the reply cannot be read", async () => {
    const one = unary();
    one.answers.fail(failed);
    one.answers.reply(bytes(7));
    one.answers.lose(failed);
    expect([await one.outcome, one.log]).to.deep.equal(["NOT_FOUND: no such thing", ["over"]]);
    const unread = unary();
    unread.answers.reply(bytes("x"));
    expect(await unread.outcome).to.match(/^DATA_LOSS: ask: the reply could not be read: .*expected int32/);
    expect(unread.log).to.deep.equal(["over"]);
    const lost = unary();
    lost.answers.lose(new RpcError({ code: "UNAVAILABLE", message: "gone" }));
    expect(await lost.outcome).to.match(/^UNAVAILABLE: .*outcome unknown/);
  });

  it("is not waited for when its caller gives up, and the server is told", async () => {
    const { call, answers, log, outcome } = unary();
    call.abandon(new RpcError({ code: "CANCELLED", message: "enough" }));
    answers.reply(bytes(7));
    expect([await outcome, log]).to.deep.equal(["CANCELLED: enough", ["over", "cancel"]]);
  });

  it("is a stream's items, with room for as many as the window has", async () => {
    const { answers, log, told } = streamed(100);
    answers.head(createMetadata({ a: "1" }));
    const size = 16 + bytes(1).length;
    expect([answers.item(bytes(1)), told]).to.deep.equal([undefined, [{ a: "1" }]]);
    let last: Promise<void> | undefined;
    let sent = 1;
    for (; last === undefined; sent++) last = answers.item(bytes(1));
    expect(sent).to.equal(Math.ceil(100 / size));
    let room = false;
    void last.then(() => {
      room = true;
    });
    for (let i = 0; i < sent; i++) expect(await answers.reader.next()).to.deep.equal({ value: 1, done: false });
    await last;
    expect(room).to.equal(true);
    answers.end(createMetadata({ b: "2" }));
    expect(await answers.reader.next()).to.deep.equal({ value: undefined, done: true });
    expect([told, log]).to.deep.equal([[{ a: "1" }, { b: "2", trailers: "yes" }], ["over"]]);
    expect(answers.item(bytes(1))).to.equal(undefined);
  });

  it("ends a stream whose item cannot be read, and tells the server", async () => {
    const { answers, log } = streamed();
    answers.item(bytes(1));
    answers.item(bytes("x"));
    expect((await answers.reader.next()).value).to.equal(1);
    const thrown = await answers.reader.next().catch((error: RpcError) => error.code);
    expect([thrown, log]).to.deep.equal(["DATA_LOSS", ["over", "cancel"]]);
  });

  it("wakes who waits for room when the reader leaves", async () => {
    const { answers, log } = streamed(1);
    const room = answers.item(bytes(1));
    await answers.reader.return();
    await room;
    expect(log).to.deep.equal(["over", "cancel"]);
  });
});
