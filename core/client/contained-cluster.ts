import type { BegunAttempt, Cluster, Decision, EndedAttempt, FailedAttempt } from "../cluster.ts";
import { RpcError } from "../error.ts";
import { type ErrorListener, withoutHalf } from "../error-source.ts";
import { show } from "../show.ts";

/** The same cluster, whose own mistakes harm no call: they are told to `onError`, and the attempt's outcome stands. */
export function contained(cluster: Cluster, onError: ErrorListener): Cluster {
  const tell = (thrown: unknown, { call, candidate }: BegunAttempt): void => {
    const { service, method } = call;
    const where = { service, method: withoutHalf(method.name), endpoint: candidate.url, instance: candidate.instance };
    onError(RpcError.from(thrown, "the cluster threw"), where);
  };
  return {
    decide(failure: FailedAttempt): Decision {
      try {
        return checked(cluster.decide(failure));
      } catch (thrown) {
        tell(thrown, failure);
        return { do: "fail" };
      }
    },
    ...(cluster.ended !== undefined && {
      ended(outcome: EndedAttempt): void {
        try {
          cluster.ended?.(outcome);
        } catch (thrown) {
          tell(thrown, outcome);
        }
      },
    }),
    ...(cluster.beside !== undefined && {
      beside(begun: BegunAttempt): number | undefined {
        try {
          return cluster.beside?.(begun);
        } catch (thrown) {
          tell(thrown, begun);
          return undefined;
        }
      },
    }),
  };
}

function checked(decision: Decision): Decision {
  if (known.includes(decision?.do)) return decision;
  throw new TypeError(`cluster.decide: expected { do: "fail", "answer" or "again" }, got ${show(decision)}`);
}

const known: readonly unknown[] = ["fail", "answer", "again"] satisfies Decision["do"][];
