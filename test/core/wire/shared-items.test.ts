import { expect } from "chai";
import { json } from "../../../codecs/json/index.ts";
import type { StreamReader } from "../../../core/call/stream.ts";
import type { Codec, CompiledCodec } from "../../../core/codec.ts";
import { emptyMetadata } from "../../../core/metadata.ts";
import { serveService } from "../../../core/server/serving.ts";
import type { TopicDelivery } from "../../../core/topic/backend.ts";
import { TopicHub } from "../../../core/topic/hub.ts";
import { resolveTopicLimits } from "../../../core/topic/limits.ts";
import { TopicBudget } from "../../../core/topic/post.ts";
import type { ClientOperation } from "../../../core/wire/client-calls.ts";
import type { WireLimits } from "../../../core/wire/limits.ts";
import { defineService, implement, t, topic } from "../../../index.ts";
import { settle } from "./capture-pipe.ts";
import { type ClientSide, clientSide, readyClient, type ServerSide, serverSide } from "./fixture.ts";
import { callFrame, type Frame, frameOf, hello, u16, u32, welcome } from "./frames.ts";
import { ManualPlatform } from "./manual-platform.ts";
import { open } from "./outgoing.ts";

const Price = t.struct("shared.Price", { sku: t.string, cents: t.int32 });
const Stamp = t.struct("shared.Stamp", { at: t.timestamp, sums: t.list(t.int32) });
const Market = defineService("shared.Market", {}, { prices: topic(Price), stamps: topic(Stamp) });
const names = Market.operations.map(({ name }) => name);
const op = { prices: names.indexOf("prices.subscribe"), stamps: names.indexOf("stamps.subscribe") };
const SHARED = 16;
const STREAM = 4;

/** Counts what it encodes. */
function counting(): Codec & { encoded: number } {
  const inner = json();
  const made: Codec & { encoded: number } = {
    ...inner,
    encoded: 0,
    compile(writer, reader, options): CompiledCodec {
      const compiled = inner.compile(writer, reader, options);
      return {
        encodeInto: (value, out) => {
          made.encoded++;
          compiled.encodeInto(value, out);
        },
        decode: (bytes, start, end) => compiled.decode(bytes, start, end),
      };
    },
  };
  return made;
}

interface Publisher {
  readonly codec: Codec & { encoded: number };
  publish(cents: number, key?: string): Promise<void>;
  /** A connection that has bound the contract, and subscribed under numbers from 0. */
  connect(keys: readonly (string | undefined)[], options?: Connecting): Promise<ServerSide>;
}

interface Connecting {
  readonly shared?: boolean;
  readonly window?: number;
  readonly maxMessageBytes?: number;
  readonly limits?: Partial<WireLimits>;
  readonly bufferSize?: number;
}

function publisher(): Publisher {
  const codec = counting();
  const platform = new ManualPlatform();
  const budget = new TopicBudget(resolveTopicLimits());
  const served = serveService(implement(Market, {}), "services[0]", {
    platform,
    interceptors: [],
    inherit: false,
    partial: false,
    instance: "i1",
    topicBackend: (site) => new TopicHub({ ...site, budget }),
    onError: () => {},
  });
  return {
    codec,
    publish: (cents, key = "eu") =>
      (served.topics["prices"] as { publish(value: unknown, options: object): Promise<void> }).publish(
        { sku: "a", cents },
        { key },
      ),
    async connect(keys, { shared = true, window = 262_144, maxMessageBytes = 4_000_000, limits = {}, ...asked } = {}) {
      const side = serverSide({ served, codecs: [codec], limits });
      const json = { service: "a.S", version: "1.0.0", group: "", codec: "json", fingerprint: Market.fingerprint };
      await side.receive(hello({ window, maxMessageBytes }));
      await side.receive(frameOf("BIND", 0, u16(0), u16(0), { ...json, operations: names, ...(shared && { shared }) }));
      for (const [id, key] of keys.entries()) {
        await side.receive(callFrame(op.prices, id, { ...(key && { key }), ...asked }, STREAM));
      }
      side.pipe.frames();
      codec.encoded = 0;
      return side;
    },
  };
}

