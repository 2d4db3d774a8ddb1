import type { CallContext } from "./context.ts";

/** Where an error arose that no call could carry. What is not known is left out; credentials and metadata never stand here. */
export interface ErrorSource {
  readonly service?: string;
  /** The method, or the topic. */
  readonly method?: string;
  /** The parameter, where it is the error of a callback that came as an argument. */
  readonly callback?: string;
  /** Told by a server: whose call or connection it is, as in `tcp://10.0.0.7:51002`. */
  readonly peer?: string;
  /** The server process concerned. */
  readonly instance?: string;
  /** Told by a client: the URL of that server. Told by a server: the one that it listens on. */
  readonly endpoint?: string;
  /** Errors of this connection that were not told before this one, because they came too fast. */
  readonly suppressed?: number;
}

type CallOrigin = Pick<CallContext, "service" | "method" | "instance" | "peer">;
type CallSource = Required<Pick<ErrorSource, "service" | "method" | "instance" | "peer">>;

/** Told of errors that no call can carry. What it throws itself is printed. */
export type ErrorListener = (error: unknown, where: ErrorSource) => void;

/** Where a call is served. */
export function sourceOf({ service, method, instance, peer }: CallOrigin): CallSource {
  return { service, method: withoutHalf(method), peer: peer.address, instance };
}

/** A topic's two operations, `placed.publish` and `placed.subscribe`, are `placed` to its users. */
export function withoutHalf(operation: string): string {
  const half = operation.indexOf(".");
  return half < 0 ? operation : operation.slice(0, half);
}

/** In words: `shop.Orders.place, called from tcp://10.0.0.7:51002`. */
export function describeSource(where: ErrorSource): string {
  const { service, method, callback, peer, endpoint, instance, suppressed } = where;
  const operation = [service, method].filter((part) => part !== undefined).join(".");
  const parts = [
    operation,
    callback === undefined ? "" : `its callback ${callback}`,
    peer === undefined ? "" : `${operation === "" ? "a connection" : "called"} from ${peer}`,
    endpoint === undefined ? "" : `at ${endpoint}`,
    peer === undefined && endpoint === undefined && instance !== undefined ? `at instance ${instance}` : "",
    suppressed === undefined ? "" : `${suppressed} more were not told`,
  ];
  return oneLine(parts.filter((part) => part !== "").join(", "));
}

/** A peer chooses some of these names: none may begin a line of its own in a log, or colour it. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?");
}
