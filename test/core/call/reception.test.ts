import { expect } from "chai";
import { json } from "../../../codecs/json/index.ts";
import { type CallHandler, emptyMetadata, Reception, type RequestedCall, RpcError } from "../../../core/index.ts";
import { defaultWireLimits } from "../../../core/wire/limits.ts";
import { arg, createHandler, defineService, type Handlers, implement, rpc, stream, t } from "../../../index.ts";
import { signal } from "../../transports/suite/fixture.ts";

const Texts = defineService(
  "suite.Texts",
  {},
  {
    echo: rpc({ params: [arg("text", t.string)], returns: t.string }),
    join: rpc({ params: [arg("texts", t.stream(t.string))], returns: t.string }),
    prefix: stream({ params: [arg("before", t.string), arg("texts", t.stream(t.string))], yields: t.string }),
  },
);
const peer = Object.freeze({ address: "test", identity: undefined });
const bytes = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const item = (text: string): Uint8Array => bytes({ result: text });

describe("core/call/reception", () => {
  const handlers: CallHandler[] = [];
  const told: string[] = [];
  let over = signal();
  afterEach(() => {
    told.length = 0;
    over = signal();
    for (const handler of handlers.splice(0)) (handler as unknown as { destroy(): void }).destroy();
  });

  async function reception(given: Partial<Handlers<typeof Texts>>, limits: object = {}, room?: () => void) {
    const handler = await createHandler({
      services: [
        implement(Texts, {
          echo: async (text) => text,
          join: async (texts) => {
            let joined = "";
            for await (const text of texts) joined += text;
            return joined;
          },
          prefix: async function* (before, texts) {
            for await (const text of texts) yield before + text;
          },
          ...given,
        }),
      ],
      onError: () => {},
    });
    handlers.push(handler);
    const tell = (text: string, last: boolean): void => {
      told.push(text);
      if (last) over.resolve();
    };
    const made = new Reception<string>({
      ...(room && { room }),
      host: handler.host,
      limits: { ...defaultWireLimits, ...limits },
      sink: {
        head: () => {},
        item: (_, value) => void tell(`item ${value}`, false),
        reply: (_, value) => tell(`reply ${value}`, true),
        end: () => tell("end", true),
        fail: (_, { code, message }) => tell(`${code} ${message}`, true),
      },
    });
    const open = (method: string, timeoutMs?: number): RequestedCall<string> => {
      const operation = made.find({ service: "suite.Texts", method, codec: json().name }, peer);
      return made.open(operation, { metadata: emptyMetadata, timeoutMs }, "here");
    };
    return { made, open };
  }

  it("takes the messages of a stream that is the only parameter as its items", async () => {
    const { made, open } = await reception({});
    const call = open("join");
    for (const text of ["a", "b", "c"]) expect(made.message(call, item(text))).to.equal(true);
    made.complete(call);
    await over.promise;
    expect(told).to.deep.equal(["reply abc"]);
    expect(made.size).to.equal(0);
  });

  it("takes the first message as the request where there are other parameters", async () => {
    const { made, open } = await reception({});
    const call = open("prefix");
    made.message(call, bytes({ before: "x" }));
    for (const text of ["a", "b"]) made.message(call, item(text));
    made.complete(call);
    await over.promise;
    expect(told).to.deep.equal(["item xa", "item xb", "end"]);
  });

  it("runs what has no stream once its one message is there, and refuses none or two", async () => {
    const { made, open } = await reception({});
    const [one, none, two] = [open("echo"), open("echo"), open("echo")];
    made.complete(none);
    made.message(two, bytes({ text: "a" }));
    made.message(two, bytes({ text: "b" }));
    made.complete(two);
    made.message(one, bytes({ text: "a" }));
    expect(told).to.deep.equal([
      "UNIMPLEMENTED suite.Texts.echo: no message came where there must be one",
      "UNIMPLEMENTED suite.Texts.echo: more than one message came where there must be one",
    ]);
    over = signal();
    made.complete(one);
    await over.promise;
    expect(told[2]).to.equal("reply a");
    expect(made.size).to.equal(0);
  });

  it("says when there is no room for more, and when there is again", async () => {
    const [go, roomy] = [signal(), signal()];
    const join: Handlers<typeof Texts>["join"] = async (texts) => {
      await go.promise;
      let count = 0;
      for await (const text of texts) count += text.length;
      return String(count);
    };
    const { made, open } = await reception({ join }, { streamWindowBytes: 100 }, () => roomy.resolve());
    const call = open("join");
    expect(made.message(call, item("a".repeat(50)))).to.equal(true);
    expect(made.message(call, item("a".repeat(50)))).to.equal(false);
    go.resolve();
    await roomy.promise;
    made.complete(call);
    await over.promise;
    expect(told).to.deep.equal(["reply 100"]);
  });

  it("fails a call whose item cannot be read, or whose sender does not wait for room", async () => {
    const { made, open } = await reception({ join: () => new Promise(() => {}) }, { streamWindowBytes: 10 });
    const [bad, hasty] = [open("join"), open("join")];
    made.message(bad, bytes({ result: 7 }));
    for (let i = 0; i < 3; i++) made.message(hasty, item("a"));
    expect(told[0]).to.match(/^INVALID_ARGUMENT /);
    expect(told[1]).to.match(/^RESOURCE_EXHAUSTED more of the stream came than streamWindowBytes \(10\)/);
  });

  it("answers for a caller that keeps no time itself", async () => {
    const { open } = await reception({ join: () => new Promise(() => {}) });
    open("join", 20);
    await over.promise;
    expect(told).to.deep.equal(["DEADLINE_EXCEEDED join: the deadline has passed before there was an answer"]);
  });

  it("tells nobody of a call whose caller has left, and refuses one too many", async () => {
    const { made, open } = await reception({}, { maxPendingCalls: 1 });
    const call = open("join");
    expect(() => open("join")).to.throw(RpcError, /maxPendingCalls \(1\)/);
    made.leave(call, new RpcError({ code: "CANCELLED", message: "gone" }));
    made.complete(call);
    expect([told, made.size]).to.deep.equal([[], 0]);
  });
});
