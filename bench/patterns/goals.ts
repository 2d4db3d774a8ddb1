import type { PatternName } from "./pattern.ts";
import type { Series } from "./rounds.ts";

export interface Goal {
  readonly text: string;
  /** As printed; undefined when a contender it needs was not measured. */
  readonly found: string | undefined;
  readonly met: boolean;
}

const raw = "raw-tcp-json";
const ours = "trunkline-tcp-msgpack";

/** Of the goals of fan-out. */
const goalSubscribers = 1000;

/** The goals of the project's issue 14, of the default codec; all but two as ratios within one run. */
export function judge(all: readonly Series[], subscribers: number): Goal[] {
  const series =
    subscribers === goalSubscribers ? all : all.filter(({ pattern }) => !/^(fan-out|keyed)-/.test(pattern));
  const rate = (name: string, pattern: PatternName) =>
    series.find((one) => one.name === name && one.pattern === pattern)?.perSecond;
  const count = (value: number) => Math.round(value).toLocaleString("en");

  const atLeast = (text: string, target: number, value: number | undefined): Goal => {
    const show = (shown: number) => (target >= 1000 ? count(shown) : `${shown.toFixed(2)} ×`);
    return {
      text: `${text} ≥ ${target >= 1000 ? count(target) : `${target} ×`}`,
      found: value === undefined ? undefined : show(value),
      met: value !== undefined && value >= target,
    };
  };
  const over = (pattern: PatternName, base: string, basePattern = pattern) => {
    const [mine, other] = [rate(ours, pattern), rate(base, basePattern)];
    return mine === undefined || other === undefined ? undefined : mine / other;
  };

  return [
    atLeast("oneway, of raw", 1.5, over("oneway", raw)),
    atLeast("oneway, of request and reply", 1, over("oneway", ours, "unary")),
    atLeast("server stream of a generator, of raw", 2, over("server-stream", raw)),
    atLeast("client stream of a generator, of raw", 2, over("client-stream", raw)),
    atLeast("bidirectional stream, of raw", 2, over("bidirectional", raw)),
    atLeast("1,000 subscriptions of one client: deliveries/s", 10_000_000, rate(ours, "fan-out-one-client")),
    atLeast("1,000 clients: deliveries/s", 1_500_000, rate(ours, "fan-out-clients")),
    atLeast("10 of 1,000 subscriptions of one client, of NATS", 1, over("keyed-one-client", "nats")),
    atLeast("10 of 1,000 clients, of NATS", 1, over("keyed-clients", "nats")),
  ];
}
