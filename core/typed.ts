import { RpcError } from "./error.ts";
import type { Type } from "./type.ts";
import { type SeenTypes, walkType } from "./walk.ts";

/** Refuses, for a codec that writes no types, a type with an untyped value somewhere in it, and names the field. */
export function checkTyped(codec: string, type: Type, path: string, seen?: SeenTypes): void {
  const visitor = {
    type({ kind }: Type, at: string) {
      if (kind === "any") throw untyped(codec, at);
    },
  };
  walkType(type, path, visitor, seen);
}

export function untyped(codec: string, path: string): RpcError {
  return new RpcError({
    code: "FAILED_PRECONDITION",
    message: `${path}: ${codec} cannot carry t.any; give it a type, or use a self-describing codec such as json, msgpack or hessian2`,
  });
}
