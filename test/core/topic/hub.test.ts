import { expect } from "chai";
import type { Flow, FlowReader, SharedForms } from "../../../core/call/flow.ts";
import type { ErrorSource } from "../../../core/error-source.ts";
import type { TopicDelivery } from "../../../core/topic/backend.ts";
import { TopicHub } from "../../../core/topic/hub.ts";
import { resolveTopicLimits, type TopicLimits } from "../../../core/topic/limits.ts";
import { TopicBudget } from "../../../core/topic/post.ts";
import type { RpcError } from "../../../index.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

type Source = AsyncIterableIterator<TopicDelivery>;

/** A hub on a clock that stands still: whoever does not read is stalled as soon as the test moves it. */
function hubOf(limits: TopicLimits = {}) {
  const platform = new ManualPlatform();
  const budget = new TopicBudget(resolveTopicLimits(limits));
  const told: { error: RpcError; where: ErrorSource }[] = [];
  const onError = (error: unknown, where: ErrorSource): void => void told.push({ error: error as RpcError, where });
  const hub = new TopicHub({ platform, budget, onError });
  const publish = (value: unknown, key = ""): Promise<void> | undefined => hub.publish({ key, headers: {}, value });
  const subscribe = async (request: Parameters<TopicHub["subscribe"]>[0]): Promise<Source> => {
    const source = hub.subscribe(request, { peer: "p" });
    expect((await source.next()).value).to.deep.equal({ key: "", headers: {}, confirmed: true });
    return source;
  };
  /** Publishes until the hub waits for somebody, and lets that be in vain. */
  const stall = async (): Promise<void> => {
    for (let i = 0; ; i++) {
      const waited = publish(`stall ${i}`);
      if (waited === undefined) continue;
      platform.advance(1000);
      return waited;
    }
  };
  return { hub, platform, budget, told, publish, subscribe, stall };
}

/** What waits for a reader at this time. */
async function read(source: Source): Promise<{ values: unknown[]; dropped: number }> {
  const values: unknown[] = [];
  let dropped = 0;
  for (;;) {
    const none = Symbol("none");
    const next = await Promise.race([source.next(), Promise.resolve().then(() => none)]);
    if (typeof next === "symbol" || next.done) return { values, dropped };
    values.push(next.value.value);
    dropped = next.value.dropped ?? dropped;
  }
}

