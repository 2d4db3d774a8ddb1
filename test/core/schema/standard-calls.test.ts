import { expect } from "chai";
import * as z from "zod";
import {
  arg,
  connect,
  defineService,
  implement,
  RpcError,
  retain,
  rpc,
  serve,
  service,
  stream,
  type Topic,
  t,
  topic,
  typeOf,
  unimplemented,
} from "../../../index.ts";

const Row = z.object({ qty: z.int().min(1) }).meta({ id: "shop.Row" });
type Row = z.infer<typeof Row>;
/** Asynchronous, and it changes the value, but not its type. */
const Name = z
  .string()
  .trim()
  .refine(async (name) => name !== "nobody", { message: "nobody has that name" });
const Loose = z.union([z.string(), z.number(), z.null()]);

@service("shop.Checks")
abstract class Checks {
  @rpc({ params: [arg("name", Name)], returns: t.string })
  greet(name: string): Promise<string> {
    return unimplemented(name);
  }
  @rpc({ params: [arg("qty", t.int32)], returns: Row })
  give(qty: number): Promise<Row> {
    return unimplemented(qty);
  }
  @stream({ params: [arg("count", t.int32)], yields: Row })
  rows(count: number): AsyncIterable<Row> {
    return unimplemented(count);
  }
  @rpc({ params: [arg("rows", t.stream(Row))], returns: t.int32 })
  sum(rows: AsyncIterable<Row>): Promise<number> {
    return unimplemented(rows);
  }
  @rpc({ params: [arg("ask", t.callback([arg("row", Row)], Row))], returns: t.int32 })
  ask(ask: (row: Row) => Promise<Row>): Promise<number> {
    return unimplemented(ask);
  }
  @rpc({ params: [arg("rows", t.list(typeOf(Row))), arg("byName", t.map(typeOf(Row)))] })
  nested(rows: Row[], byName: Record<string, Row>): Promise<void> {
    return unimplemented(rows, byName);
  }
  @rpc({ params: [arg("loose", Loose), arg("note", z.string().max(3).optional())], returns: Loose })
  loose(loose: string | number | null, note: string | undefined): Promise<string | number | null> {
    return unimplemented(loose, note);
  }
  @topic(Row)
  get placed(): Topic<Row> {
    return unimplemented();
  }
}

class ChecksImpl extends Checks {
  calls = 0;
  override async greet(name: string): Promise<string> {
    return `Hello ${name}.`;
  }
  override async give(qty: number): Promise<Row> {
    return { qty };
  }
  override async *rows(count: number): AsyncGenerator<Row> {
    for (let i = 0; i < count; i++) yield { qty: 2 - i };
  }
  override async sum(rows: AsyncIterable<Row>): Promise<number> {
    let sum = 0;
    for await (const { qty } of rows) sum += qty;
    return sum;
  }
  override async ask(ask: (row: Row) => Promise<Row>): Promise<number> {
    await using _kept = retain(ask);
    return (await ask({ qty: 1 })).qty;
  }
  override async nested(): Promise<void> {
    this.calls++;
  }
  override async loose(loose: string | number | null): Promise<string | number | null> {
    return loose;
  }
}

