import { expect } from "chai";
import { checkOptions, kinds, oneOf } from "../../core/options.ts";
import { arg, connect, defineService, implement, oneway, rpc, serve, service, stream, t, topic } from "../../index.ts";
import { memory } from "../../transports/memory/index.ts";
import { tcp } from "../../transports/tcp/index.ts";

const Desk = defineService(
  "test.Desk",
  {},
  { ask: rpc({ params: [arg("n", t.int32)], returns: t.int32 }), news: topic(t.string) },
);
const desk = (): object => implement(Desk, { ask: async (n) => n });

async function messageOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    expect(error).to.be.instanceOf(TypeError);
    return (error as Error).message;
  }
  throw new Error("expected a TypeError");
}

describe("options", () => {
  const table = { timeoutMs: kinds.milliseconds, tags: kinds.object, mode: oneOf("on", "off") };
  interface Some {
    readonly timeoutMs?: number | undefined;
    readonly tags?: object;
    readonly mode?: string;
  }

  it("are copied without what is undefined, and never written into", () => {
    const given: Some = Object.freeze({ timeoutMs: undefined, tags: {} });
    const checked = checkOptions("door", given, table);
    expect(checked).to.deep.equal({ tags: {} });
    expect(checked).not.to.equal(given);
  });

  const unknown: readonly (readonly [string, string])[] = [
    ["timeoutMS", "door: unknown option timeoutMS; did you mean timeoutMs?"],
    ["timeout", "door: unknown option timeout; did you mean timeoutMs?"],
    ["tag", "door: unknown option tag; did you mean tags?"],
    ["retries", "door: unknown option retries; known are timeoutMs, tags, mode"],
    ["toString", "door: unknown option toString; known are timeoutMs, tags, mode"],
    ["__proto__", "door: unknown option __proto__; known are timeoutMs, tags, mode"],
  ];
  for (const [name, message] of unknown) {
    it(`that do not exist are refused: ${name}`, () => {
      const given = JSON.parse(`{ "${name}": 1 }`) as Some;
      expect(() => checkOptions("door", given, table)).to.throw(TypeError, message);
    });
  }

  it("must be an object, and their values what the table says", () => {
    for (const given of [undefined, null, "x", [], 7])
      expect(() => checkOptions("door", given as Some, table)).to.throw(
        TypeError,
        "door: expected an object of options",
      );
    for (const timeoutMs of [0, -1, Number.NaN, "5", null])
      expect(() => checkOptions("door", { timeoutMs } as Some, table)).to.throw(
        TypeError,
        "door: timeoutMs: expected a number above 0, got ",
      );
    expect(() => checkOptions("door", { mode: "of" }, table)).to.throw('mode: expected "on" or "off", got "of"');
  });

  it("are checked at every door", async () => {
    const wrong = (options: object): never => options as never;
    const doors: readonly (readonly [string, () => unknown])[] = [
      ["connect: endpoints: expected a list of URLs, as in", () => connect(wrong({ endpoints: "tcp://127.0.0.1:1" }))],
      ["connect: unknown option timeoutMS; did you", () => connect(wrong({ endpoints: ["tcp://a:1"], timeoutMS: 1 }))],
      ["connect: expected an object of options", () => (connect as () => unknown)()],
      ["connect: timeoutMs: expected a number above 0", () => connect({ endpoints: ["tcp://a:1"], timeoutMs: -5 })],
      ["serve: unknown option lisen; did you mean listen?", () => serve(wrong({ services: [desk()], lisen: [] }))],
      ["serve: listen: expected a list of URLs", () => serve(wrong({ services: [desk()], listen: "tcp://a:1" }))],
      ["serve: listen is empty", () => serve(wrong({ services: [desk()] }))],
      ["serve: services is empty", () => serve(wrong({ listen: ["tcp://127.0.0.1:0"] }))],
      ["serve: drainMs: expected a number from 0, got NaN", () => serve(wrong({ drainMs: Number.NaN }))],
      ["tcp: unknown option limit; did you mean limits?", () => tcp(wrong({ limit: {} }))],
      ["limits: unknown option maxStream; did you mean maxStreams?", () => tcp({ limits: wrong({ maxStream: 1 }) })],
      ["limits: heartbeatMs: expected a whole number from 1", () => memory({ limits: wrong({ heartbeatMs: "1" }) })],
      ["backoff: unknown option fistMs; did you mean firstMs?", () => tcp({ backoff: wrong({ fistMs: 1 }) })],
      ["backoff: maxMs: expected a number above 0, got 0", () => memory({ backoff: { maxMs: 0 } })],
      ["memory: isolate: expected true or false, got 1", () => memory(wrong({ isolate: 1 }))],
      ["rpc: unknown option return; did you mean returns?", () => rpc(wrong({ params: [], return: t.int32 }))],
      ["oneway: unknown option param; did you mean params?", () => oneway(wrong({ param: [] }))],
      ["stream: unknown option yield; did you mean yields?", () => stream(wrong({ yield: t.int32 }))],
      ["service test.X: unknown option verion; did", () => service("test.X", wrong({ verion: "1.0.0" }))(class {})],
      ["service test.X: version: expected a text", () => defineService("test.X", wrong({ version: 1 }), { a: rpc() })],
    ];
    for (const [message, open] of doors) expect(await messageOf(async () => open())).to.contain(message);
  });

  it("of calls, references, publishes and subscriptions are checked, too", async () => {
    const wrong = (options: object): never => options as never;
    await using server = await serve({ services: [desk()], listen: ["memory://options"] });
    await using client = await connect({ endpoints: server.endpoints });
    const orders = await client.refer(Desk);
    const local = server.topics(Desk)["news"];
    const doors: readonly (readonly [string, () => unknown])[] = [
      ["refer: unknown option codek; did you mean codec?", () => client.refer(Desk, wrong({ codek: "json" }))],
      ["ask.with: unknown option timeoutMS; did you mean timeoutMs?", () => orders.ask.with(wrong({ timeoutMS: 1 }))],
      ['ask.with: timeoutMs: expected a number, got "5"', () => orders.ask.with(wrong({ timeoutMs: "5" }))],
      ["news.publish: key: expected a text, got 1", () => orders.news.publish("x", wrong({ key: 1 }))],
      ["news.publish: unknown option header; did", () => local?.publish("x", wrong({ header: {} }))],
      ["news.subscribe: unknown option keys; did", () => orders.news.subscribe(() => {}, wrong({ keys: "a" }))],
      ["news.subscribe: overflow: expected", () => local?.subscribe(() => {}, wrong({ overflow: "drop" }))],
    ];
    for (const [message, open] of doors) expect(await messageOf(async () => open())).to.contain(message);
  });
});