/** Which streams a DATA is for, and its payload. */
function parse({ type, flags, body }: Frame): readonly [ids: number[], cents: number | undefined] {
  expect(type).to.equal("DATA");
  const others = flags === SHARED ? body.readUInt32BE(body.length - 4) : 0;
  const end = flags === SHARED ? body.length - 4 - 4 * others : body.length;
  const ids = [body.readUInt32BE(0), ...Array.from({ length: others }, (_, i) => body.readUInt32BE(end + 4 * i))];
  const { value } = JSON.parse(body.subarray(4, end).toString()) as { value?: { cents: number } };
  return [ids, value?.cents];
}

const sent = async (side: ServerSide): Promise<(readonly [number[], number | undefined])[]> => {
  await settle();
  return side.pipe.frames().map(parse);
};

describe("wire: an item for several streams", () => {
  it("leaves once, byte by byte as the protocol says", async () => {
    const { publish, connect } = publisher();
    const side = await connect([undefined, undefined, undefined]);
    await publish(7);
    await settle();
    const payload = Buffer.from('{"key":"eu","headers":{},"value":{"sku":"a","cents":7}}').toString("hex");
    expect(side.pipe.frames().map(({ type, flags, body }) => `${type} ${flags} ${body.toString("hex")}`)).to.deep.equal(
      [`DATA 16 00000000${payload}000000010000000200000002`],
    );
  });

  it("is encoded once for all connections of one codec", async () => {
    const { publish, connect, codec } = publisher();
    const sides = [
      await connect(["eu", "us", "eu"]),
      await connect(["*", "eu"], { shared: false }),
      await connect(["us"]),
      await connect(["eu"], { maxMessageBytes: 50_000 }),
    ];
    await publish(1);
    await publish(2);
    const frames = await Promise.all(sides.map(sent));
    expect(frames).to.deep.equal([
      [
        [[0, 2], 1],
        [[0, 2], 2],
      ],
      // It has not said that it takes such frames.
      [
        [[1], 1],
        [[0], 1],
        [[1], 2],
        [[0], 2],
      ],
      [],
      [
        [[0], 1],
        [[0], 2],
      ],
    ]);
    expect(codec.encoded).to.equal(2);
  });

  it("is no longer than the client takes", async () => {
    const { publish, connect } = publisher();
    const side = await connect([undefined, undefined, undefined, undefined], { maxMessageBytes: 80 });
    await publish(1);
    expect(await sent(side)).to.deep.equal([
      [[0, 1, 2], 1],
      [[3], 1],
    ]);
  });

  it("is not for a stream that has no credit, which gets it later, in order", async () => {
    const { publish, connect } = publisher();
    const side = await connect([undefined, undefined], { window: 50 });
    // What confirmed took all of it.
    await publish(1);
    await publish(2);
    expect(await sent(side)).to.deep.equal([]);
    await side.receive(frameOf("CREDIT", 0, u32(1), u32(1000)));
    await publish(3);
    expect(await sent(side)).to.deep.equal([
      [[1], 1],
      [[1], 2],
      [[1], 3],
    ]);
    await side.receive(frameOf("CREDIT", 0, u32(0), u32(1000)));
    await publish(4);
    expect(await sent(side)).to.deep.equal(
      [
        [[0], 1],
        [[0], 2],
        [[0], 3],
        [[1, 0], 4],
      ].map(([ids, cents]) => [[...(ids as number[])].sort(), cents]),
    );
  });

  it("leaves once, too, to streams that waited and go on together", async () => {
    const { publish, connect, codec } = publisher();
    const side = await connect([undefined, undefined, undefined], { window: 50 });
    for (const cents of [1, 2, 3]) await publish(cents);
    await side.receive(Buffer.concat([0, 1, 2].map((id) => frameOf("CREDIT", 0, u32(id), u32(1000)))));
    expect(await sent(side)).to.deep.equal([1, 2, 3].map((cents) => [[0, 1, 2], cents]));
    expect(codec.encoded).to.equal(3);
  });

  it("waits with all its streams while the connection takes no more, and loses nothing", async () => {
    const { publish, connect, codec } = publisher();
    const side = await connect([undefined, undefined, undefined], { limits: { maxBufferedBytes: 1000 } });
    side.pipe.held = true;
    for (let cents = 0; cents < 100; cents++) await publish(cents);
    expect((await sent(side)).length).to.be.below(20);
    expect(side.pipe.bufferedBytes).to.be.below(1200);
    side.pipe.held = false;
    side.pipe.release();
    const before = codec.encoded;
    while (side.pipe.writesWaiting > 0) await settle();
    await settle();
    await settle();
    const frames = await sent(side);
    expect(frames.every(([ids]) => ids.length === 3)).to.equal(true);
    expect(frames.map(([, cents]) => cents)).to.deep.equal(
      Array.from({ length: frames.length }, (_, i) => 100 - frames.length + i),
    );
    expect(codec.encoded - before).to.be.at.most(frames.length);
  });

  it("does not touch a stream that was cancelled, nor one that fails by an item too long for its client", async () => {
    const { publish, connect } = publisher();
    const side = await connect([undefined, undefined, undefined]);
    await side.receive(frameOf("CANCEL", 0, u32(1)));
    side.pipe.frames();
    await publish(1);
    expect(await sent(side)).to.deep.equal([[[0, 2], 1]]);
    const small = await connect([undefined, undefined], { maxMessageBytes: 60 });
    await publish(2);
    await settle();
    expect(small.pipe.frames().map(({ type }) => type)).to.deep.equal(["ERROR", "ERROR"]);
    expect(await sent(side)).to.deep.equal([[[0, 2], 2]]);
  });
});

