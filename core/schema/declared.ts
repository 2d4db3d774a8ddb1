import { capitalised } from "../capitalised.ts";
import { isType } from "../type/fields.ts";
import type { Schema } from "../type/schema.ts";
import type { DefaultType, OptionalType, Param, ParamType, Type } from "../type/type.ts";
import { type DeclaredParam, toParams } from "./param.ts";
import { isForeign, toParam, toType, toWhole } from "./translate.ts";

type Declared = Type | OptionalType | Schema;
type Translate<T> = (schema: unknown, name: string) => T;

/**
 * The parameters of a method, schemas translated. What a schema leaves without a name is called as if it stood in the
 * message: the message itself, or the message and the parameter. So the name depends on the contract alone, not on what
 * else a process has declared.
 * @param path the method's: `shop.Orders.place`
 * @param base what the names of its messages begin with: `shop.Orders.Place`
 */
export function declaredParams(path: string, base: string, declared: readonly DeclaredParam[]): readonly Param[] {
  const alone = declared.length === 1;
  return Object.freeze(
    toParams(declared).map(({ name, type }) => {
      const translated = special(path, base, name, type) ?? whole(`${base}Request`, name, type, alone);
      return Object.freeze({ name, type: translated });
    }),
  );
}

/** A result: `message` is what it travels as. */
export function declaredResult(message: string, declared: Declared): Type | OptionalType {
  return asMessage(message, "result", declared, toWhole);
}
/** What a stream yields or takes, or a topic's value. */
export function declaredItem(message: string, declared: Declared): Type {
  return asMessage(message, "result", declared, toType);
}

/** What the names of a callback's messages begin with. */
export function callbackBase(path: string, param: string): string {
  return `${path}.${capitalised(param)}`;
}

/** What stands in a parameter and is no type. */
function special(path: string, base: string, name: string, type: ParamType | Schema): ParamType | undefined {
  if (isForeign(type) || !("kind" in type)) return undefined;
  if (type.kind === "stream") return Object.freeze({ kind: "stream", item: declaredItem(`${base}Item`, type.item) });
  if (type.kind !== "callback") return isType(type) ? undefined : type;
  const inner = callbackBase(path, name);
  return Object.freeze({
    kind: "callback",
    params: declaredParams(`${path}.${name}`, inner, type.params),
    returns: type.returns && declaredResult(`${inner}Response`, type.returns),
  });
}

function whole(message: string, name: string, type: ParamType | Schema, alone: boolean): Param["type"] {
  if (!alone) return toParam(type, message + capitalised(name));
  return asMessage(message, name, type as Declared, toParam);
}

/** A struct is the message, anything else stands in a field of it. */
function asMessage<T extends Type | OptionalType | DefaultType>(
  message: string,
  field: string,
  declared: Declared,
  translate: Translate<T>,
): T {
  const type = translate(declared, message);
  const isMessage = type.kind === "struct" || (type as unknown) === declared;
  return isMessage ? type : translate(declared, message + capitalised(field));
}
