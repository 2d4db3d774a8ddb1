import { expect } from "chai";
import type { Instance, InstanceQuery, InstanceSet, InstanceWatcher, Registry } from "../../core/registry.ts";
import { RpcError } from "../../index.ts";

const query: InstanceQuery = { service: "test.Echo", version: "1.0.0", group: "" };

function instance(id: string, over: Partial<Instance> = {}): Instance {
  return { id, service: "test.Echo", version: "1.0.0", group: "", endpoints: [`tcp://127.0.0.1:${id}`], ...over };
}

/** What can befall a registry. */
export interface RegistryFaults {
  /** It cannot be reached. */
  cut(registry: Registry): Promise<void>;
  /** It can again; `forgotten`: what it knew is lost. */
  mend(registry: Registry, forgotten: boolean): Promise<void>;
}

/** What every registry promises; see `core/registry.ts`. */
export function registrySuite(create: () => Registry, { cut, mend }: RegistryFaults): void {
  let registry: Registry;
  beforeEach(() => {
    registry = create();
  });
  afterEach(() => registry.close());

  /** What a watcher was told: the ids of each answer, `away` for each outage. */
  async function watched(over: Partial<InstanceQuery> = {}) {
    const told: (string[] | "away")[] = [];
    const sets: InstanceSet[] = [];
    let look = (): void => {};
    const watcher: InstanceWatcher = {
      onInstances(set) {
        sets.push(set);
        told.push(set.instances.map(({ id }) => id).sort());
        look();
      },
      onError(error) {
        expect(error).to.be.instanceOf(RpcError).and.include({ code: "UNAVAILABLE" });
        told.push("away");
        look();
      },
    };
    const stop = await registry.watch({ ...query, ...over }, watcher);
    /** Resolves when the last answer is the one expected. */
    const until = async (last: string[] | "away"): Promise<void> => {
      while (JSON.stringify(told.at(-1)) !== JSON.stringify(last)) {
        await new Promise<void>((resolve) => {
          look = resolve;
        });
      }
    };
    return { told, sets, stop, until, only: () => sets.at(-1)?.instances[0] as Instance };
  }

  async function away(action: Promise<unknown>): Promise<void> {
    const error = await action.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(RpcError).and.include({ code: "UNAVAILABLE", retryable: true });
  }

  it("reports those present before it resolves", async () => {
    await registry.register(instance("1"));
    expect((await watched()).told).to.deep.equal([["1"]]);
  });

  it("reports nobody as an empty list", async () => {
    expect((await watched()).told).to.deep.equal([[]]);
  });

  it("reports who comes and who goes, each time as the whole list, with a higher revision", async () => {
    const { told, sets } = await watched();
    const registration = await registry.register(instance("1"));
    await registry.register(instance("2"));
    await registration.unregister();
    expect(told).to.deep.equal([[], ["1"], ["1", "2"], ["2"]]);
    const revisions = sets.map(({ revision }) => revision);
    expect(revisions.every((one, i) => i === 0 || one > (revisions[i - 1] as bigint))).to.equal(true);
  });

  describe("matches versions", () => {
    const all = ["1.0.0", "1.4.2", "2.0.0", "1", "blue", "blue.2", "10.0.0", ""];
    const cases: readonly (readonly [Partial<InstanceQuery>, readonly string[]])[] = [
      [{}, ["1", "1.0.0", "1.4.2"]],
      [{ version: "blue" }, ["blue", "blue.2"]],
      [{ version: "" }, [""]],
      [{ versions: "compatible", version: "2.7.0" }, ["2.0.0"]],
      [{ versions: "exact" }, ["1.0.0"]],
      [{ versions: "exact", version: "blue" }, ["blue"]],
      [{ versions: "exact", version: "3" }, []],
      [{ versions: "any", version: "3" }, all],
      [{ versions: { oneOf: ["blue", "2.0.0", "none"] } }, ["2.0.0", "blue"]],
      [{ versions: { oneOf: [] } }, []],
    ];
    for (const [over, fitting] of cases) {
      it(JSON.stringify(over), async () => {
        for (const version of all) await registry.register(instance(version, { version }));
        expect((await watched(over)).told).to.deep.equal([[...fitting].sort()]);
      });
    }
  });

  it("keeps groups and services apart", async () => {
    const { told } = await watched({ group: "blue" });
    await registry.register(instance("1"));
    await registry.register(instance("2", { group: "blue" }));
    await registry.register(instance("3", { group: "blue", service: "test.Other" }));
    expect(told).to.deep.equal([[], ["2"]]);
  });

  it("hides an instance once, however often it is unregistered", async () => {
    const { told } = await watched();
    const registration = await registry.register(instance("1"));
    await registration.unregister();
    await registration.unregister();
    await registration.update({ weight: 1 });
    expect(told).to.deep.equal([[], ["1"], []]);
  });

  it("shows what an update changes, and leaves the rest", async () => {
    const { told, only } = await watched();
    const startedAt = 1_700_000_000_000;
    const registration = await registry.register(
      instance("1", { weight: 5, tags: { zone: "a", rack: "7" }, startedAt, health: "SERVING" }),
    );
    await registration.update({ health: "NOT_SERVING" });
    expect(only()).to.deep.include({ weight: 5, tags: { zone: "a", rack: "7" }, startedAt, health: "NOT_SERVING" });
    await registration.update({ weight: 0, tags: { zone: "b" }, endpoints: ["tcp://127.0.0.1:9"] });
    const { version } = query;
    expect(only()).to.deep.include({ id: "1", version, weight: 0, tags: { zone: "b" }, health: "NOT_SERVING" });
    expect(only().endpoints).to.deep.equal(["tcp://127.0.0.1:9"]);
    expect(told).to.deep.equal([[], ["1"], ["1"], ["1"]]);
  });

  it("changes nothing of who an instance is", async () => {
    const { only } = await watched();
    const registration = await registry.register(instance("1"));
    await registration.update({ id: "2", version: "2.0.0", weight: 7 } as object);
    expect(only()).to.deep.include({ id: "1", version: "1.0.0", weight: 7 });
  });

  it("applies updates in their order", async () => {
    const { only } = await watched();
    const registration = await registry.register(instance("1"));
    await Promise.all([1, 2, 3].map((weight) => registration.update({ weight })));
    expect(only()).to.include({ weight: 3 });
  });

  it("tells a watcher that stopped nothing more", async () => {
    const { told, stop } = await watched();
    stop();
    await registry.register(instance("1"));
    await cut(registry);
    await mend(registry, false);
    expect(told).to.deep.equal([[]]);
  });

  it("hands out what was registered, whatever becomes of the caller's object or the watcher's", async () => {
    const mine = { ...instance("1"), weight: 5, tags: { zone: "a" }, endpoints: ["tcp://127.0.0.1:1"] };
    await registry.register(mine);
    mine.weight = 7;
    mine.tags.zone = "b";
    mine.endpoints.push("tcp://127.0.0.1:2");
    const seen = (await watched()).only();
    expect(seen).to.deep.include({ id: "1", weight: 5, tags: { zone: "a" } });
    expect(seen.endpoints).to.deep.equal(["tcp://127.0.0.1:1"]);
    for (const change of [
      () => Object.assign(seen, { weight: 9 }),
      () => Object.assign(seen.tags as object, { zone: "c" }),
      () => (seen.endpoints as string[]).push("tcp://127.0.0.1:3"),
    ]) {
      try {
        change();
      } catch {
        // Frozen.
      }
    }
    expect((await watched()).only()).to.deep.include({ weight: 5, tags: { zone: "a" } });
    expect((await watched()).only().endpoints).to.have.length(1);
  });

  describe("that is away", () => {
    it("says so once to watchers and providers, and answers again when it is back", async () => {
      const heard: RpcError[] = [];
      await registry.register(instance("1"), (error) => heard.push(error));
      const { told, until } = await watched();
      await cut(registry);
      await until("away");
      expect(heard.map(({ code }) => code)).to.deep.equal(["UNAVAILABLE"]);
      await mend(registry, false);
      await until(["1"]);
      expect(told.filter((one) => one === "away")).to.have.length(1);
    });

    it("takes nobody, and leaves nothing of them behind", async () => {
      const { until } = await watched();
      await cut(registry);
      await until("away");
      await away(registry.register(instance("1")));
      await mend(registry, false);
      await until([]);
      await registry.register(instance("2"));
      await until(["2"]);
    });

    it("tells a new watcher so, and the instances when it is back", async () => {
      await registry.register(instance("1"));
      await cut(registry);
      const { told, until } = await watched();
      expect(told).to.deep.equal(["away"]);
      await mend(registry, false);
      await until(["1"]);
    });

    it("is told when it is back of what changed meanwhile", async () => {
      const staying = await registry.register(instance("1"));
      const leaving = await registry.register(instance("2"));
      const { until, only } = await watched();
      await cut(registry);
      await until("away");
      await away(staying.update({ weight: 3 }));
      await away(staying.update({ health: "NOT_SERVING" }));
      await away(leaving.unregister());
      await mend(registry, false);
      await until(["1"]);
      while (only().health !== "NOT_SERVING") await new Promise((resolve) => setImmediate(resolve));
      expect(only()).to.include({ weight: 3 });
    });

    it("and has forgotten everything gets its providers back, with lower revisions or after an outage", async () => {
      await registry.register(instance("1", { weight: 3 }));
      await registry.register(instance("2"));
      const { told, until, sets } = await watched();
      await cut(registry);
      await until("away");
      await mend(registry, true);
      await until(["1", "2"]);
      expect(told.indexOf("away")).to.be.below(told.length - 1);
      expect(sets.at(-1)?.instances.find(({ id }) => id === "1")).to.include({ weight: 3 });
    });
  });
}
