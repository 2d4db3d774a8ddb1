/** A value as a short text for an error message; never more than a few words of it. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case "bigint":
      return `${value}n`.slice(0, 40);
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return `a list of ${value.length}`;
      return Object.getPrototypeOf(value)?.constructor?.name === "Object"
        ? "an object"
        : `a ${value.constructor?.name ?? "object"}`;
    default:
      return String(value);
  }
}