async function refusal(promise: Promise<unknown>): Promise<RpcError> {
  const error = await promise.then(
    (value) => expect.fail(`it was taken and gave ${String(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!RpcError.is(error)) throw error;
  return error;
}

async function* of<T>(...values: T[]): AsyncGenerator<T> {
  yield* values;
}

for (const endpoint of ["memory://checks", "tcp://127.0.0.1:0"]) {
  describe(`schemas over ${endpoint.slice(0, 6)}`, () => {
    const impl = new ChecksImpl();
    let server: Awaited<ReturnType<typeof serve>>;
    let client: Awaited<ReturnType<typeof connect>>;
    const checks = () => client.refer(Checks);
    beforeEach(async () => {
      server = await serve({ services: [impl], listen: [endpoint] });
      client = await connect({ endpoints: server.endpoints });
    });
    afterEach(async () => {
      await client.close();
      await server.close();
    });

    it("give the handler what they made of the value, also when they take their time", async () => {
      expect(await (await checks()).greet("  Ada ")).to.equal("Hello Ada.");
      const error = await refusal((await checks()).greet("nobody"));
      expect(error.message).to.equal("refused by the schema: name: nobody has that name");
    });

    it("fill in what was left out, of parameters too", async () => {
      const Size = z.object({ qty: z.int().default(3), tags: z.array(z.string()).default(["new"]) });
      const Sizes = defineService(
        "shop.Sizes",
        {},
        {
          size: rpc({ params: [z.string().default("ada"), Size, z.string().optional()], returns: Size }),
        },
      );
      const seen: unknown[] = [];
      const handler = implement(Sizes, {
        size: async (name, size, note) => {
          seen.push(name, size, note);
          return { tags: [name] };
        },
      });
      await using sizing = await serve({ services: [handler], listen: [endpoint.replace("checks", "sizes")] });
      await using caller = await connect({ endpoints: sizing.endpoints });
      const { size } = await caller.refer(Sizes);
      expect(await size(undefined, {})).to.deep.equal({ qty: 3, tags: ["ada"] });
      expect(seen).to.deep.equal(["ada", { qty: 3, tags: ["new"] }, undefined]);
    });

    it("hold the result of a handler", async () => {
      expect(await (await checks()).give(3)).to.deep.equal({ qty: 3 });
      const error = await refusal((await checks()).give(0));
      expect(error.code).to.equal("INTERNAL");
      expect(error.message).to.match(/^what the handler gave does not fit its schema: result\.qty: /);
    });

    it("hold what a stream yields", async () => {
      const got: Row[] = [];
      const reading = (async () => {
        for await (const row of (await checks()).rows(3)) got.push(row);
      })();
      const error = await refusal(reading);
      expect(got).to.deep.equal([{ qty: 2 }, { qty: 1 }]);
      expect(error.code).to.equal("INTERNAL");
      expect(error.message).to.include("result[2].qty: ");
    });

    it("hold what a client streams", async () => {
      expect(await (await checks()).sum(of({ qty: 1 }, { qty: 2 }))).to.equal(3);
      const error = await refusal((await checks()).sum(of({ qty: 1 }, { qty: 0 })));
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.message).to.include("rows[1].qty: ");
    });

    it("hold what a callback returns, which may still be retained", async () => {
      expect(await (await checks()).ask(async () => ({ qty: 5 }))).to.equal(5);
      const error = await refusal((await checks()).ask(async () => ({ qty: 0 })));
      expect(error.message).to.include("ask().qty: ");
    });

    it("are followed into lists, maps and structs of t", async () => {
      await (await checks()).nested([{ qty: 1 }], { a: { qty: 1 } });
      expect(impl.calls).to.equal(1);
      const error = await refusal((await checks()).nested([{ qty: 1 }, { qty: 0 }], { "a b": { qty: -1 } }));
      expect(error.message).to.include("rows[1].qty: ").and.to.include('byName["a b"].qty: ');
      expect(impl.calls).to.equal(1);
      impl.calls = 0;
    });

    it("tell a few issues of many", async () => {
      const rows = Array.from({ length: 100 }, () => ({ qty: 0 }));
      const error = await refusal((await checks()).nested(rows, {}));
      expect(error.message).to.match(/rows\[7\]\.qty: .*; and 92 more$/);
      expect((error.details as { issues: unknown[] }).issues).to.have.length(8);
    });

    it("carry what the type model cannot say, and may be absent where they say so", async () => {
      for (const value of ["text", 1.5, null]) expect(await (await checks()).loose(value, undefined)).to.equal(value);
      const wrong = await refusal((await checks()).loose(true as never, "a"));
      expect(wrong.message).to.include("loose: ");
      expect((await refusal((await checks()).loose("a", "long"))).message).to.include("note: ");
    });

    it("hold what is published, by clients and by the server itself", async () => {
      const placed = (await checks()).placed;
      const seen: Row[] = [];
      await using _subscription = await placed.subscribe((row) => seen.push(row));
      expect((await refusal(placed.publish({ qty: 0 }))).message).to.include("value.qty: ");
      expect((await refusal(impl.placed.publish({ qty: 0 }))).message).to.include("value.qty: ");
      await placed.publish({ qty: 1 });
      await impl.placed.publish({ qty: 2 });
      while (seen.length < 2) await new Promise((resolve) => setImmediate(resolve));
      expect(seen).to.deep.equal([{ qty: 1 }, { qty: 2 }]);
    });
  });
}

describe("a schema", () => {
  it("is validated inside of the interceptors", async () => {
    const order: string[] = [];
    const Checked = defineService("shop.Checked", {}, { take: rpc({ params: [arg("row", Row)] }) });
    await using server = await serve({
      services: [implement(Checked, { take: async () => void order.push("handler") })],
      listen: ["memory://inside"],
      interceptors: [
        (next) => async (call) => {
          order.push("interceptor");
          return next({ ...call, args: [{ qty: 0 }] });
        },
      ],
    });
    await using client = await connect({ endpoints: server.endpoints });
    expect((await refusal((await client.refer(Checked)).take({ qty: 1 }))).message).to.include("row.qty: ");
    expect(order).to.deep.equal(["interceptor"]);
  });

  it("leaves what a handler gives to the type around it", async () => {
    const Crate = t.struct("shop.Crate", {
      id: t.int32,
      rows: t.list(typeOf(Row)),
      byName: t.optional(t.map(typeOf(Row))),
    });
    const Crates = defineService("shop.Crates", {}, { give: rpc({ params: [arg("n", t.int32)], returns: Crate }) });
    class Held {
      get id() {
        return 7;
      }
      readonly rows = [{ qty: 1 }];
    }
    const given = [new Held(), null, { id: 1, rows: null }, { id: 1, rows: [], byName: 5 }];
    await using server = await serve({
      services: [implement(Crates, { give: async (n) => given[n] as never })],
      listen: ["tcp://127.0.0.1:0"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    const crates = await client.refer(Crates);
    expect(await crates.give(0)).to.deep.equal({ id: 7, rows: [{ qty: 1 }] });
    const wrong = await Promise.all([1, 2, 3].map((n) => refusal(crates.give(n))));
    expect(wrong.map(({ code }) => code)).to.deep.equal(["INTERNAL", "INTERNAL", "INTERNAL"]);
    expect(wrong[0]?.message).to.include("shop.Crates.give: result: expected shop.Crate, got null");
    expect(wrong[1]?.message).to.include("rows: expected a list, got null");
    expect(wrong[2]?.message).to.include("byName: expected a map, as a plain object, got 5");
  });

  it("is followed into the cases of a union", async () => {
    const Part = t.union("shop.Part", { row: typeOf(Row), text: t.string });
    const Parts = defineService("shop.Parts", {}, { echo: rpc({ params: [arg("part", Part)], returns: Part }) });
    await using server = await serve({
      services: [implement(Parts, { echo: async (part) => part })],
      listen: ["tcp://127.0.0.1:0"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    const parts = await client.refer(Parts);
    for (const part of [{ kind: "row", value: { qty: 1 } } as const, { kind: "text", value: "a" } as const])
      expect(await parts.echo(part)).to.deep.equal(part);
    const error = await refusal(parts.echo({ kind: "row", value: { qty: 0 } }));
    expect(error.message).to.include("part.value.qty: ");
  });

  it("leaves it to the reader to refuse what is no stream", async () => {
    const Rows = defineService("shop.Rows", {}, { rows: stream({ params: [], yields: Row }) });
    await using server = await serve({
      services: [implement(Rows, { rows: () => 5 as never })],
      listen: ["tcp://127.0.0.1:0"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    const rows = (await client.refer(Rows)).rows()[Symbol.asyncIterator]();
    expect((await refusal(rows.next())).message).to.include("expected an AsyncIterable");
  });

  it("lets a quiet stream hear at once that nobody reads it", async () => {
    const Quiet = defineService("shop.Quiet", {}, { rows: stream({ params: [], yields: Row }) });
    let asked: () => void = () => {};
    let left: () => void = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const isLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked();
          return new Promise<never>(() => {});
        },
        return: async () => {
          left();
          return { done: true as const, value: undefined };
        },
      }),
    };
    await using server = await serve({
      services: [implement(Quiet, { rows: () => source })],
      listen: ["tcp://127.0.0.1:0"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    const rows = (await client.refer(Quiet)).rows()[Symbol.asyncIterator]();
    rows.next().catch(() => {});
    await isAsked;
    await rows.return?.();
    await isLeft;
  });

  it("with values that no schema codec can write is refused by name", async () => {
    const Loosely = defineService(
      "shop.Loosely",
      {},
      {
        take: rpc({ params: [arg("row", z.object({ price: z.number().nullable() }))] }),
      },
    );
    await using server = await serve({
      services: [implement(Loosely, { take: async () => {} })],
      listen: ["tcp://127.0.0.1:0"],
    });
    await using client = await connect({ endpoints: server.endpoints });
    await (await client.refer(Loosely, { codec: "json" })).take({ price: null });
    const error = await refusal(client.refer(Loosely, { codec: "protobuf" }));
    expect(error.message).to.match(/price: protobuf cannot carry t\.any/);
  });
});
