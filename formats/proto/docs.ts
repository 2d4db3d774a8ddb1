import type protobufjs from "protobufjs";
import { camelCase, nameOf } from "./descriptor.ts";

/** The comments of what was parsed, by the name of what each stands at. */
export function protoDocs(root: protobufjs.Root): Map<string, string> {
  const docs = new Map<string, string>();
  const add = (name: string, { comment }: protobufjs.ReflectionObject): void => {
    if (comment !== null) docs.set(name, comment);
  };
  const visit = (one: protobufjs.ReflectionObject): void => {
    const name = nameOf(one);
    add(name, one);
    const { fieldsArray, methodsArray, nestedArray } = one as Partial<protobufjs.Type & protobufjs.Service>;
    for (const field of fieldsArray ?? []) add(`${name}.${camelCase(field.name)}`, field);
    for (const method of methodsArray ?? []) add(`${name}.${method.name}`, method);
    for (const inner of nestedArray ?? []) visit(inner);
  };
  visit(root);
  return docs;
}
