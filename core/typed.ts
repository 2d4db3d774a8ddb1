import { RpcError } from "./error.ts";
import type { Type } from "./type.ts";

/** Refuses, for a codec that writes no types, a type with an untyped value somewhere in it, and names the field. */
export function checkTyped(codec: string, type: Type, path: string, seen = new Set<Type>()): void {
  switch (type.kind) {
    case "any":
      throw untyped(codec, path);
    case "list":
      return checkTyped(codec, type.item, `${path}[]`, seen);
    case "map":
      return checkTyped(codec, type.value, `${path}[]`, seen);
    case "struct":
    case "union":
      if (seen.has(type)) return;
      seen.add(type);
      for (const field of type.fields) checkTyped(codec, field.type, `${path}.${field.name}`, seen);
      return;
    default:
  }
}

export function untyped(codec: string, path: string): RpcError {
  return new RpcError({
    code: "FAILED_PRECONDITION",
    message: `${path}: ${codec} cannot carry t.any; give it a type, or use a self-describing codec such as json, msgpack or hessian2`,
  });
}
