import { expect } from "chai";
import fc from "fast-check";
import { type Timed, TimerWheel } from "../../../core/call/timer-wheel.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

/** One tick, and one more because a timer may be set at any moment within a tick. */
const LATE_MS = 16;

class Item implements Timed {
  dueMs: number;
  previous: Timed | undefined = undefined;
  next: Timed | undefined = undefined;
  firedAt: number | undefined;
  readonly #onExpire: (item: Item) => void;

  constructor(dueMs: number, onExpire: (item: Item) => void) {
    this.dueMs = dueMs;
    this.#onExpire = onExpire;
  }

  expire(): void {
    this.#onExpire(this);
  }
}

function setup(): { platform: ManualPlatform; wheel: TimerWheel; add: (ms: number) => Item } {
  const platform = new ManualPlatform();
  const wheel = new TimerWheel(platform);
  const add = (ms: number): Item => {
    const item = new Item(platform.now() + ms, (fired) => {
      fired.firedAt = platform.now();
    });
    wheel.add(item);
    return item;
  };
  return { platform, wheel, add };
}

describe("wire: TimerWheel", () => {
  it("expires each once, never early and at most a tick or two late, whatever is added and removed", () => {
    const step = fc.record({
      after: fc.integer({ min: 0, max: 500 }),
      ms: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 30_000 })),
      remove: fc.option(fc.nat(50)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { platform, wheel, add } = setup();
        const items: { item: Item; due: number; removed: boolean }[] = [];
        for (const { after, ms, remove } of steps) {
          const item = add(ms);
          items.push({ item, due: item.dueMs, removed: false });
          const chosen = remove === null ? undefined : items[remove];
          if (chosen && chosen.item.firedAt === undefined && !chosen.removed) {
            wheel.remove(chosen.item);
            chosen.removed = true;
          }
          platform.advance(after);
        }
        platform.advance(31_000);
        for (const { item, due, removed } of items) {
          if (removed) expect(item.firedAt).to.equal(undefined);
          else expect((item.firedAt as number) - due).to.be.within(0, LATE_MS);
        }
        platform.advance(100);
        expect(platform.timers).to.equal(0);
      }),
      { numRuns: 200, seed: 9 },
    );
  });

  it("keeps one timer, however many wait, and none when nobody does", () => {
    const { platform, add } = setup();
    expect(platform.timers).to.equal(0);
    for (let i = 0; i < 1000; i++) add(100);
    expect(platform.timers).to.equal(1);
    platform.advance(200);
    expect(platform.timers).to.equal(0);
  });

  it("catches up after a pause longer than a rotation", () => {
    const { platform, add } = setup();
    const items = [10, 4000, 9000, 60_000].map(add);
    platform.block(70_000);
    platform.advance(0);
    expect(items.every(({ firedAt }) => firedAt !== undefined)).to.equal(true);
  });

  it("survives that one expiry removes another of the same tick, and adds new ones", () => {
    const { platform, wheel } = setup();
    const fired: string[] = [];
    const due = platform.now() + 20;
    const last = new Item(due, () => fired.push("last"));
    const victim = new Item(due, () => fired.push("victim"));
    const first = new Item(due, () => {
      fired.push("first");
      wheel.remove(victim);
      wheel.add(new Item(platform.now() + 20, () => fired.push("added")));
    });
    for (const item of [last, victim, first]) wheel.add(item);
    platform.advance(40);
    expect(fired).to.deep.equal(["first", "last"]);
    platform.advance(40);
    expect(fired).to.deep.equal(["first", "last", "added"]);
  });

  it("expires soon what is due already", () => {
    const { platform, add } = setup();
    add(1000);
    platform.advance(100);
    const late = [add(0), add(-50)];
    platform.advance(LATE_MS);
    for (const item of late) expect(item.firedAt).to.not.equal(undefined);
  });
});
