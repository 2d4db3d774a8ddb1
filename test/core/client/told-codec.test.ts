import { expect } from "chai";
import { arg, connect, defineService, type Generic, implement, rpc, serve, stream, t, topic } from "../../../index.ts";

let count = 0;

/** The texts that became code while `run` ran. */
async function codeOf(run: () => Promise<void>): Promise<string[]> {
  const { Function: original } = globalThis;
  const texts: string[] = [];
  globalThis.Function = new Proxy(original, {
    construct(target, args: string[]) {
      texts.push(args.join("\n"));
      return Reflect.construct(target, args) as object;
    },
  });
  try {
    await run();
  } finally {
    globalThis.Function = original;
  }
  return texts;
}

function declared(name: string) {
  const Item = t.struct(`told.${name}Item`, { [`field${name}`]: t.int32, more: t.list(t.map(t.timestamp)) });
  const Gone = t.error(`told.${name}Gone`, { [`gone${name}`]: t.string, items: t.default(t.list(t.string), ["x"]) });
  const contract = defineService(
    `told.${name}`,
    {},
    {
      same: rpc({ params: [arg(`param${name}`, Item), arg("b", t.bool)], returns: Item, throws: [Gone] }),
      each: stream({ params: [arg("items", t.stream(Item))], yields: Item }),
      back: rpc({
        params: [arg("call", t.callback([arg(`inner${name}`, Item), arg("n", t.int32)], Item))],
        returns: Item,
      }),
      news: topic(Item),
    },
  );
  const item = { [`field${name}`]: 1, more: [{ a: new Date(0) }] };
  const service = implement(
    contract as never,
    {
      same: async (one: object, fail: boolean) => {
        if (fail) throw new Gone({ [`gone${name}`]: "y" } as never);
        return one;
      },
      each: async function* (items: AsyncIterable<object>) {
        for await (const one of items) yield one;
      },
      back: (call: (one: object, n: number) => Promise<object>) => call(item, 1),
    } as never,
  );
  return { contract, service, item };
}

/** Every pattern, whoever calls. */
interface Caller {
  call(method: string, args: unknown[]): Promise<unknown>;
  stream(method: string, args: unknown[]): AsyncIterable<unknown>;
  publish(value: unknown): Promise<void>;
  subscribe(): Promise<AsyncDisposable>;
}

async function callAll({ call, stream, publish, subscribe }: Caller, name: string, item: object): Promise<void> {
  const items = async function* (): AsyncGenerator<object> {
    yield item;
  };
  expect(await call("same", [item, false])).to.deep.equal(item);
  const error = await call("same", [item, true]).catch((thrown: unknown) => thrown);
  expect(error).to.deep.include({ [`gone${name}`]: "y", items: ["x"] });
  expect(await call("back", [async (one: object) => one])).to.deep.equal(item);
  for await (const one of stream("each", [items()])) expect(one).to.deep.equal(item);
  await using _news = await subscribe();
  await publish(item);
}

function typedCaller(proxy: unknown): Caller {
  const members = proxy as Record<string, (...args: unknown[]) => Promise<unknown> & AsyncIterable<unknown>>;
  const { news } = proxy as { news: { publish(value: unknown): Promise<void>; subscribe(on: () => void): never } };
  return {
    call: async (method, args) => members[method]?.(...args),
    stream: (method, args) => members[method]?.(...args) as AsyncIterable<unknown>,
    publish: (value) => news.publish(value),
    subscribe: () => news.subscribe(() => {}),
  };
}

function genericCaller(generic: Generic): Caller {
  return {
    call: (method, args) => generic.call(method, args),
    stream: (method, args) => generic.stream(method, args),
    publish: (value) => generic.publish("news", value),
    subscribe: () => generic.subscribe("news", () => {}),
  };
}

describe("a contract that a server told", () => {
  for (const codec of ["json", "msgpack", "protobuf", "avro", "hessian2"]) {
    for (const transport of ["memory", "tcp"]) {
      it(`becomes no code, by ${codec} over ${transport}, and what the server declares does`, async () => {
        const name = `${codec}${transport}`;
        const { contract, service, item } = declared(name);
        const url = transport === "tcp" ? "tcp://127.0.0.1:0" : `memory://told-${++count}`;
        await using server = await serve({ services: [service], listen: [url] });
        await using client = await connect({ endpoints: server.endpoints });
        const first = await client.generic(contract.name, { codec });
        expect(await codeOf(() => callAll(genericCaller(first), name, item))).to.not.deep.equal([]);
        // With types of its own, as in another process.
        const typed = await client.refer(declared(name).contract, { codec });
        expect(await codeOf(() => callAll(typedCaller(typed), name, item))).to.not.deep.equal([]);
        await using other = await connect({ endpoints: server.endpoints });
        const again = await other.generic(contract.name, { codec });
        expect(again.contract).to.not.equal(first.contract);
        expect(await codeOf(() => callAll(genericCaller(again), name, item))).to.deep.equal([]);
      });
    }
  }
});
