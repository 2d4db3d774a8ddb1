import type { Order } from "../../rpc/order.ts";
import type { Check } from "../contender.ts";

/** On the server: which connections have a subscriber of a key. */
export class Listeners<C> {
  readonly #byKey = new Map<string, Set<C>>();

  add(key: string, connection: C): void {
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, new Set([connection]));
    else known.add(connection);
  }

  of(key: string): Iterable<C> {
    return this.#byKey.get(key) ?? [];
  }
}

/** On the client: who gets what came once over the connection. */
export class Handlers {
  readonly #byKey = new Map<string, Check[]>();

  /** True for the first one of that key: the server must be told. */
  add(key: string, deliver: Check): boolean {
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, [deliver]);
    else known.push(deliver);
    return known === undefined;
  }

  handOut(key: string, order: Order): void {
    for (const deliver of this.#byKey.get(key) ?? []) deliver(order);
  }
}
