import { reference } from "./contender.ts";
import type { Measured } from "./rounds.ts";

/** Encoding, decoding, or both together. */
export type Part = "encode" | "decode" | "both";

/** One of ours, and the library that does the same. */
export interface Rivalry {
  readonly ours: string;
  /** The fastest of these counts, by encoding and decoding together. */
  readonly rivals: readonly string[];
  /** How many times as fast ours should be. */
  readonly target: number;
  /** What must be so fast. */
  readonly parts: readonly Part[];
}

/** The project's goals for its codecs, as ratios within one run. */
export const rivalries: readonly Rivalry[] = [
  {
    ours: "trunkline-json",
    rivals: ["builtin-json", "builtin-json-buffer", "fast-json-stringify"],
    target: 1,
    parts: ["both"],
  },
  { ours: "trunkline-msgpack", rivals: ["msgpackr"], target: 1, parts: ["encode", "decode"] },
  { ours: "trunkline-protobuf", rivals: ["protobufjs"], target: 1, parts: ["encode", "decode"] },
  { ours: "trunkline-protobuf", rivals: ["protobuf-es"], target: 3, parts: ["encode", "decode"] },
  { ours: "trunkline-avro", rivals: ["avsc"], target: 1, parts: ["encode", "decode"] },
  { ours: "trunkline-hessian2", rivals: ["hessian-js"], target: 4, parts: ["encode", "decode"] },
  { ours: "trunkline-hessian2-java", rivals: ["hessian-js"], target: 4, parts: ["decode"] },
];

/** Goals are set on this value; the others are reported beside it. */
const goalPayload = "order";
/** One codec should need less than this share of JSON's time. */
const shareOfJson = 0.4;

export function nanoseconds({ encode, decode }: Measured, part: Part): number | undefined {
  if (part === "decode") return decode.nanoseconds;
  if (part === "encode") return encode?.nanoseconds;
  return encode === undefined ? undefined : encode.nanoseconds + decode.nanoseconds;
}

export interface Comparison {
  readonly payload: string;
  readonly ours: string;
  readonly rival: string;
  readonly target: number;
  /** How many times as fast ours is; undefined where one of them was not measured. */
  readonly times: Readonly<Record<Part, number | undefined>>;
  readonly parts: readonly Part[];
}

export function compare(
  measured: readonly Measured[],
  payload: string,
  { ours, rivals, target, parts }: Rivalry,
): Comparison | undefined {
  const find = (name: string) => measured.find((one) => one.payload === payload && one.contender === name);
  const mine = find(ours);
  const rival = rivals
    .flatMap((name) => find(name) ?? [])
    .sort((a, b) => (nanoseconds(a, "both") ?? 0) - (nanoseconds(b, "both") ?? 0))[0];
  if (mine === undefined || rival === undefined) return undefined;
  const times = (part: Part) => {
    const [own, its] = [nanoseconds(mine, part), nanoseconds(rival, part)];
    return own === undefined || its === undefined ? undefined : its / own;
  };
  return {
    payload,
    ours,
    rival: rival.contender,
    target,
    parts,
    times: { encode: times("encode"), decode: times("decode"), both: times("both") },
  };
}

/** Whether each part that should be fast is. */
export function reaches({ times, parts, target }: Comparison): boolean {
  return parts.every((part) => (times[part] ?? 0) >= target);
}

export interface Goal {
  readonly text: string;
  /** Undefined when a contender it needs was not measured. */
  readonly found: number | undefined;
  readonly met: boolean;
}

const words: Readonly<Record<Part, string>> = { encode: "encode", decode: "decode", both: "encode and decode" };

export function judge(measured: readonly Measured[]): Goal[] {
  const speeds = rivalries.flatMap((rivalry) => {
    const comparison = compare(measured, goalPayload, rivalry);
    const rival = rivalry.rivals.length === 1 ? rivalry.rivals[0] : `the fastest of ${rivalry.rivals.join(", ")}`;
    return rivalry.parts.map((part): Goal => {
      const found = comparison?.times[part];
      return {
        text: `${goalPayload}: ${rivalry.ours}, ${words[part]}, speed of ${rival} ≥ ${rivalry.target} ×`,
        found,
        met: found !== undefined && found >= rivalry.target,
      };
    });
  });
  return [...speeds, fastest(measured)];
}

function fastest(measured: readonly Measured[]): Goal {
  const here = measured.filter(({ payload }) => payload === goalPayload);
  const json = here.find(({ contender }) => contender === reference);
  const best = here
    .filter(({ contender }) => contender.startsWith("trunkline-"))
    .flatMap((one) => nanoseconds(one, "both") ?? [])
    .sort((a, b) => a - b)[0];
  const whole = json === undefined ? undefined : nanoseconds(json, "both");
  const found = best === undefined || whole === undefined ? undefined : best / whole;
  return {
    text: `${goalPayload}: the fastest of ours, encode and decode, time of ${reference} < ${shareOfJson} ×`,
    found,
    met: found !== undefined && found < shareOfJson,
  };
}
