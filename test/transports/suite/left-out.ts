import { expect } from "chai";
import {
  arg,
  type CallContext,
  type Client,
  defineService,
  type Handlers,
  type Infer,
  type InferInput,
  type Interceptor,
  implement,
  oneway,
  rpc,
  service,
  stream,
  type Topic,
  t,
  topic,
  unimplemented,
} from "../../../index.ts";
import { collect, type Fixture, refused, signal } from "./fixture.ts";

const Line = t.struct("suite.Line", {
  sku: t.string,
  qty: t.default(t.int32, 1),
  tags: t.default(t.list(t.string), ["new"]),
  note: t.optional(t.string),
  cache: t.transient(t.default(t.list(t.int32), [])),
});
type Line = Infer<typeof Line>;
const full = (sku: string): Line => ({ sku, qty: 1, tags: ["new"], cache: [] });
const Full = t.error("suite.Full", {
  max: t.default(t.int32, 10),
  tags: t.default(t.list(t.string), ["full"]),
  line: t.optional(Line),
});

const Lines = defineService(
  "suite.Lines",
  {},
  {
    list: rpc({
      params: [arg("prefix", t.string), arg("limit", t.default(t.int32, 10)), arg("note", t.optional(t.string))],
      returns: t.string,
      throws: [Full],
    }),
    /** More parameters than handlers are called with by name. */
    many: rpc({
      params: [t.int32, t.optional(t.int32), t.optional(t.int32), t.default(Line, { sku: "d" })],
      returns: Line,
    }),
    only: rpc({ params: [arg("limit", t.default(t.int32, 7))], returns: t.int32 }),
    /** The struct is the message. */
    echo: rpc({ params: [arg("line", Line)], returns: Line }),
    maybe: rpc({ params: [], returns: t.optional(Line) }),
    audit: oneway({ params: [arg("line", Line), arg("times", t.default(t.int32, 2))] }),
    walk: stream({ params: [arg("size", t.default(t.int32, 2))], yields: Line }),
    load: rpc({ params: [arg("lines", t.stream(Line)), arg("max", t.default(t.int32, 9))], returns: t.list(Line) }),
    report: rpc({
      params: [arg("each", t.callback([Line, arg("percent", t.default(t.int32, 50)), t.optional(t.string)], Line))],
      returns: Line,
    }),
    changed: topic(Line),
  },
);
type LinesHandlers = Handlers<typeof Lines>;
/** What each handler was given, but for the context. */
function lines(seen: unknown[], given: Partial<LinesHandlers> = {}) {
  return implement(Lines, {
    list: async (...args) => {
      seen.push(args.slice(0, -1));
      return args.at(-1) === undefined ? "no context" : (args.at(-1) as CallContext).method;
    },
    many: async (...args) => {
      seen.push(args.slice(0, -1));
      return args[3];
    },
    only: async (limit) => limit,
    echo: async (line) => {
      seen.push(line);
      return { sku: "back" };
    },
    maybe: async () => ({ sku: "maybe" }),
    audit: (line, times) => {
      seen.push([line, times]);
    },
    walk: async function* (size) {
      for (let i = 0; i < size; i++) yield { sku: `${i}` };
    },
    load: async (items, max) => {
      seen.push(max);
      return collect(items);
    },
    report: async (each) => {
      seen.push(await each({ sku: "handler" }));
      return each({ sku: "handler", qty: 3 }, 99, "note");
    },
    ...given,
  });
}

@service("suite.DecoratedLines")
abstract class Decorated {
  @rpc({ params: [arg("prefix", t.string), arg("limit", t.default(t.int32, 10))], returns: t.string })
  list(prefix: string, limit?: number): Promise<string> {
    return unimplemented(prefix, limit);
  }

  @rpc({ params: [arg("note", t.optional(t.string))], returns: t.string })
  note(note?: string): Promise<string> {
    return unimplemented(note);
  }

  @topic(Line)
  get changed(): Topic<Line, InferInput<typeof Line>> {
    return unimplemented();
  }
}
class DecoratedImpl extends Decorated {
  override async list(prefix: string, limit = -1, ctx?: CallContext): Promise<string> {
    await this.changed.publish({ sku: prefix });
    return `${prefix} ${limit} ${ctx?.method}`;
  }
  override async note(note?: string, ctx?: CallContext): Promise<string> {
    return `${note} ${ctx?.method}`;
  }
}

