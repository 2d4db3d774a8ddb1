import type { Balancer, Candidate } from "../balancer.ts";
import type { MethodDescriptor } from "../contract/contract.ts";
import { messageOf, RpcError } from "../error.ts";
import type { RoutedCall, RoutedKind, Router } from "../router.ts";
import { show } from "../show.ts";
import { Provider } from "./provider.ts";
import type { Providers } from "./providers.ts";
import type { Shortlist } from "./shortlist.ts";

/** What a call says of itself, whatever kind of object it is. */
export type Routable = Pick<RoutedCall, "method" | "args" | "metadata"> & Partial<Pick<RoutedCall, "key">>;

export interface RouteOptions {
  readonly service: string;
  readonly providers: Providers;
  readonly routers: readonly Router[];
  readonly balance: Balancer;
}

/** Who gets a call: of those that are ready the routers leave some, and of these the balancer picks one. */
export class Route {
  readonly #options: RouteOptions;
  readonly #providers: Providers;
  readonly #balance: Balancer;
  readonly #routed: boolean;

  constructor(options: RouteOptions) {
    this.#options = options;
    this.#providers = options.providers;
    this.#balance = options.balance;
    this.#routed = options.routers.length > 0;
  }

  /** `undefined` where nobody is ready, or nobody is left. */
  pick(call: Routable): Provider | undefined {
    const { preferred } = this.#listFor(call);
    return this.#balanced(preferred, call.key);
  }

  /** The same one again, as long as calls like this one may go there. */
  stay(call: Routable, at: Provider | undefined): Provider | undefined {
    if (at === undefined) return this.pick(call);
    const { preferred } = this.#listFor(call);
    return preferred.includes(at) ? at : this.#balanced(preferred, call.key);
  }

  /** One of those that have not been tried; where there is none, another than the last of them; else the only one. */
  pickOther(call: Routable, tried: readonly Candidate[]): Provider | undefined {
    const { preferred } = this.#listFor(call);
    const untried = this.#without(preferred, tried);
    const others = untried.length > 0 ? untried : this.#without(preferred, tried.slice(-1));
    return this.#balanced(others.length > 0 ? others : preferred, call.key);
  }

  /** True where somebody is ready, and the routers leave nobody. */
  refuses(call: Routable): boolean {
    try {
      return this.#providers.ready.length > 0 && this.#listFor(call).all.length === 0;
    } catch {
      // The next attempt says what is wrong with the router.
      return false;
    }
  }

  /** One of those that have not been tried; `undefined` where there is none. */
  untried(call: Routable, tried: readonly Candidate[]): Provider | undefined {
    return this.#balanced(this.#without(this.#listFor(call).preferred, tried), call.key);
  }

  #without(list: readonly Provider[], tried: readonly Candidate[]): readonly Provider[] {
    const others = list.filter(({ url }) => !tried.some((one) => one.url === url));
    return this.#providers.lists.of(others).all;
  }

  /** All who may take it, each instance once, whichever of its endpoints is ready. */
  instances(call: RoutedCall): readonly Provider[] {
    const byInstance = new Map<string, Provider>();
    for (const provider of this.#left(call).all) {
      if (!byInstance.has(provider.instance)) byInstance.set(provider.instance, provider);
    }
    return [...byInstance.values()];
  }

  #listFor(call: Routable): Shortlist {
    return this.#routed ? this.#left(this.routed(call)) : this.#providers.lists.everybody;
  }

  #left(call: RoutedCall): Shortlist {
    const { lists } = this.#providers;
    let list = lists.everybody;
    for (const router of this.#options.routers) {
      if (list.all.length === 0) break;
      list = lists.of(asked(router, call, list.all));
    }
    return list;
  }

  #balanced(list: readonly Provider[], key: string | undefined): Provider | undefined {
    if (list.length < 2) return list[0];
    const picked: unknown = this.#balance(list, key);
    if (picked instanceof Provider) return picked;
    throw new RpcError({
      code: "INTERNAL",
      message: `the balancer returned ${show(picked)}; return one of its candidates`,
    });
  }

  /** The call as routers and clusters see it. */
  routed(call: Routable, kind: RoutedKind = kindOf(call.method)): RoutedCall {
    const { method, key, metadata, args } = call;
    return { service: this.#options.service, method, kind, key, metadata, args };
  }
}

/** What a router refuses by an `RpcError` of its own, it refuses. */
function asked(router: Router, call: RoutedCall, candidates: readonly Provider[]): readonly Provider[] {
  try {
    return router(call, candidates);
  } catch (thrown) {
    throw RpcError.from(thrown, `a router threw: ${messageOf(thrown)}`);
  }
}

function kindOf(method: MethodDescriptor): RoutedKind {
  if (method.topic === undefined) return method.kind;
  return method.kind === "stream" ? "subscribe" : "publish";
}
