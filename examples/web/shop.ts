import { implement } from "../../index.ts";
import { type Order, OutOfStock, Shop } from "./contract.ts";

/** So many of the last orders are shown to whoever comes. */
const SHOWN = 20;

/** A shop that keeps its orders in memory, and tells everybody who watches of each. */
export function shop(stock: Readonly<Record<string, number>>) {
  const left = new Map(Object.entries(stock));
  const orders: Order[] = [];
  const waiting = new Set<() => void>();
  const nextOrder = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  return implement(Shop, {
    place: async (customer, sku, quantity) => {
      const available = left.get(sku) ?? 0;
      if (quantity < 1 || quantity > available) {
        throw new OutOfStock({ sku, left: available }, { message: `${available} of ${sku} are left` });
      }
      left.set(sku, available - quantity);
      const order = { id: BigInt(orders.length + 1), customer, sku, quantity, placedAt: new Date() };
      orders.push(order);
      for (const wake of [...waiting]) wake();
      return order;
    },
    watch: async function* ({ signal }) {
      let next = Math.max(0, orders.length - SHOWN);
      while (!signal.aborted) {
        while (next < orders.length) yield orders[next++] as Order;
        await nextOrder(signal);
      }
    },
  });
}