/** What a writer may leave out is what it would be had it come over any wire. */
export function leftOutSuite(fixture: () => Fixture): void {
  const pair = async (
    seen: unknown[],
    given: Partial<LinesHandlers> = {},
    interceptors: readonly Interceptor[] = [],
  ): Promise<Client<typeof Lines>> => {
    const server = await fixture().serve({ services: [lines(seen, given)], interceptors });
    const client = await fixture().connect({ endpoints: server.endpoints });
    return client.refer(Lines);
  };

  describe("what is left out", () => {
    it("of the arguments is its default, or absent, to the handler", async () => {
      const seen: unknown[] = [];
      const client = await pair(seen);
      expect(await client.list("a")).to.equal("list");
      expect(await client.list("b", undefined, "n")).to.equal("list");
      expect(await client.list.future("c", 3)).to.equal("list");
      const called = signal<unknown>();
      (client.list.callback as (...args: unknown[]) => void)("d", (error: unknown, value: unknown) =>
        called.resolve(error ?? value),
      );
      expect(await called.promise).to.equal("list");
      for await (const reply of client.list.multicast("e")) expect(reply).to.include({ ok: true, value: "list" });
      expect(seen).to.deep.equal([
        ["a", 10, undefined],
        ["b", 10, "n"],
        ["c", 3, undefined],
        ["d", 10, undefined],
        ["e", 10, undefined],
      ]);
      expect(await client.only()).to.equal(7);
      expect(await client.only.with({ timeoutMs: 5000 })()).to.equal(7);
      expect(await client.many(1)).to.deep.equal(full("d"));
      expect(seen.at(-1)).to.deep.equal([1, undefined, undefined, full("d")]);
      await refused((client.list as unknown as () => Promise<string>)(), "INVALID_ARGUMENT", /prefix: expected string/);
    });

    it("of a struct is there for who reads it, a new one each time", async () => {
      const seen: unknown[] = [];
      const client = await pair(seen);
      const result = await client.echo({ sku: "a" });
      expect(seen).to.deep.equal([full("a")]);
      expect(result).to.deep.equal(full("back"));
      result.tags.push("mine");
      expect(await client.echo({ sku: "b", qty: undefined, note: undefined })).to.deep.equal(full("back"));
      expect(await client.maybe()).to.deep.equal(full("maybe"));
    });

    it("of a oneway, a stream in either direction and a subscription is there", async () => {
      const seen: unknown[] = [];
      const client = await pair(seen);
      await client.audit.sent({ sku: "a" });
      expect(await collect(client.walk())).to.deep.equal([full("0"), full("1")]);
      const loaded = await client.load(
        (async function* () {
          yield { sku: "up" };
        })(),
      );
      expect(loaded).to.deep.equal([full("up")]);
      expect(seen).to.deep.equal([[full("a"), 2], 9]);
      const delivered = signal<unknown>();
      await using _subscription = await client.changed.subscribe((line) => delivered.resolve(line));
      await client.changed.publish({ sku: "topic" });
      expect(await delivered.promise).to.deep.equal(full("topic"));
    });

    it("of a callback's arguments and result is there", async () => {
      const seen: unknown[] = [];
      const client = await pair(seen);
      const called: unknown[] = [];
      const result = await client.report(async (...args) => {
        called.push(args);
        return { sku: "caller" };
      });
      expect(called).to.deep.equal([
        [full("handler"), 50, undefined],
        [{ ...full("handler"), qty: 3 }, 99, "note"],
      ]);
      expect(seen).to.deep.equal([full("caller")]);
      expect(result).to.deep.equal(full("caller"));
    });

    it("of a declared error is there, for who throws it too", async () => {
      const thrown = new Full({ line: { sku: "a" } });
      expect(thrown).to.include({ max: 10 });
      expect(thrown.tags).to.deep.equal(["full"]);
      expect(new Full({}).tags).not.to.equal(thrown.tags);
      const client = await pair([], {
        list: () => {
          throw new Full({ line: { sku: "a" } });
        },
      });
      const error = (await refused(client.list("a"), "FAILED_PRECONDITION")) as InstanceType<typeof Full>;
      expect(error).to.be.instanceOf(Full);
      expect({ max: error.max, tags: error.tags, line: error.line }).to.deep.equal({
        max: 10,
        tags: ["full"],
        line: full("a"),
      });
    });

    it("is there for the server's interceptors", async () => {
      const args: unknown[] = [];
      const note: Interceptor = (next) => (call) => {
        args.push(call.args);
        return next(call);
      };
      const client = await pair([], {}, [note]);
      await client.list("a");
      expect(args).to.deep.equal([["a", 10, undefined]]);
    });

    it("of a method of a class comes to its implementation, and the context behind it", async () => {
      const impl = new DecoratedImpl();
      const server = await fixture().serve({ services: [impl] });
      const client = await (await fixture().connect({ endpoints: server.endpoints })).refer(Decorated);
      const delivered: unknown[] = [];
      const arrived = signal();
      await using _subscription = await client.changed.subscribe((line) => {
        delivered.push(line);
        arrived.resolve();
      });
      // The contract's default, not that of the function.
      expect(await client.list("a")).to.equal("a 10 list");
      expect(await client.note()).to.equal("undefined note");
      expect(await client.note("n")).to.equal("n note");
      await arrived.promise;
      expect(delivered).to.deep.equal([full("a")]);
    });
  });
}
