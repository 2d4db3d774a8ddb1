import type { Series } from "./rounds.ts";

export interface Goal {
  readonly text: string;
  /** As printed; undefined when a contender it needs was not measured. */
  readonly found: string | undefined;
  readonly met: boolean;
}

const json = "trunkline-tcp-json";
const msgpack = "trunkline-tcp-msgpack";
const raw = "raw-tcp-json";
const httpJson = "trunkline-http-json";

/** The goals of the project's issues 8 and 15, all but two as ratios within one run. */
export function judge(series: readonly Series[]): Goal[] {
  const find = (name: string, concurrency: number) =>
    series.find((one) => one.name === name && one.concurrency === concurrency);

  const rate = (name: string, concurrency: number) => find(name, concurrency)?.callsPerSecond;
  const over = (value: number | undefined, base: number | undefined) =>
    value === undefined || base === undefined ? undefined : value / base;

  const times = (value: number) => `${value.toFixed(2)} ×`;
  const count = (value: number) => Math.round(value).toLocaleString("en");
  const atLeast = (text: string, target: number, value: number | undefined, show = times): Goal => ({
    text: `${text} ≥ ${target >= 1000 ? count(target) : `${target} ×`}`,
    found: value === undefined ? undefined : show(value),
    met: value !== undefined && value >= target,
  });
  const atMost = (text: string, target: number, value: number | undefined): Goal => ({
    text: `${text} ≤ ${target} ×`,
    found: value === undefined ? undefined : times(value),
    met: value !== undefined && value <= target,
  });

  return [
    atLeast("128: tcp+json, of raw", 0.9, over(rate(json, 128), rate(raw, 128))),
    atLeast("128: tcp+msgpack, of raw", 1.15, over(rate(msgpack, 128), rate(raw, 128))),
    ...[json, msgpack].flatMap((name) => [
      atLeast(`128: ${name}, of grpc-js`, 25, over(rate(name, 128), rate("grpc-js", 128))),
      atLeast(`128: ${name}, of moleculer`, 3, over(rate(name, 128), rate("moleculer", 128))),
      atMost(`128: ${name}, p99 of raw's`, 2, over(find(name, 128)?.p99Ms, find(raw, 128)?.p99Ms)),
      atMost(`1: ${name}, p50 of raw's`, 1.15, over(find(name, 1)?.p50Ms, find(raw, 1)?.p50Ms)),
    ]),
    atLeast("128: opaque 150 bytes, of raw", 2.2, over(rate("trunkline-tcp-bytes", 128), rate(raw, 128))),
    atLeast("memory, 128 under way: calls/s", 2_000_000, rate("trunkline-memory", 128), count),
    atLeast("memory, awaited one by one: calls/s", 1_000_000, rate("trunkline-memory", 1), count),
    atLeast("128: ws+json, of bare ws+JSON", 1, over(rate("trunkline-ws-json", 128), rate("bare-ws-json", 128))),
    atLeast("128: ws+json, of capnweb", 2.5, over(rate("trunkline-ws-json", 128), rate("capnweb", 128))),
    atLeast("128: http+json, of fastify + undici", 1, over(rate(httpJson, 128), rate("fastify-undici", 128))),
    atLeast("128: http+json, of Connect", 6, over(rate(httpJson, 128), rate("connect-node", 128))),
    ...[1, 16, 128].flatMap((concurrency) => [
      atLeast(
        `${concurrency}: grpc, of bare grpc-js`,
        1,
        over(rate("trunkline-grpc", concurrency), rate("grpc-js", concurrency)),
      ),
      atLeast(
        `${concurrency}: gRPC over http, of bare grpc-js`,
        1.7,
        over(rate("trunkline-http-grpc", concurrency), rate("grpc-js", concurrency)),
      ),
    ]),
  ];
}
