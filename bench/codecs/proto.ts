import { protoText } from "../../codecs/protobuf/index.ts";
import { rpc } from "../../core/contract/definition.ts";
import { contractOf, defineService } from "../../core/contract/service.ts";
import { arg } from "../../core/schema/param.ts";
import type { StructType, UnionType } from "../../core/type/type.ts";

/** The .proto file of a contract that takes the type, and the full name of its message there. */
export function protoOf(type: StructType): { readonly text: string; readonly message: string } {
  const dot = type.name.lastIndexOf(".");
  const scope = type.name.slice(0, dot + 1);
  const echo = rpc({ params: [arg("value", type as never)], returns: type as never });
  const text = protoText(contractOf(defineService(`${scope}BenchEcho`, { version: "1.0.0" }, { echo })));
  const message = /rpc echo\((\w+)\)/.exec(text)?.[1];
  if (message === undefined) throw new Error(`no method in:\n${text}`);
  return { text, message: `${scope}${message}` };
}

/** The oneof around a union's cases. */
export function oneofOf(type: UnionType): string {
  return type.fields.some(({ name }) => name === "value") ? "value_case" : "value";
}
