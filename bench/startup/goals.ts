import type { Series } from "./rounds.ts";

export interface Goal {
  readonly text: string;
  /** As printed; undefined when a contender it needs was not measured. */
  readonly found: string | undefined;
  readonly met: boolean;
}

/** The project's issue 14 asks to keep it lean, beside grpc-js. */
export function judge(series: readonly Series[]): Goal[] {
  const find = (name: string) => series.find((one) => one.name === name);
  const [ours, grpc] = [find("trunkline"), find("grpc-js")];
  const atMost = (text: string, pick: (one: Series) => number): Goal => {
    const value = ours === undefined || grpc === undefined ? undefined : pick(ours) / pick(grpc);
    return {
      text: `${text}, of grpc-js ≤ 1 ×`,
      found: value === undefined ? undefined : `${value.toFixed(2)} ×`,
      met: value !== undefined && value <= 1,
    };
  };
  return [
    atMost("import", ({ loadMs }) => loadMs),
    atMost("until the first answer", ({ totalMs }) => totalMs),
    atMost("CPU", ({ cpuMs }) => cpuMs),
    atMost("RSS", ({ rssBytes }) => rssBytes),
  ];
}
