import { expect } from "chai";
import type { Instance, Registry } from "../../core/registry.ts";

const query = { service: "test.Echo", version: "1.0.0", group: "" };

function instance(id: string, over: Partial<Instance> = {}): Instance {
  return { id, service: "test.Echo", version: "1.0.0", group: "", endpoints: [`tcp://127.0.0.1:${id}`], ...over };
}

/** What every registry promises; see `core/registry.ts`. */
export function registrySuite(create: () => Registry): void {
  let registry: Registry;
  beforeEach(() => {
    registry = create();
  });
  afterEach(() => registry.close());

  /** The ids that a watcher was told, one list per call. */
  async function watched(over: Partial<typeof query> = {}): Promise<string[][]> {
    const told: string[][] = [];
    await registry.watch({ ...query, ...over }, (instances) => told.push(instances.map(({ id }) => id).sort()));
    return told;
  }

  it("reports those present before it resolves", async () => {
    await registry.register(instance("1"));
    expect(await watched()).to.deep.equal([["1"]]);
  });

  it("reports nobody as an empty list", async () => {
    expect(await watched()).to.deep.equal([[]]);
  });

  it("reports who comes and who goes, each time as the whole list", async () => {
    const told = await watched();
    const leave = await registry.register(instance("1"));
    await registry.register(instance("2"));
    await leave();
    expect(told).to.deep.equal([[], ["1"], ["1", "2"], ["2"]]);
  });

  it("reports another version with the same major number, and no other", async () => {
    await registry.register(instance("1", { version: "1.4.2" }));
    await registry.register(instance("2", { version: "2.0.0" }));
    expect(await watched()).to.deep.equal([["1"]]);
  });

  it("keeps groups and services apart", async () => {
    const told = await watched({ group: "blue" });
    await registry.register(instance("1"));
    await registry.register(instance("2", { group: "blue" }));
    await registry.register(instance("3", { group: "blue", service: "test.Other" }));
    expect(told).to.deep.equal([[], ["2"]]);
  });

  it("hides an instance once, however often its registration is undone", async () => {
    const told = await watched();
    const leave = await registry.register(instance("1"));
    await leave();
    await leave();
    expect(told).to.deep.equal([[], ["1"], []]);
  });

  it("tells a watcher that stopped nothing more", async () => {
    let calls = 0;
    const stop = await registry.watch(query, () => calls++);
    stop();
    await registry.register(instance("1"));
    expect(calls).to.equal(1);
  });

  it("hands out what was registered, whatever becomes of the caller's object", async () => {
    const mine = { ...instance("1"), weight: 5, tags: { zone: "a" } };
    await registry.register(mine);
    mine.weight = 7;
    let seen: Instance | undefined;
    await registry.watch(query, ([first]) => {
      seen = first;
    });
    expect(seen).to.deep.include({ id: "1", weight: 5, tags: { zone: "a" } });
  });
}
