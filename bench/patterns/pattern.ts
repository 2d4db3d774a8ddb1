/** What is asked of each contender. Those that fan out differ by who subscribes, and to what. */
export type PatternName =
  | "unary"
  | "oneway"
  | "server-stream"
  | "client-stream"
  | "bidirectional"
  | "fan-out-one-client"
  | "fan-out-clients"
  | "keyed-one-client"
  | "keyed-clients";

/** Who subscribes. */
export interface FanOut {
  /** Whether each subscriber has a connection of its own; else all share one. */
  readonly ownConnections: boolean;
  /** Subscribers of each key; every one has the same key when absent. */
  readonly matching?: number;
  /** Messages that are published one after another before the publisher looks whether it may go on. */
  readonly batch: number;
  /** Messages that the subscribers may be behind: far fewer than anyone buffers, so that nothing is dropped. */
  readonly ahead: number;
}

export interface Pattern {
  readonly name: PatternName;
  /** `N` stands for the number of subscribers. */
  readonly title: string;
  /** What is counted. */
  readonly unit: "calls" | "items" | "deliveries";
  readonly fanOut?: FanOut;
}

/** Of a hundred keys, each subscriber has one. */
const keyed = { matching: 10, batch: 64, ahead: 512 };
const toAll = { batch: 16, ahead: 64 };

export const patterns: readonly Pattern[] = [
  { name: "unary", title: "Request and reply, 128 under way", unit: "calls" },
  { name: "oneway", title: "Oneway", unit: "calls" },
  { name: "server-stream", title: "Server stream", unit: "items" },
  { name: "client-stream", title: "Client stream", unit: "items" },
  { name: "bidirectional", title: "Bidirectional stream, window 64", unit: "items" },
  {
    name: "fan-out-one-client",
    title: "To each of N subscriptions of one client",
    unit: "deliveries",
    fanOut: { ...toAll, ownConnections: false },
  },
  {
    name: "fan-out-clients",
    title: "To each of N clients",
    unit: "deliveries",
    fanOut: { ...toAll, ownConnections: true },
  },
  {
    name: "keyed-one-client",
    title: "To 10 of N subscriptions of one client, by key",
    unit: "deliveries",
    fanOut: { ...keyed, ownConnections: false },
  },
  {
    name: "keyed-clients",
    title: "To 10 of N clients, by key",
    unit: "deliveries",
    fanOut: { ...keyed, ownConnections: true },
  },
];

export function titleOf({ title }: Pattern, subscribers: number): string {
  return title.replace(/\bN\b/, subscribers.toLocaleString("en"));
}

/** The keys of the subscribers, in turn. */
export function keysOf({ matching }: FanOut, subscribers: number): readonly string[] {
  if (matching === undefined) return ["all"];
  return Array.from({ length: Math.max(1, Math.floor(subscribers / matching)) }, (_, index) => `eu.k${index}`);
}
