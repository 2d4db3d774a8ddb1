import { expect } from "chai";
import { arg, type Client, defineService, implement, rpc, stream, t, topic } from "../../../index.ts";
import { type Fixture, refused } from "./fixture.ts";

const Line = t.struct("misfit.Line", { sku: t.string, qty: t.int32 });
const Order = t.struct("misfit.Order", { id: t.int64, lines: t.list(Line) });
const order = (qty: unknown): never =>
  ({
    id: 1n,
    lines: [
      { sku: "a", qty: 1 },
      { sku: "b", qty },
    ],
  }) as never;
const wrong = (value: unknown): never => value as never;

const Desk = defineService(
  "misfit.Desk",
  {},
  {
    place: rpc({ params: [arg("order", Order)], returns: t.int64 }),
    both: rpc({ params: [arg("order", Order), arg("dry", t.bool)] }),
    echo: rpc({ params: [arg("of", t.any)], returns: Order }),
    count: rpc({ params: [arg("of", t.any)], returns: t.int32 }),
    watch: stream({ params: [arg("of", t.any)], yields: Line }),
    ticks: stream({ params: [arg("of", t.any)], yields: t.int32 }),
    sum: rpc({ params: [arg("numbers", t.stream(t.int32))], returns: t.int32 }),
    pack: rpc({ params: [arg("lines", t.stream(Line))], returns: t.int32 }),
    tell: rpc({ params: [arg("of", t.any), arg("say", t.callback([arg("n", t.int32)], t.string))], returns: t.string }),
    placed: topic(Line),
  },
);

/** Handlers that give back, as the declared type, whatever they were given. */
const desk = (): object =>
  implement(Desk, {
    place: async ({ id }) => id,
    both: async () => {},
    echo: async (of) => wrong(of),
    count: async (of) => wrong(of),
    watch: (of) => wrong(Array.isArray(of) ? of[0] : yielding(of)),
    ticks: (of) => wrong(yielding(of)),
    sum: async (numbers) => length(numbers),
    pack: async (lines) => length(lines),
    tell: async (of, say) => say(wrong(of)),
  });

async function* yielding(item: unknown): AsyncGenerator<never> {
  yield wrong(item);
}

async function length(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of items) count++;
  return count;
}

export function misfitSuite(fixture: () => Fixture): void {
  describe("a value that does not fit", () => {
    async function served(): Promise<{
      readonly client: Client<typeof Desk>;
      readonly publish: (v: never) => unknown;
    }> {
      const server = await fixture().serve({ services: [desk()] });
      const client = await (await fixture().connect({ endpoints: server.endpoints, codec: "json" })).refer(Desk);
      return { client, publish: (value) => server.topics(Desk)["placed"]?.publish(value) };
    }
    const say = async (): Promise<string> => "ok";

    it("is named by service, method and parameter at the caller", async () => {
      const { client } = await served();
      const cases: readonly (readonly [() => PromiseLike<unknown>, string])[] = [
        [() => client.place(order("x")), 'place: order.lines[1].qty: expected int32, got "x"'],
        [() => client.place(wrong(7)), "place: order: expected misfit.Order, got 7"],
        [() => client.both(order("x"), true), 'both: order.lines[1].qty: expected int32, got "x"'],
        [() => client.both(order(1), wrong(1)), "both: dry: expected bool, got 1"],
        [() => client.sum(yielding("x")), 'sum: numbers: expected int32, got "x"'],
        [
          () => client.sum(wrong([1])),
          "sum: numbers: expected an AsyncIterable, such as an async generator, got a list",
        ],
        [() => client.pack(yielding({ sku: "a", qty: "x" })), 'pack: lines.qty: expected int32, got "x"'],
        [() => client.placed.publish({ sku: "a", qty: wrong("x") }), 'placed: value.qty: expected int32, got "x"'],
        [() => client.place.future(order("x")), 'place: order.lines[1].qty: expected int32, got "x"'],
      ];
      for (const [call, message] of cases) {
        expect((await refused(call(), "INVALID_ARGUMENT")).message).to.contain(`misfit.Desk.${message}`);
      }
    });

    it("is named at the server that gives it: a result, an item, a callback's argument, a message", async () => {
      const { client, publish } = await served();
      const read = async (items: AsyncIterable<unknown>): Promise<unknown> => length(items);
      const wrongLine = { sku: "a", qty: "x" };
      const told = "; the handler's result cannot be sent";
      const cases = [
        [() => client.echo({ id: "1", lines: [] }), `echo: result.id: expected int64, a bigint, got "1"${told}`],
        [() => client.echo(7), `echo: result: expected misfit.Order, got 7${told}`],
        [() => client.count("x"), `count: result: expected int32, got "x"${told}`],
        [() => read(client.watch(wrongLine)), 'watch: item.qty: expected int32, got "x"'],
        [() => read(client.ticks("x")), 'ticks: item: expected int32, got "x"'],
        [
          () => read(client.watch([[]])),
          "watch: expected an AsyncIterable from the handler, got a list of 0; write it as async *watch()",
        ],
        [() => client.tell("x", say), 'tell: say: n: expected int32, got "x"'],
        [() => client.tell(1, async () => wrong(7)), "tell: say: result: expected string"],
        [async () => publish(wrong(wrongLine)), 'placed: value.qty: expected int32, got "x"'],
      ] as const;
      for (const [call, message] of cases) {
        const error = await Promise.resolve(call()).then(
          (value) => new Error(`expected it to fail, but it gave ${String(value)}`),
          (thrown: Error) => thrown,
        );
        expect(error.message.startsWith(`misfit.Desk.${message}`), `${error.message}\n${message}`).to.equal(true);
      }
    });
  });
}