describe("TopicHub", () => {
  it("confirms before the first message, however many came before", async () => {
    const { hub, publish, platform } = hubOf();
    const source = hub.subscribe({ bufferSize: 2 }, {});
    const waited = [1, 2, 3, 4].map((value) => publish(value));
    platform.advance(1000);
    await Promise.all(waited);
    expect((await source.next()).value).to.include({ confirmed: true });
    expect(await read(source)).to.deep.equal({ values: [3, 4], dropped: 2 });
  });

  for (const [overflow, kept] of [
    ["drop-oldest", [7, 8, 9]],
    ["drop-newest", ["stall 0", "stall 1", "stall 2"]],
  ] as const) {
    it(`${overflow}: counts what it dropped, and tells once until the subscriber has caught up`, async () => {
      const { publish, subscribe, stall, told } = hubOf();
      const source = await subscribe({ bufferSize: 3, overflow });
      await stall();
      for (let i = 0; i < 10; i++) expect(publish(i)).to.equal(undefined);
      expect(told.map(({ error, where }) => [error.code, where])).to.deep.equal([
        ["RESOURCE_EXHAUSTED", { peer: "p" }],
      ]);
      expect(told[0]?.error.message).to.contain(`others are dropped (${overflow})`);
      expect(await read(source)).to.deep.equal({ values: kept, dropped: 11 });
      // It has caught up when a message reaches it directly, and when it takes the last that waited.
      for (let i = 0; i < 6; i++) publish(i);
      expect(told).to.have.length(2);
      for (let i = 0; i < 3; i++) await source.next();
      for (let i = 0; i < 6; i++) publish(i);
      expect(told).to.have.length(3);
    });
  }

  it("close: ends with an error after what waited, and tells", async () => {
    const { subscribe, stall, told } = hubOf();
    const source = await subscribe({ bufferSize: 2, overflow: "close" });
    await stall();
    expect([(await source.next()).value.value, (await source.next()).value.value]).to.deep.equal([
      "stall 0",
      "stall 1",
    ]);
    const error = await source.next().catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "RESOURCE_EXHAUSTED" });
    expect(told.map((one) => one.error)).to.deep.equal([error]);
    expect((await source.next().catch(() => ({ done: true }))).done).to.equal(true);
  });

  it("caps what a subscriber may ask for, in messages and in bytes", async () => {
    const { publish, subscribe, stall, budget } = hubOf({ maxBufferedMessages: 5, maxBufferedBytes: 10_000 });
    const greedy = await subscribe({ bufferSize: 1_000_000 });
    await stall();
    for (let i = 0; i < 20; i++) publish(i);
    expect((await read(greedy)).values).to.deep.equal([15, 16, 17, 18, 19]);
    const large = await subscribe({ bufferSize: 1_000_000 });
    await greedy.return?.();
    await stall();
    for (let i = 0; i < 20; i++) publish(`${i}`.padEnd(2000));
    expect(budget.usedBytes).to.be.within(8000, 10_000);
    expect((await read(large)).values).to.have.length(2);
    expect(budget.usedBytes).to.equal(0);
  });

  it("lets one message through that is larger than the bound, and no second", async () => {
    const { publish, subscribe, stall } = hubOf({ maxBufferedBytes: 1000 });
    const source = await subscribe({});
    await stall();
    await read(source);
    const big = "x".repeat(5000);
    void source.next();
    for (let i = 0; i < 3; i++) publish(`${i}${big}`);
    expect((await read(source)).values).to.deep.equal([`2${big}`]);
  });

  it("bounds what waits for all subscribers together; a message that many wait for counts once", async () => {
    const { publish, subscribe, stall, budget, told } = hubOf({
      maxBufferedBytes: 40_000,
      maxTotalBufferedBytes: 60_000,
    });
    const sources = [await subscribe({ key: "a" }), await subscribe({ key: "a" }), await subscribe({ key: "b" })];
    await subscribe({ bufferSize: 1 });
    await stall();
    const text = "x".repeat(4000);
    for (let i = 0; i < 4; i++) publish(`${i}${text}`, "a");
    const once = budget.usedBytes;
    expect(once).to.be.within(32_000, 42_000);
    for (let i = 0; i < 4; i++) publish(`${i}${text}`, "b");
    expect(budget.usedBytes).to.be.below(60_001);
    expect(told).to.have.length(2);
    for (const source of sources) await source.return?.();
    expect(budget.usedBytes).to.be.below(10_000);
  });

  it("waits for a subscriber that reads, and keeps the order of what is published meanwhile", async () => {
    const { hub, publish, subscribe } = hubOf();
    const source = await subscribe({ bufferSize: 4 });
    const waits = Array.from({ length: 100 }, (_, i) => publish(i));
    expect(waits.filter((wait) => wait === undefined)).to.have.length(4);
    const { values, dropped } = await read(source);
    await Promise.all(waits);
    expect(values).to.deep.equal(Array.from({ length: 100 }, (_, i) => i));
    expect(dropped).to.equal(0);
    hub.close();
  });

  it("waits for one that stalls twice a hundredth of a second for each ten messages at the most, then not for a second", async () => {
    const { platform, publish, subscribe } = hubOf();
    await subscribe({ bufferSize: 10 });
    for (let i = 0; i < 10; i++) publish(i);
    let taken = false;
    const wait = publish(10)?.then(() => {
      taken = true;
    });
    platform.advance(10);
    await Promise.resolve();
    expect(taken).to.equal(false);
    platform.advance(10);
    await wait;
    expect(publish(11)).to.equal(undefined);
    platform.advance(999);
    expect(publish(12)).to.equal(undefined);
    platform.advance(1);
    expect(publish(13)).not.to.equal(undefined);
    platform.advance(1000);
  });

  it("holds no more back than a subscriber may have waiting", async () => {
    const { publish, subscribe, platform, budget } = hubOf({ maxBufferedMessages: 50 });
    const source = await subscribe({ bufferSize: 2 });
    const waits = Array.from({ length: 1000 }, (_, i) => publish(i));
    await Promise.all(waits);
    expect(platform.timers).to.equal(0);
    expect((await read(source)).values).to.deep.equal([998, 999]);
    expect(budget.usedBytes).to.equal(0);
  });

  it("leaves nobody waiting when it closes", async () => {
    const { hub, publish, subscribe, platform, budget } = hubOf();
    const source = await subscribe({ bufferSize: 1 });
    publish(1);
    const waits = [publish(2), publish(3)];
    hub.close();
    await Promise.all(waits);
    expect(await source.next()).to.deep.equal({ value: undefined, done: true });
    expect(platform.timers).to.equal(0);
    expect(budget.usedBytes).to.equal(0);
  });

  describe("that flows", () => {
    /** A reader that is ready for so many, and keeps what it was given. */
    class Reader implements FlowReader {
      readonly taken: unknown[] = [];
      readonly shared: (SharedForms | undefined)[] = [];
      ended: { readonly error: RpcError | undefined } | undefined;
      room: number;

      constructor(room: number) {
        this.room = room;
      }

      get ready(): boolean {
        return this.room > 0;
      }

      take(item: unknown, shared: SharedForms | undefined): void {
        this.room--;
        const { confirmed, value, dropped } = item as TopicDelivery;
        this.taken.push(confirmed ? "confirmed" : dropped === undefined ? value : [value, dropped]);
        this.shared.push(shared);
      }

      end(error: RpcError | undefined): void {
        expect(this.ended).to.equal(undefined);
        this.ended = { error };
      }
    }
    const flowing = (source: Source, room: number): { readonly flow: Flow; readonly reader: Reader } => {
      const reader = new Reader(room);
      (source as unknown as Flow).flow(reader);
      return { flow: source as unknown as Flow, reader };
    };

    it("confirms, then hands over what comes, in order, as there is room", () => {
      const { hub, publish } = hubOf();
      const { flow, reader } = flowing(hub.subscribe({}) as Source, 3);
      for (let i = 0; i < 5; i++) publish(i);
      expect(reader.taken).to.deep.equal(["confirmed", 0, 1]);
      reader.room = 2;
      expect(flow.step()).to.equal(true);
      publish(5);
      expect(flow.step()).to.equal(true);
      expect(flow.step()).to.equal(false);
      reader.room = 10;
      while (flow.step());
      publish(6);
      expect(reader.taken).to.deep.equal(["confirmed", 0, 1, 2, 3, 4, 5, 6]);
    });

    it("confirms later where there is no room, before anything else", () => {
      const { hub, publish } = hubOf();
      const { flow, reader } = flowing(hub.subscribe({}) as Source, 0);
      publish(1);
      reader.room = 5;
      publish(2);
      while (flow.step());
      expect(reader.taken).to.deep.equal(["confirmed", 1, 2]);
    });

    it("keeps the order while those who waited for its room publish", async () => {
      const { hub, publish } = hubOf();
      const { flow, reader } = flowing(hub.subscribe({ bufferSize: 2 }) as Source, 1);
      const waits = Array.from({ length: 50 }, (_, i) => publish(i));
      expect(waits.filter((wait) => wait === undefined)).to.have.length(2);
      reader.room = 100;
      while (flow.step());
      await Promise.all(waits);
      expect(reader.taken.slice(1)).to.deep.equal(Array.from({ length: 50 }, (_, i) => i));
    });

    it("tells what it lost, and that item is nobody else's", async () => {
      const { hub, publish, stall } = hubOf();
      const { flow, reader } = flowing(hub.subscribe({ bufferSize: 2 }, {}) as Source, 1);
      await stall();
      for (let i = 0; i < 5; i++) publish(i);
      reader.room = 5;
      while (flow.step());
      expect(reader.taken).to.deep.equal(["confirmed", [3, 6], 4]);
      expect(reader.shared.map((one) => one !== undefined)).to.deep.equal([false, false, true]);
    });

    it("ends after what waited where it is closed for being slow, and at once with its hub", async () => {
      const { hub, stall } = hubOf();
      const slow = flowing(hub.subscribe({ bufferSize: 2, overflow: "close" }, {}) as Source, 1);
      const other = flowing(hub.subscribe({ key: "none" }) as Source, 1);
      await stall();
      expect(slow.reader.ended).to.equal(undefined);
      slow.reader.room = 9;
      while (slow.flow.step());
      expect(slow.reader.taken).to.deep.equal(["confirmed", "stall 0", "stall 1"]);
      expect(slow.reader.ended?.error).to.include({ code: "RESOURCE_EXHAUSTED" });
      hub.close();
      expect(other.reader.ended).to.deep.equal({ error: undefined });
    });

    it("keeps with an item what it was encoded to, within the budget, until all have it", async () => {
      const { hub, publish, budget } = hubOf({ maxTotalBufferedBytes: 10_000 });
      const [a, b] = [flowing(hub.subscribe({}) as Source, 2), flowing(hub.subscribe({}) as Source, 1)];
      const codec = {};
      publish("x");
      const shared = a.reader.shared[1] as SharedForms;
      expect(shared.alone).to.equal(false);
      const before = budget.usedBytes;
      shared.keepForm(codec, new Uint8Array(100));
      shared.keepForm({}, new Uint8Array(20_000));
      expect(budget.usedBytes).to.equal(before + 100);
      expect(shared.formOf(codec)).to.have.length(100);
      expect(shared.formOf({})).to.equal(undefined);
      b.reader.room = 1;
      b.flow.step();
      expect(b.reader.shared[1]).to.equal(shared);
      expect(budget.usedBytes).to.equal(0);
      await a.flow.return?.();
      b.reader.room = 1;
      publish("y");
      expect(b.reader.shared[2]).to.include({ alone: true });
    });
  });

  it("finds the few who want a key as fast among many who do not", async () => {
    const timeOf = async (others: number): Promise<number> => {
      const { publish, subscribe } = hubOf();
      const source = await subscribe({ key: "eu.*" });
      for (let i = 0; i < others; i++) await subscribe({ key: i % 2 === 0 ? `us.${i}` : `us.${i}.*` });
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 5; round++) {
        const begin = performance.now();
        for (let i = 0; i < 500; i++) publish(i, "eu.berlin");
        best = Math.min(best, performance.now() - begin);
        await read(source);
      }
      return best;
    };
    await timeOf(10);
    const few = await timeOf(10);
    expect(await timeOf(10_000)).to.be.below(Math.max(20 * few, 10));
  });

  it("bounds how many subscribe, and what they ask for", async () => {
    const { hub, subscribe } = hubOf({ maxSubscriptions: 3, maxKeyLength: 20, maxKeyWords: 4 });
    for (const [key, named] of [
      ["x".repeat(21), /maxKeyLength \(20\)/],
      ["*.*.*.*.>", /5 words .*maxKeyWords \(4\)/],
    ] as const) {
      expect(() => hub.subscribe({ key }))
        .to.throw(named)
        .that.includes({ code: "RESOURCE_EXHAUSTED" });
    }
    const sources = [
      await subscribe({ key: "x".repeat(20) }),
      await subscribe({ key: "*.*.*.>" }),
      await subscribe({}),
    ];
    expect(() => hub.subscribe({}))
      .to.throw(/maxSubscriptions \(3\)/)
      .that.includes({ code: "RESOURCE_EXHAUSTED" });
    await sources[0]?.return?.();
    await subscribe({});
  });

  it("publishes to a full buffer as fast, however large it is", async () => {
    const timeOf = async (bufferSize: number): Promise<number> => {
      const { publish, subscribe, stall } = hubOf({
        maxBufferedMessages: 1e6,
        maxBufferedBytes: 1e9,
        maxTotalBufferedBytes: 1e9,
      });
      await subscribe({ bufferSize });
      await stall();
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 5; round++) {
        const begin = performance.now();
        for (let i = 0; i < 2000; i++) publish(i);
        best = Math.min(best, performance.now() - begin);
      }
      return best;
    };
    await timeOf(1000);
    const small = await timeOf(1000);
    expect(await timeOf(100_000)).to.be.below(Math.max(20 * small, 40));
  });
});