type Reading = ClientSide & { subscribe(name?: keyof typeof op): StreamReader };

/** A client that has bound the contract; the test is the server. */
async function reader(limits: Partial<WireLimits> = {}): Promise<Reading> {
  const side = clientSide(limits);
  await side.receive(welcome());
  const binding = side.session.bind(Market, json());
  await settle();
  const bind = side.pipe.frames().find(({ type }) => type === "BIND") as Frame;
  expect(JSON.parse(bind.body.subarray(4).toString())).to.include({ shared: true });
  await side.receive(frameOf("BOUND", 0, u16(0), { fingerprint: Market.fingerprint }));
  const operations = (await binding) as readonly ClientOperation[];
  return Object.assign(side, {
    subscribe(name: keyof typeof op = "prices"): StreamReader {
      const operation = operations[op[name]] as ClientOperation;
      const { method } = operation.codec;
      const stream = { method, args: [{}], metadata: emptyMetadata, deadline: undefined, signal: undefined };
      return side.session.openStream({ ...stream, onReplyMetadata: undefined }, operation);
    },
  });
}

const price = (cents: number): string => JSON.stringify({ key: "", headers: {}, value: { sku: "a", cents } });
const sharedFrame = (payload: string, first: number, ...others: readonly number[]): Buffer =>
  frameOf("DATA", SHARED, u32(first), payload, ...others.map(u32), u32(others.length));
const next = async (reader: StreamReader): Promise<TopicDelivery> => (await reader.next()).value as TopicDelivery;

