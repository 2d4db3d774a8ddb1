import type { HttpHeaders } from "./message.ts";

/**
 * Headers whose names have each of their values, for Node joins them, which is no way back. `raw` are names and values in turn, as
 * they came.
 */
export function separated(headers: HttpHeaders, raw: readonly string[]): HttpHeaders {
  if (2 * Object.keys(headers).length >= raw.length) return headers;
  const all: Record<string, string | string[]> = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const value = raw[i + 1] as string;
    const before = Object.hasOwn(all, name) ? all[name] : undefined;
    if (before === undefined) all[name] = value;
    else if (typeof before === "string") all[name] = [before, value];
    else before.push(value);
  }
  return all;
}
