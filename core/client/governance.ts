import type { Balancer, BalancerFactory } from "../balancer.ts";
import type { AttemptInterceptor } from "../call/interceptor.ts";
import type { Cluster, ClusterFactory } from "../cluster.ts";
import type { ErrorListener } from "../error-source.ts";
import { isRecord } from "../is-record.ts";
import type { Platform } from "../platform.ts";
import type { Router, RouterFactory } from "../router.ts";
import { show } from "../show.ts";
import { contained } from "./contained-cluster.ts";
import { failover } from "./failover.ts";

/** What decides about the calls of one reference; its channels have it in common. */
export interface Governance {
  /** Around each attempt, the first outermost. */
  readonly attemptInterceptors: readonly AttemptInterceptor[];
  readonly routers: readonly Router[];
  readonly balance: Balancer;
  /** Never throws. */
  readonly cluster: Cluster;
}

/** What a user gives of it, to a client or a reference. */
export interface GovernanceOptions {
  readonly attemptInterceptors?: readonly AttemptInterceptor[] | undefined;
  readonly routers?: readonly RouterFactory[] | undefined;
  readonly balancer?: BalancerFactory | undefined;
  readonly cluster?: ClusterFactory | undefined;
}

/** Made anew for each reference: of what its client was given, and what it was given itself. Throws a `TypeError`. */
export function governanceOf(
  client: GovernanceOptions & { readonly balancer: BalancerFactory },
  reference: GovernanceOptions,
  { platform, onError }: { readonly platform: Platform; readonly onError: ErrorListener },
): Governance {
  const { attemptInterceptors = [], routers = [], cluster = failover() } = client;
  return {
    attemptInterceptors: [...attemptInterceptors, ...(reference.attemptInterceptors ?? [])],
    routers: [...routers, ...(reference.routers ?? [])].map((make) => checked("routers", make(platform))),
    balance: checked("balancer", (reference.balancer ?? client.balancer)(platform)),
    cluster: contained(checkedCluster((reference.cluster ?? cluster)(platform)), onError),
  };
}

/** The likely mistake is to give the router itself, where the function is asked that makes it. */
function checked<F>(option: string, made: F): F {
  if (typeof made === "function") return made;
  throw new TypeError(
    `${option}: expected a function that returns a function, as in () => (…) => …, got one that returns ${show(made)}`,
  );
}

function checkedCluster(made: Cluster): Cluster {
  if (isRecord(made) && typeof made.decide === "function") return made;
  throw new TypeError(`cluster: expected a function that returns { decide }, got one that returns ${show(made)}`);
}