describe("wire: an item for several streams, at the client", () => {
  it("reaches those that it names, and nobody else; they share what is frozen", async () => {
    const side = await reader();
    const [a, b, c] = [side.subscribe(), side.subscribe(), side.subscribe()];
    await side.receive(sharedFrame(price(1), 0, 2), sharedFrame(price(2), 1, 0, 2, 9, 2_000_000));
    expect(await next(b)).to.deep.include({ value: { sku: "a", cents: 2 } });
    const first = [await next(a), await next(c)].map(({ value }) => value);
    expect(first).to.deep.equal([
      { sku: "a", cents: 1 },
      { sku: "a", cents: 1 },
    ]);
    expect(first[0]).to.equal(first[1]);
    expect(Object.isFrozen(first[0])).to.equal(true);
    expect((await next(a)).value).to.deep.equal({ sku: "a", cents: 2 });
  });

  it("is copied for each where it cannot be frozen", async () => {
    const side = await reader();
    const [a, b] = [side.subscribe("stamps"), side.subscribe("stamps")];
    const waiting = next(a);
    const stamp = { at: "2026-01-02T03:04:05Z", sums: [1] };
    await side.receive(sharedFrame(JSON.stringify({ key: "", headers: {}, value: stamp }), 0, 1));
    const [one, other] = [(await waiting).value, (await next(b)).value] as { at: Date; sums: number[] }[];
    one?.sums.push(2);
    one?.at.setTime(0);
    expect(other).to.deep.equal({ at: new Date("2026-01-02T03:04:05Z"), sums: [1] });
  });

  it("costs each of them its credit", async () => {
    const side = await reader({ streamWindowBytes: 100 });
    const [a, b] = [side.subscribe(), side.subscribe()];
    await settle();
    side.pipe.frames();
    await side.receive(sharedFrame(price(1), 0, 1));
    await next(a);
    await settle();
    const cost = price(1).length + 16;
    const credit = side.pipe.frames().map(({ type, body }) => [type, body.readUInt32BE(0), body.readUInt32BE(4)]);
    expect(credit).to.deep.equal([["CREDIT", 0, cost]]);
    expect((await next(b)).value).to.deep.equal({ sku: "a", cents: 1 });
  });

  it("that cannot be read ends those streams, and no other", async () => {
    const side = await reader();
    const [a, b, c] = [side.subscribe(), side.subscribe(), side.subscribe()];
    await settle();
    side.pipe.frames();
    await side.receive(sharedFrame("[]", 0, 2), sharedFrame(price(1), 1, 2));
    for (const broken of [a, c]) {
      expect(await next(broken as StreamReader).catch((error: unknown) => error)).to.include({ code: "DATA_LOSS" });
    }
    expect((await next(b)).value).to.deep.equal({ sku: "a", cents: 1 });
    expect(side.pipe.frames().map(({ type, body }) => [type, body.readUInt32BE(0)])).to.deep.equal([
      ["CANCEL", 0],
      ["CANCEL", 2],
    ]);
  });

  const payload = price(1);
  const breaches: readonly (readonly [what: string, bytes: Buffer, reason: string])[] = [
    ["names nobody", frameOf("DATA", SHARED, u32(0), payload, u32(0)), "does not name them"],
    ["has no count", frameOf("DATA", SHARED, u32(0), u32(0)), "does not name them"],
    [
      "names more than it has room for",
      frameOf("DATA", SHARED, u32(0), payload, u32(1), u32(1000)),
      "does not name them",
    ],
    [
      "names four thousand millions",
      frameOf("DATA", SHARED, u32(0), payload, u32(1), u32(0xffffffff)),
      "does not name",
    ],
    ["has metadata", frameOf("DATA", SHARED + 1, u32(0), u16(2), "{}", payload, u32(1), u32(1)), "does not name them"],
    ["is for streams of two operations", sharedFrame(payload, 0, 2), "of several operations"],
    [
      "is for one stream again and again",
      sharedFrame(payload, 0, ...Array.from({ length: 200 }, () => 0)),
      "more than its credit",
    ],
  ];
  for (const [what, bytes, reason] of breaches) {
    it(`ends the connection where it ${what}`, async () => {
      const side = await reader({ streamWindowBytes: 1000 });
      const streams = [side.subscribe(), side.subscribe(), side.subscribe("stamps")];
      await side.receive(bytes);
      expect(side.lost?.message).to.contain(reason);
      expect(side.pipe.over).to.equal(true);
      for (const stream of streams) await stream.return();
    });
  }

  it("ends the connection where it is no topic's", async () => {
    const side = await readyClient();
    const reading = open(side, "count", [3]).next();
    reading.catch(() => {});
    await side.receive(frameOf("DATA", SHARED, u32(0), '{"result":1}', u32(0), u32(1)));
    expect(side.lost?.message).to.contain("an item of count for several streams");
  });
});
