import type {
  Client,
  MulticastReply,
  OnewayMethod,
  RpcClient,
  RpcError,
  StreamMethod,
  Topic,
  UnaryMethod,
} from "trunkline";
import { Future } from "trunkline";
import { same, some } from "./exact.ts";
import { type Defined, type Item, type Order, Orders } from "./shop.ts";

type Report = (percent: number, item: Item) => Promise<boolean>;
/** What the contract declares with types, seen by its callers. */
interface Typed {
  readonly place: UnaryMethod<[order: Order], bigint>;
  readonly cancel: UnaryMethod<[id: bigint, reason: string | undefined], void>;
  readonly find: UnaryMethod<[id: bigint], Order | undefined>;
  readonly pack: UnaryMethod<[order: Order, report: Report], string>;
  readonly load: UnaryMethod<[orders: AsyncIterable<Order>], number>;
  readonly audit: OnewayMethod<[line: string]>;
  readonly watch: StreamMethod<[since: bigint], Order>;
  readonly chat: StreamMethod<[lines: AsyncIterable<string>, size: number], Uint8Array>;
  readonly placed: Topic<Order>;
}
/** An untyped method of a class is what its signature says; of `defineService`, anything. */
interface DecoratedClient extends Typed {
  readonly ping: UnaryMethod<[text: string], string>;
  readonly log: OnewayMethod<[text: string]>;
  readonly count: StreamMethod<[to: number], number>;
}
interface DefinedClient extends Omit<Typed, "cancel"> {
  readonly cancel: UnaryMethod<[id: bigint, reason?: string], void>;
  readonly reset: UnaryMethod<[], void>;
  readonly total: UnaryMethod<[], number>;
  readonly wake: OnewayMethod<[]>;
  readonly ticks: StreamMethod<[], Date>;
  readonly ping: UnaryMethod<unknown[], unknown>;
  readonly log: OnewayMethod<unknown[]>;
  readonly count: StreamMethod<unknown[], unknown>;
}
type Flat<T> = { [K in keyof T]: T[K] };

export function clients(): void {
  same<Client<typeof Orders>, Flat<DecoratedClient>>();
  same<Client<typeof Defined>, Flat<DefinedClient>>();
}

export async function refers(client: RpcClient): Promise<void> {
  const orders = await client.refer(Orders, { timeoutMs: 500 });
  same<typeof orders, Client<typeof Orders>>();
  // @ts-expect-error an instance is not a contract
  await client.refer(some<Orders>());
  // @ts-expect-error the unit is in the name
  await client.refer(Orders, { timeout: 500 });
}

export async function calls(orders: Client<typeof Orders>, order: Order): Promise<void> {
  same<Awaited<ReturnType<typeof orders.place>>, bigint>();
  const id = await orders.place.with({ timeoutMs: 5, metadata: { a: "b" } })(order);
  const metadata = { a: ["b", "c"], "d-bin": new Uint8Array(1), "e-bin": [new Uint8Array(1), "AQ=="] };
  await orders.place.with({ metadata, onTrailers: (trailers) => trailers["a"]?.trim() })(order);
  // @ts-expect-error: metadata is text or bytes
  orders.place.with({ metadata: { a: 5 } });
  same<typeof id, bigint>();
  const later = orders.place.future(order);
  same<typeof later, Future<bigint>>();
  orders.place.callback(order, (error, value) => {
    same<typeof error, RpcError | undefined>();
    same<typeof value, bigint | undefined>();
  });
  for await (const reply of orders.place.multicast(order)) same<typeof reply, MulticastReply<bigint>>();
  for await (const seen of orders.watch(0n)) same<typeof seen, Order>();
  await using _subscription = await orders.placed.subscribe((value, delivery) => {
    same<typeof value, Order>();
    same<typeof delivery.key, string>();
  });
  await orders.audit.sent("line");
  same<ReturnType<typeof orders.audit>, void>();
  const answers = await Future.all([
    orders.place.future(order),
    orders.find.future(1n),
    orders.cancel.future(1n, "no"),
  ]);
  // biome-ignore lint/suspicious/noConfusingVoidType: what a method without a result resolves to
  same<typeof answers, [bigint, Order | undefined, void]>();
}

export async function wrongCalls(orders: Client<typeof Orders>, order: Order): Promise<void> {
  // @ts-expect-error no argument
  await orders.place();
  // @ts-expect-error another argument
  await orders.place("order");
  // @ts-expect-error one argument more
  await orders.place(order, 1);
  // @ts-expect-error no such method
  await orders.plaice(order);
  // @ts-expect-error a oneway answers nothing
  await orders.audit("line").then();
  // @ts-expect-error a oneway has no future
  orders.audit.future("line");
  // @ts-expect-error a stream has no future
  orders.watch.future(0n);
  // @ts-expect-error a unary method has no sent
  orders.place.sent(order);
  // @ts-expect-error the function comes last
  orders.place.callback((error: unknown) => error, order);
  // @ts-expect-error no such option
  orders.place.with({ timeout: 5 });
  // @ts-expect-error another message
  await orders.placed.publish("order");
  // @ts-expect-error a proxy is not written to
  orders.place = some<typeof orders.place>();
}

declare abstract class Helper {
  readonly label: string;
  place(order: Order): Promise<bigint>;
  title(): string;
}
/** What no decorator could stand on is nothing that a proxy has. */
export function undeclared(client: Client<typeof Helper>): void {
  same<keyof typeof client, "place">();
}
