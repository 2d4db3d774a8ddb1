import { RpcError } from "../error.ts";
import { checkReadable } from "./compat.ts";
import type { StructType, Type } from "./type.ts";
import { type SeenTypes, SoundTypes, walkType } from "./walk.ts";

/** Throws where a type is none of a codec's, or where `writer` cannot be read as `reader`. */
export type SchemaCheck = (writer: StructType, reader: StructType, foreign: boolean) => void;

/**
 * What a codec that writes no types asks of the types of a message, whose forms `checkForms` knows. Each type is looked at
 * once, and a `foreign` writer by whoever agreed on the contract.
 */
export function schemaCheck(
  codec: string,
  checkForms: (type: Type, path: string, seen?: SeenTypes) => void,
): SchemaCheck {
  const typed = new SoundTypes();
  const formed = new SoundTypes();
  return (writer, reader, foreign) => {
    typed.check((seen) => checkTyped(codec, reader, reader.name, seen));
    if (!foreign) checkReadable(writer, reader, reader.name);
    for (const type of [reader, writer]) formed.check((seen) => checkForms(type, type.name, seen));
    if (!foreign) typed.check((seen) => checkTyped(codec, writer, writer.name, seen));
  };
}

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
