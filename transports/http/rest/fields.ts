import { toJson } from "../../../core/contract/value-json.ts";
import { RpcError } from "../../../core/error.ts";
import { parseScalar } from "../../../core/type/scalar-text.ts";
import type { EnumType, Field, ScalarType, StructType, Type } from "../../../core/type/type.ts";
import { type JsonTree, setIn } from "./json-text.ts";

/** How deep a name in a query may lead: each level costs more than the two letters that it takes. */
const MAX_NAMES = 32;

/** Where a request is put together from text. */
export interface Filling {
  readonly request: StructType;
  readonly tree: JsonTree;
}

/** Puts a variable of the path into the request. */
export function fillVariable({ request, tree }: Filling, names: readonly string[], text: string): void {
  const { type } = fieldAt(request, names, "path");
  setIn(tree, names, scalarJson(type, text, names.join(".")));
}

/** Puts what a query says into the request. `taken` are names of what is in the path or the body. */
export function fillQuery({ request, tree }: Filling, query: string, taken: ReadonlySet<string>): void {
  const params = new URLSearchParams(query);
  for (const name of new Set(params.keys())) {
    const given = name.split(".");
    if (given.length > MAX_NAMES)
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `the parameter ${shown(name)} has more than ${MAX_NAMES} names`,
      });
    const { type, names } = fieldAt(request, given, "query");
    const path = names.join(".");
    if (names.some((_, i) => taken.has(names.slice(0, i + 1).join("."))))
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `the parameter ${shown(name)} is in the path or in the body already`,
      });
    const texts = params.getAll(name);
    const [text = "", more] = texts;
    if (type.kind === "list") {
      const items = texts.map((one, i) => scalarJson(type.item, one, `${path}[${i}]`));
      setIn(tree, names, `[${items.join(",")}]`);
    } else if (more === undefined) setIn(tree, names, scalarJson(type, text, path));
    else
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `the parameter ${shown(name)} stands twice, and is no list`,
      });
  }
}

function scalarJson(type: Type, text: string, path: string): string {
  if (type.kind === "struct" || type.kind === "union" || type.kind === "list" || type.kind === "map")
    throw new RpcError({
      code: "INVALID_ARGUMENT",
      message: `${path} is a ${type.kind}, which cannot be told in a URL; send it in the body, by POST`,
    });
  const value = parseScalar(type as ScalarType | EnumType, text, path);
  return JSON.stringify(toJson(type, value));
}

interface Found {
  readonly type: Type;
  /** As they are declared. */
  readonly names: readonly string[];
}

function fieldAt(request: StructType, given: readonly string[], where: string): Found {
  let type: Type = request;
  const names: string[] = [];
  for (const name of given) {
    const field: Field | undefined =
      type.kind === "struct" || type.kind === "union" ? fieldOf(type.fields, name) : undefined;
    if (field === undefined) {
      const known =
        type.kind === "struct" || type.kind === "union" ? type.fields.map((one) => one.name).join(", ") : "";
      const path = given.join(".");
      const message = `${shown(path)} in the ${where} is no field; known are ${known === "" ? "none" : known}`;
      throw new RpcError({ code: "INVALID_ARGUMENT", message });
    }
    names.push(field.name);
    type = field.type;
  }
  return { type, names };
}

/** By its name, or by the one that Protobuf has for it: `page_size` is `pageSize`. */
function fieldOf(fields: readonly Field[], name: string): Field | undefined {
  const camel = name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return fields.find((one) => one.name === name) ?? fields.find((one) => one.name === camel);
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
