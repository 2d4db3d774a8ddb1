import { connect, Future, type Handlers, implement, mock, type RpcServer, serve, type Topic } from "trunkline";
import { same, some } from "./exact.ts";
import { Defined, type Order, Orders } from "./shop.ts";

class Shop extends Orders {}
const listen = ["tcp://127.0.0.1:0"];

/** What can be served, and what cannot. */
export async function services(handlers: Handlers<typeof Defined>): Promise<void> {
  await serve({ services: [new Shop(), implement(Defined, handlers)], listen });
  await serve({ services: some<readonly Orders[]>(), listen });
  await serve({ services: some<object[]>(), listen });
  // @ts-expect-error a contract has no work done
  await serve({ services: [Defined], listen });
  // @ts-expect-error a class is not an instance of it
  await serve({ services: [Shop], listen });
  // @ts-expect-error the class of the contract is not, either
  await serve({ services: [new Shop(), Orders], listen });
  // @ts-expect-error an object of nothing
  await serve({ services: [{}], listen });
  // @ts-expect-error text
  await serve({ services: ["shop.Orders"], listen });
  // @ts-expect-error one service without its list
  await serve({ services: new Shop(), listen });
}

/** A server's topics are those of the contract. */
export async function topics(server: RpcServer, order: Order): Promise<void> {
  same<keyof ReturnType<typeof server.topics<typeof Defined>>, "placed">();
  same<ReturnType<typeof server.topics<typeof Orders>>["placed"], Topic<Order>>();
  await server.topics(Orders).placed.publish(order, { key: "eu" });
  await server.topics(Defined).placed.publish(order);
  // @ts-expect-error another message
  await server.topics(Orders).placed.publish(42);
  // @ts-expect-error another message
  await server.topics(Defined).placed.publish(42);
  // @ts-expect-error a method is no topic
  server.topics(Orders).place;
  // @ts-expect-error no such topic
  server.topics(Defined).plced;
}

export function implementations(handlers: Handlers<typeof Defined>): void {
  implement(Defined, (topics) => {
    same<keyof typeof topics, "placed">();
    return {
      ...handlers,
      place: async (order: Order) => {
        await topics.placed.publish(order);
        // @ts-expect-error another message
        await topics.placed.publish(42);
        return order.id;
      },
    };
  });
  // @ts-expect-error a handler is missing
  implement(Defined, (_topics) => ({ place: async (order) => order.id }));
}

export async function mocks(order: Order): Promise<void> {
  await using orders = await mock(Defined, {
    place: async (given, ctx) => {
      same<typeof given, Order>();
      same<typeof ctx.method, string>();
      return given.id;
    },
  });
  same<Awaited<ReturnType<typeof orders.place>>, bigint>();
  await using decorated = await mock(Orders, { place: async ({ id }) => id, find: () => undefined });
  await decorated.place(order);
  // @ts-expect-error another argument
  await decorated.place("order");
  // @ts-expect-error another result
  await mock(Defined, { place: async () => "1" });
  // @ts-expect-error another result
  await mock(Orders, { place: async () => "1" });
  // @ts-expect-error no such method
  await mock(Defined, { plaice: async () => 1n });
  // @ts-expect-error no such method
  await mock(Orders, { plaice: async () => 1n });
  // @ts-expect-error a topic has no handler
  await mock(Orders, { placed: some<Topic<Order>>() });
}

export async function futures(order: Order): Promise<void> {
  await using client = await connect({ endpoints: listen });
  const orders = await client.refer(Orders);
  const promise: Promise<bigint> = orders.place.future(order);
  await promise.catch(() => 0n).finally(() => {});
  const all = Future.all([orders.place.future(order), orders.find.future(1n)]);
  same<typeof all, Future<[bigint, Order | undefined]>>();
  same<ReturnType<typeof all.get>, Promise<[bigint, Order | undefined]>>();
}
