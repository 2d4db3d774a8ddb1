/**
 * How a value that was read differs from what it should be: not at all (`undefined`), `blank` where all that differs is
 * absent, zero or empty, else `garbled`.
 */
export function differs(expected: unknown, actual: unknown): "blank" | "garbled" | undefined {
  if (Object.is(expected, actual) || (expected === 0 && actual === 0)) return undefined;
  if (isBlank(actual))
    return isObject(actual) && tag(expected) === tag(actual) && isBlank(expected) ? undefined : "blank";
  if (!isObject(expected) || !isObject(actual) || tag(expected) !== tag(actual)) return "garbled";
  if (expected instanceof Date) return expected.getTime() === (actual as Date).getTime() ? undefined : "garbled";
  if (expected instanceof Uint8Array) return expected.join() === (actual as Uint8Array).join() ? undefined : "garbled";
  if (Array.isArray(expected) && expected.length !== (actual as unknown[]).length) return "garbled";
  let worst: "blank" | undefined;
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const difference = differs(own(expected, key), own(actual, key));
    if (difference === "garbled") return difference;
    worst ??= difference;
  }
  return worst;
}

/** Zero, absent or empty. */
export function isBlank(value: unknown): boolean {
  if (value instanceof Date) return value.getTime() === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return !value || value === "0";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function tag(value: unknown): string {
  return Object.prototype.toString.call(value);
}

function own(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
}
