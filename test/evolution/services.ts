import {
  arg,
  type ContractDescriptor,
  connect,
  contractOf,
  defineService,
  implement,
  RpcError,
  rpc,
  serve,
  stream,
  t,
  topic,
} from "../../index.ts";

/** A change of a service, in two versions of its method or topic `place`; `undefined` where a version has none. */
export interface ServiceCase {
  readonly change: string;
  readonly old: unknown;
  readonly new: unknown;
  /** The options of the service, where they differ. */
  readonly options?: readonly [old: object, new: object];
  /** What an old and a new caller pass. */
  readonly args?: readonly [old: readonly unknown[], new: readonly unknown[]];
  /** What an old and a new handler should be given by the other version's caller; else what that passed. */
  readonly heard?: readonly [old: readonly unknown[], new: readonly unknown[]];
  /** What an error must name. @default "place" */
  readonly names?: string;
}

const Order = t.struct("shop.Order", { id: t.int32 });
const OutOfStock = t.error("shop.OutOfStock", { sku: t.string });
const Refused = t.error("shop.Refused", { why: t.string });
const sku = arg("sku", t.string);
const qty = arg("qty", t.int32);
const note = arg("note", t.optional(t.string));
const progress = arg("progress", t.callback([arg("step", t.int32)]));
const lines = arg("lines", t.stream(t.string));
const plain = rpc({ params: [sku] });
const two = rpc({ params: [sku, qty] });
const tell = async (): Promise<void> => {};
const several = async function* (): AsyncGenerator<string> {
  yield "a";
};

export const serviceCases: readonly ServiceCase[] = [
  { change: "add a method", old: undefined, new: plain },
  { change: "remove a method", old: plain, new: undefined },
  {
    change: "unary → stream",
    old: rpc({ params: [sku], returns: t.string }),
    new: stream({ params: [sku], yields: t.string }),
  },
  { change: "types → none", old: plain, new: rpc() },
  {
    change: "rename a parameter",
    old: two,
    new: rpc({ params: [arg("item", t.string), qty] }),
    args: [
      ["a", 5],
      ["a", 5],
    ],
  },
  {
    change: "reorder parameters",
    old: two,
    new: rpc({ params: [qty, sku] }),
    args: [
      ["a", 5],
      [5, "a"],
    ],
    heard: [
      ["a", 5],
      [5, "a"],
    ],
  },
  {
    change: "add an optional parameter",
    old: two,
    new: rpc({ params: [sku, qty, note] }),
    args: [
      ["a", 5],
      ["a", 5, "now"],
    ],
    heard: [
      ["a", 5],
      ["a", 5, undefined],
    ],
  },
  {
    change: "add a parameter beside a single struct",
    old: rpc({ params: [arg("order", Order)] }),
    new: rpc({ params: [arg("order", Order), note] }),
    args: [[{ id: 7 }], [{ id: 7 }, "now"]],
  },
  { change: "add a callback", old: plain, new: rpc({ params: [sku, progress] }), args: [["a"], ["a", tell]] },
  {
    change: "number → callback",
    old: rpc({ params: [sku, arg("progress", t.int53)] }),
    new: rpc({ params: [sku, progress] }),
    args: [
      ["a", 5],
      ["a", tell],
    ],
  },
  { change: "add a stream parameter", old: plain, new: rpc({ params: [sku, lines] }), args: [["a"], ["a", several()]] },
  {
    change: "struct result → scalar",
    old: rpc({ params: [sku], returns: Order }),
    new: rpc({ params: [sku], returns: t.string }),
  },
  {
    change: "throw one more error",
    old: rpc({ params: [sku], throws: [OutOfStock] }),
    new: rpc({ params: [sku], throws: [OutOfStock, Refused] }),
  },
  { change: "make a method idempotent", old: plain, new: rpc({ params: [sku], idempotent: true }) },
  { change: "change a topic's type", old: topic(t.int32), new: topic(t.string), names: "value" },
  { change: "another minor version", old: plain, new: plain, options: [{ version: "1.0.0" }, { version: "1.1.0" }] },
  {
    change: "another major version",
    old: plain,
    new: plain,
    options: [{ version: "1.0.0" }, { version: "2.0.0" }],
    names: "shop.Orders",
  },
  { change: "another group", old: plain, new: plain, options: [{}, { group: "blue" }], names: "shop.Orders" },
];

export function versionsOf({
  old,
  new: next,
  options = [{}, {}],
}: ServiceCase): [ContractDescriptor, ContractDescriptor] {
  const version = (place: unknown, given: object): ContractDescriptor => {
    const members = { ping: rpc({ returns: t.string }), ...(place === undefined ? {} : { place }) };
    return contractOf(defineService("shop.Orders", given, members as never));
  };
  return [version(old, options[0]), version(next, options[1])];
}

export type Meeting = "works" | "blank" | "the call is refused" | "the client is refused";

/** A client of one version calls a server of the other. Other methods of the service work all the while. */
export async function meet(
  caller: ContractDescriptor,
  server: ContractDescriptor,
  {
    args,
    heard,
    listen,
  }: { readonly args: readonly unknown[]; readonly heard: readonly unknown[]; readonly listen: string },
): Promise<{ readonly met: Meeting; readonly error?: RpcError }> {
  let given: readonly unknown[] = heard;
  const place = server.methods.find(({ name }) => name === "place");
  const handlers = {
    ping: async () => "pong",
    ...(place && {
      place: async (...all: unknown[]) => {
        given = all.slice(0, place.params.length);
      },
    }),
  };
  await using served = await serve({
    services: [implement(server as never, handlers as never)],
    listen: [listen],
  });
  await using client = await connect({ endpoints: served.endpoints });
  let orders: Record<string, (...args: readonly unknown[]) => Promise<unknown>>;
  try {
    orders = (await client.refer(caller as never)) as unknown as typeof orders;
  } catch (error) {
    return { met: "the client is refused", error: error as RpcError };
  }
  let error: RpcError | undefined;
  try {
    const reply: unknown = orders["place"]?.(...args);
    if (caller.methods.some(({ kind, name }) => kind === "stream" && name === "place"))
      for await (const _ of reply as AsyncIterable<unknown>);
    else await reply;
  } catch (thrown) {
    error = RpcError.from(thrown);
  }
  if ((await orders["ping"]?.()) !== "pong") throw new Error("the other methods do not work");
  if (error !== undefined) return { met: "the call is refused", error };
  const same =
    heard.length === given.length && heard.every((one, i) => JSON.stringify(one) === JSON.stringify(given[i]));
  return { met: same ? "works" : "blank" };
}
