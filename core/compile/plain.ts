import { RpcError } from "../error.ts";
import { show } from "../show.ts";
import { roomFor } from "./entry.ts";

/**
 * A copy of an untyped value that a self-describing codec can carry: null, booleans, numbers, bigints, strings, bytes,
 * dates, lists and plain objects. As in JSON, an absent value in a list is null and an absent member is left out.
 */
export function plain(value: unknown, maxDepth: number, path = ""): unknown {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "undefined":
      return null;
    case "bigint":
      if (BigInt.asIntN(64, value) !== value) throw refuse(path, "a bigint of at most 64 bits", value);
      return value;
    case "object":
      break;
    default:
      throw refuse(path, "a value that can be carried", value);
  }
  if (value === null) return null;
  if (maxDepth <= 0) {
    throw new RpcError({
      code: "INVALID_ARGUMENT",
      message: `${path}: nested deeper than maxDepth; a cycle cannot be sent`,
    });
  }
  if (Array.isArray(value)) return Array.from(value, (item, i) => plain(item, maxDepth - 1, `${path}[${i}]`));
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refuse(path, "a valid Date", value);
    return new Date(value.getTime());
  }
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Promise ||
    ArrayBuffer.isView(value) ||
    value instanceof ArrayBuffer
  ) {
    throw refuse(path, `a plain object instead of a ${prototype?.constructor.name}`, value);
  }
  const copy: Record<string, unknown> = {};
  let indexes = 0;
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    indexes = roomFor(copy, key, indexes);
    setOwn(copy, key, plain(member, maxDepth - 1, path === "" ? key : `${path}.${key}`));
  }
  return copy;
}

/** Sets an own member whatever its name: a plain assignment to `__proto__` would reach the prototype. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}

function refuse(path: string, expected: string, value: unknown): RpcError {
  const where = path === "" ? "the value" : path;
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${where}: expected ${expected}, got ${typeof value === "symbol" ? "a symbol" : show(value)}`,
  });
}
