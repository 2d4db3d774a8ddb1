import {
  type AttemptInterceptor,
  type Cluster,
  connect,
  type Decision,
  failover,
  type Interceptor,
  type Router,
  type RouterFactory,
} from "trunkline";

/** What stands around a call knows nothing of attempts; what stands around an attempt knows which. */
export const around: Interceptor = (next) => (call) => {
  // @ts-expect-error a call is no attempt
  call.attempt;
  return next(call);
};
export const attempt: AttemptInterceptor = (next) => (call) => {
  const number: number = call.attempt.number;
  // @ts-expect-error an attempt has one
  void next({ ...call, attempt: undefined });
  return next({ ...call, metadata: { attempt: String(number) } });
};
// @ts-expect-error an interceptor of calls could hand on what is no attempt
export const wrong: AttemptInterceptor = around;
/** One that changes nothing of either serves both. */
const timing =
  <C, R>(next: (call: C) => Promise<R>) =>
  async (call: C): Promise<R> =>
    next(call);

export const near: Router = (call, candidates) => (call.kind === "publish" ? candidates : candidates.slice(0, 1));
// @ts-expect-error a router leaves candidates, not copies of what is known of them
export const copies: Router = (_, candidates) => candidates.map(({ url }) => ({ url }));
// @ts-expect-error made by a function, one for each reference
export const unmade: RouterFactory = near;

export const again: Decision = { do: "again", afterMs: 5, at: "same" };
// @ts-expect-error no such place
export const elsewhere: Decision = { do: "again", at: "elsewhere" };
// @ts-expect-error an answer is a value
export const empty: Decision = { do: "answer" };
// @ts-expect-error a cluster decides
export const none: Cluster = { ended: () => {} };

export const client = connect({
  endpoints: [],
  routers: [() => near],
  cluster: failover({ maxSent: 2 }),
  interceptors: [around, timing],
  attemptInterceptors: [attempt, timing],
});
