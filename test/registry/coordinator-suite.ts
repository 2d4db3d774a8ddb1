import { expect } from "chai";
import { type Code, RpcError } from "../../index.ts";
import {
  type Coordinator,
  create,
  MAX_DATA_BYTES,
  MAX_OPERATIONS,
  type Operation,
  remove,
  type SessionState,
  type Stat,
  set,
} from "../../registry/coordinator.ts";

/** A tree of an implementation, empty at first, and what tests do to those who use it. */
export interface CoordinatorFixture {
  /** Another session on the tree; closed with the fixture. Resolves when it is connected. */
  connect(): Promise<Coordinator>;
  /** Nothing passes between it and the servers. */
  cut(coordinator: Coordinator): Promise<void>;
  mend(coordinator: Coordinator): Promise<void>;
  /** The servers end its session. */
  expire(coordinator: Coordinator): Promise<void>;
  close(): Promise<void>;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export async function rejected(promise: Promise<unknown>, code: Code): Promise<RpcError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(RpcError);
  expect((error as RpcError).code, (error as RpcError).message).to.equal(code);
  return error as RpcError;
}

/** What every coordinator promises; see `registry/coordinator.ts`. */
export function coordinatorSuite(start: () => Promise<CoordinatorFixture>): void {
  let fixture: CoordinatorFixture;
  let one: Coordinator;
  let other: Coordinator;
  beforeEach(async () => {
    fixture = await start();
    one = await fixture.connect();
    other = await fixture.connect();
  });
  afterEach(() => fixture.close());

  const read = async (coordinator: Coordinator, path: string): Promise<string | undefined> => {
    await coordinator.sync();
    const node = await coordinator.get(path);
    return node && new TextDecoder().decode(node.data);
  };

  /** What a watch tells, and a wait for one of its events. */
  const watched = async (coordinator: Coordinator, path: string) => {
    const told: string[] = [];
    let looks: (() => void)[] = [];
    const stop = await coordinator.watch(path, (event) => {
      told.push(`${event.kind} ${event.path}`);
      for (const look of looks.splice(0)) look();
    });
    const until = async (event: string): Promise<void> => {
      while (!told.includes(event)) await new Promise<void>((resolve) => looks.push(resolve));
      looks = [];
    };
    return { told, until, stop };
  };

  const states = (coordinator: Coordinator) => {
    const seen: SessionState[] = [];
    let look = (): void => {};
    coordinator.session.onState((state) => {
      seen.push(state);
      look();
    });
    const until = async (state: SessionState): Promise<void> => {
      while (!seen.includes(state)) {
        await new Promise<void>((resolve) => {
          look = resolve;
        });
      }
    };
    return { seen, until };
  };

  describe("nodes", () => {
    it("hold data that every session reads, with a version that counts its changes", async () => {
      expect(await create(one, "/a", { data: text("x") })).to.equal("/a");
      expect(await read(other, "/a")).to.equal("x");
      const made = (await other.stat("/a")) as Stat;
      expect(made).to.deep.include({ version: 0, owner: undefined });
      expect(made.changed).to.equal(made.created);
      const changed = await set(other, "/a", { data: text("y") });
      expect(changed.version).to.equal(1);
      expect(changed.created).to.equal(made.created);
      expect(changed.changed > made.created).to.equal(true);
      expect(await read(one, "/a")).to.equal("y");
    });

    it("may be empty, and are different from none", async () => {
      await create(one, "/empty");
      expect(await read(one, "/empty")).to.equal("");
      expect(await one.get("/none")).to.equal(undefined);
      expect(await one.stat("/none")).to.equal(undefined);
      expect(await one.children("/none")).to.equal(undefined);
    });

    it("are made once, under a node that is there", async () => {
      await create(one, "/a");
      await rejected(create(other, "/a"), "ALREADY_EXISTS");
      await rejected(create(one, "/b/c"), "NOT_FOUND");
      await rejected(set(one, "/b", { data: text("") }), "NOT_FOUND");
      await rejected(remove(one, "/b"), "NOT_FOUND");
    });

    it("have children, whose names come sorted, and keep them when they are to be deleted", async () => {
      for (const path of ["/a", "/a/z", "/a/b", "/a/b/c", "/ab"]) await create(one, path);
      expect(await one.children("/a")).to.deep.equal(["b", "z"]);
      expect(await one.children("/")).to.include.members(["a", "ab"]);
      expect(await one.children("/a/z")).to.deep.equal([]);
      await rejected(remove(one, "/a"), "FAILED_PRECONDITION");
      for (const path of ["/a/b/c", "/a/b", "/a/z", "/a"]) await remove(one, path);
      await other.sync();
      expect(await other.stat("/a")).to.equal(undefined);
      expect(await other.stat("/ab")).to.not.equal(undefined);
    });

    it("are replaced and deleted by version", async () => {
      await create(one, "/a", { data: text("0") });
      await set(one, "/a", { data: text("1"), version: 0 });
      await rejected(set(other, "/a", { data: text("2"), version: 0 }), "ABORTED");
      await rejected(remove(other, "/a", 0), "ABORTED");
      expect(await read(one, "/a")).to.equal("1");
      await remove(other, "/a", 1);
      await create(one, "/a");
      expect((await one.stat("/a"))?.version).to.equal(0);
    });

    it("get a higher `created` than every node made before, also of the same path", async () => {
      const created: bigint[] = [];
      for (let i = 0; i < 4; i++) {
        await create(i % 2 ? one : other, "/token");
        await one.sync();
        created.push(((await one.stat("/token")) as Stat).created);
        await remove(one, "/token");
        await other.sync();
      }
      expect(created.every((token, i) => i === 0 || token > (created[i - 1] as bigint))).to.equal(true);
    });

    it("are nothing that the caller shares", async () => {
      const data = text("mine");
      const making = create(one, "/a", { data });
      data.fill(0);
      await making;
      const node = await one.get("/a");
      node?.data.fill(1);
      expect(await read(one, "/a")).to.equal("mine");
    });

    it("hold up to the limit, and names of any script", async () => {
      const data = new Uint8Array(MAX_DATA_BYTES).fill(7);
      await create(one, "/größe €", { data });
      expect((await one.get("/größe €"))?.data).to.deep.equal(data);
      await rejected(create(one, "/b", { data: new Uint8Array(MAX_DATA_BYTES + 1) }), "RESOURCE_EXHAUSTED");
      await rejected(set(one, "/größe €", { data: new Uint8Array(MAX_DATA_BYTES + 1) }), "RESOURCE_EXHAUSTED");
      const half = new Uint8Array(MAX_DATA_BYTES / 2 + 1);
      const together = one.commit(["/b", "/c"].map((path) => ({ kind: "create", path, data: half })));
      expect((await rejected(together, "RESOURCE_EXHAUSTED")).details).to.deep.equal({ operation: 1 });
    });

    for (const path of ["", "a", "/a/", "//a", "/a//b", "/a/./b", "/..", "/a\0", "/a\n", "/\ud800", undefined]) {
      it(`are not called ${JSON.stringify(path)}`, async () => {
        const asked = path as string;
        await rejected(create(one, asked), "INVALID_ARGUMENT");
        await rejected(one.get(asked), "INVALID_ARGUMENT");
        await rejected(one.children(asked), "INVALID_ARGUMENT");
        await rejected(
          one.watch(asked, () => {}),
          "INVALID_ARGUMENT",
        );
      });
    }

    it("do not include a root that can be written", async () => {
      await rejected(create(one, "/"), "INVALID_ARGUMENT");
      await rejected(set(one, "/", { data: text("x") }), "INVALID_ARGUMENT");
      await rejected(remove(one, "/"), "INVALID_ARGUMENT");
      expect(await one.children("/")).to.be.an("array");
      expect(await one.stat("/")).to.not.equal(undefined);
    });
  });

  describe("sequential nodes", () => {
    it("get ten digits, each time more than ever before under their parent", async () => {
      await create(one, "/q");
      const made: string[] = [];
      for (const from of [one, other, one]) {
        made.push(await create(from, "/q/n-", { sequential: true }));
        await remove(from, made.at(-1) as string);
      }
      made.push(await create(other, "/q/", { sequential: true }));
      for (const path of made.slice(0, 3)) expect(path).to.match(/^\/q\/n-\d{10}$/);
      expect(made[3]).to.match(/^\/q\/\d{10}$/);
      const numbers = made.map((path) => Number(path.slice(-10)));
      expect(numbers.every((number, i) => i === 0 || number > (numbers[i - 1] as number))).to.equal(true);
    });

    it("never share a number, whoever makes them at the same time", async () => {
      await create(one, "/q");
      const making = Array.from({ length: 20 }, (_, i) => create(i % 2 ? one : other, "/q/n-", { sequential: true }));
      expect(new Set(await Promise.all(making)).size).to.equal(20);
    });
  });

  describe("ephemeral nodes", () => {
    it("name their session, have no children, and go when it is closed", async () => {
      const path = await create(one, "/e", { ephemeral: true, data: text("x") });
      expect((await one.stat(path))?.owner).to.equal(one.session.id);
      await rejected(create(one, "/e/f"), "FAILED_PRECONDITION");
      const { until } = await watched(other, "/e");
      await one.close();
      await until("deleted /e");
      expect(await read(other, "/e")).to.equal(undefined);
    });

    it("may be sequential, and may be deleted by others", async () => {
      await create(one, "/locks");
      const path = await create(one, "/locks/l-", { ephemeral: true, sequential: true });
      await other.sync();
      await remove(other, path);
      await one.sync();
      expect(await one.children("/locks")).to.deep.equal([]);
    });

    it("go when their session has ended, and are not made again", async () => {
      await create(one, "/mine", { ephemeral: true });
      await create(one, "/stays");
      await create(other, "/theirs", { ephemeral: true });
      const before = one.session.id;
      const { seen, until } = states(one);
      await fixture.expire(one);
      await until("connected");
      expect(seen.slice(-3)).to.deep.equal(["lost", "connecting", "connected"]);
      expect(one.session.id).to.not.equal(before);
      await one.sync();
      expect(await one.stat("/mine")).to.equal(undefined);
      expect(await one.stat("/stays")).to.not.equal(undefined);
      expect(await one.stat("/theirs")).to.not.equal(undefined);
      await create(one, "/mine", { ephemeral: true });
      expect((await one.stat("/mine"))?.owner).to.equal(one.session.id);
    });

    it("outlive a short loss of the connection", async () => {
      await create(one, "/mine", { ephemeral: true });
      const before = one.session.id;
      const { seen, until } = states(one);
      await fixture.cut(one);
      await until("suspended");
      await fixture.mend(one);
      await until("connected");
      expect(seen).to.not.include("lost");
      expect(one.session.id).to.equal(before);
      expect((await one.stat("/mine"))?.owner).to.equal(before);
    });
  });

  describe("a commit", () => {
    it("applies all of its operations, in order, each seeing those before it", async () => {
      const operations: Operation[] = [
        { kind: "create", path: "/a", data: text("1") },
        { kind: "create", path: "/a/b", data: text("2") },
        { kind: "set", path: "/a", data: text("3"), version: 0 },
        { kind: "check", path: "/a", version: 1 },
        { kind: "create", path: "/a/s-", options: { sequential: true } },
        { kind: "delete", path: "/a/b" },
      ];
      const outcomes = await one.commit(operations);
      const paths = outcomes.map(({ path }) => path);
      expect(paths.slice(0, 4)).to.deep.equal(["/a", "/a/b", "/a", "/a"]);
      expect(paths[4]).to.match(/^\/a\/s-\d{10}$/);
      expect(outcomes.map(({ stat }) => stat?.version)).to.deep.equal([0, 0, 1, 1, 0, undefined]);
      expect(new Set(outcomes.slice(0, 2).map(({ stat }) => stat?.created)).size).to.equal(1);
      expect(await read(other, "/a")).to.equal("3");
      expect(await one.children("/a")).to.deep.equal([(paths[4] as string).slice(3)]);
    });

    it("applies nothing where one of them fails, and says which", async () => {
      await create(one, "/a", { data: text("0") });
      await create(one, "/q");
      const failing: [Operation, Code][] = [
        [{ kind: "check", path: "/a", version: 7 }, "ABORTED"],
        [{ kind: "check", path: "/none" }, "NOT_FOUND"],
        [{ kind: "create", path: "/a" }, "ALREADY_EXISTS"],
        [{ kind: "delete", path: "no path" }, "INVALID_ARGUMENT"],
      ];
      const { told } = await watched(other, "/a");
      for (const [last, code] of failing) {
        const error = await rejected(
          one.commit([
            { kind: "set", path: "/a", data: text("1") },
            { kind: "create", path: "/new" },
            { kind: "create", path: "/q/s-", options: { sequential: true } },
            { kind: "set", path: "/a", data: text("2") },
            last,
          ]),
          code,
        );
        expect(error.details).to.deep.equal({ operation: 4 });
      }
      expect(await read(one, "/a")).to.equal("0");
      expect((await one.stat("/a"))?.version).to.equal(0);
      expect(await one.stat("/new")).to.equal(undefined);
      expect(await one.children("/q")).to.deep.equal([]);
      await other.sync();
      expect(told).to.deep.equal([]);
    });

    it("takes as many operations as it says, and none at all", async () => {
      const many = Array.from({ length: MAX_OPERATIONS }, (_, i): Operation => ({ kind: "create", path: `/n${i}` }));
      expect(await one.commit(many)).to.have.length(MAX_OPERATIONS);
      await rejected(one.commit([...many, { kind: "check", path: "/" }]), "RESOURCE_EXHAUSTED");
      expect(await one.commit([])).to.deep.equal([]);
    });

    it("of several sessions wins once", async () => {
      await create(one, "/a", { data: text("0") });
      const racing = Array.from({ length: 10 }, (_, i) =>
        set(i % 2 ? one : other, "/a", { data: text("won"), version: 0 }).then(
          () => "won",
          (error: RpcError) => error.code,
        ),
      );
      const outcomes = (await Promise.all(racing)).sort();
      expect(outcomes).to.deep.equal([...Array.from({ length: 9 }, () => "ABORTED"), "won"]);
    });
  });

  describe("a watch", () => {
    it("tells of the node, whether it was there or not, and of its children, until stopped", async () => {
      const { told, until, stop } = await watched(other, "/a");
      await create(one, "/a");
      await until("created /a");
      await set(one, "/a", { data: text("x") });
      await until("changed /a");
      await create(one, "/a/b");
      await until("children /a");
      await remove(one, "/a/b");
      await remove(one, "/a");
      await until("deleted /a");
      expect(told.every((event) => event.endsWith(" /a"))).to.equal(true);
      stop();
      await create(other, "/a");
      await other.sync();
      expect(told.filter((event) => event.startsWith("created"))).to.have.length(1);
    });

    it("tells of nothing that a read does not see", async () => {
      let seen: Promise<string | undefined> | undefined;
      const told = new Promise<void>((resolve) => {
        void other.watch("/a", () => {
          seen ??= read(other, "/a");
          resolve();
        });
      });
      await other.sync();
      await create(one, "/a", { data: text("x") });
      await told;
      expect(await seen).to.equal("x");
    });

    it("tells of what this session commits itself, and each of several on one path", async () => {
      const first = await watched(one, "/a");
      const second = await watched(one, "/a");
      await create(one, "/a");
      await Promise.all([first.until("created /a"), second.until("created /a")]);
      first.stop();
      await remove(one, "/a");
      await second.until("deleted /a");
      expect(first.told).to.not.include("deleted /a");
    });

    it("outlives a cut connection, and tells of what was missed", async () => {
      await create(one, "/a");
      const { until, told } = await watched(one, "/a");
      const { until: inState } = states(one);
      await fixture.cut(one);
      await inState("suspended");
      await set(other, "/a", { data: text("missed") });
      expect(told).to.deep.equal([]);
      await fixture.mend(one);
      await until("changed /a");
      expect(await read(one, "/a")).to.equal("missed");
    });

    it("outlives the session, and tells of the end of what it owned", async () => {
      await create(one, "/mine", { ephemeral: true });
      const { until } = await watched(one, "/mine");
      await fixture.expire(one);
      await until("deleted /mine");
      await create(other, "/mine");
      await until("created /mine");
    });
  });

  describe("a session", () => {
    it("is connected at first, with an id of its own", async () => {
      expect(one.session.state).to.equal("connected");
      expect(one.session.id).to.be.a("string").and.not.equal(other.session.id);
    });

    it("refuses requests while it is suspended", async () => {
      const { until } = states(one);
      await fixture.cut(one);
      await until("suspended");
      await rejected(one.get("/a"), "UNAVAILABLE");
      await rejected(create(one, "/a"), "UNAVAILABLE");
    });

    it("is lost where it ends while nothing is heard, and another begins when the servers are back", async () => {
      await create(one, "/mine", { ephemeral: true });
      const { seen, until } = states(one);
      await fixture.cut(one);
      await fixture.expire(one);
      await until("lost");
      expect(await read(other, "/mine")).to.equal(undefined);
      await rejected(one.get("/a"), "UNAVAILABLE");
      await fixture.mend(one);
      await until("connected");
      expect(seen.slice(0, 2)).to.deep.equal(["suspended", "lost"]);
      expect(seen.slice(-2)).to.deep.equal(["connecting", "connected"]);
    });

    it("refuses everything once closed, and may be closed twice", async () => {
      const { seen } = states(one);
      await one.close();
      await one.close();
      expect(one.session.state).to.equal("closed");
      expect(seen).to.deep.equal(["closed"]);
      await rejected(one.get("/a"), "CANCELLED");
      await rejected(create(one, "/a"), "CANCELLED");
      await rejected(
        one.watch("/a", () => {}),
        "CANCELLED",
      );
    });

    it("tells a listener that stopped nothing more", async () => {
      let calls = 0;
      one.session.onState(() => calls++)();
      await one.close();
      expect(calls).to.equal(0);
    });
  });
}
