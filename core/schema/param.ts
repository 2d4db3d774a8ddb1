import { checkName } from "../name.ts";
import type { Schema } from "../type/schema.ts";
import type { Param, ParamType } from "../type/type.ts";

/** A parameter as it is declared: named by `arg` or not, by a type or by a schema of another library. */
export type DeclaredParam = Param<string, ParamType | Schema> | ParamType | Schema;

/** Names a parameter; without it a parameter is called `arg1`, `arg2`, … by its position. */
export function arg<const N extends string, const T extends ParamType | Schema>(name: N, type: T): Param<N, T> {
  checkName("arg", name);
  return Object.freeze({ name, type });
}

/** Parameters as declared, bare types given their default names. */
export function toParams(declared: readonly DeclaredParam[]): readonly Param<string, ParamType | Schema>[] {
  const params = declared.map((param, index) =>
    isParam(param) ? param : Object.freeze({ name: `arg${index + 1}`, type: param }),
  );
  const seen = new Set<string>();
  for (const { name } of params) {
    if (seen.has(name)) throw new TypeError(`parameter ${name} stands twice`);
    seen.add(name);
  }
  return Object.freeze(params);
}

/** An Avro record has a name and a type too, but its type is a word. */
function isParam(declared: DeclaredParam): declared is Param<string, ParamType | Schema> {
  if (declared === null || typeof declared !== "object" || !("name" in declared) || !("type" in declared)) return false;
  return typeof declared.type !== "string";
}
