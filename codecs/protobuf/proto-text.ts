import type { ContractDescriptor } from "../../core/contract/contract.ts";
import type { PlainRule } from "../../core/contract/http-rule.ts";
import type { StructType, UnionType } from "../../core/type/type.ts";
import { contractSchema } from "./contract-schema.ts";
import {
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
  type ProtoMethod,
  type ProtoService,
  SchemaBuilder,
} from "./schema.ts";
import { filesOf } from "./well-known.ts";

/** The .proto file (proto3) of a contract: with it any Protobuf implementation reads and writes its messages. */
export function protoText(contract: ContractDescriptor): string {
  return printProto(contractSchema(contract));
}

/** The .proto file of one type and all that it contains. */
export function typeProtoText(type: StructType | UnionType): string {
  // Its package alone: there is no service that would keep a name for itself.
  const builder = new SchemaBuilder(type.name.slice(0, type.name.lastIndexOf(".") + 1));
  builder.add(type);
  return printProto(builder.file());
}

export function printProto(file: ProtoFile): string {
  const head = ['syntax = "proto3";'];
  if (file.package !== "") head.push(`package ${file.package};`);
  const methods = file.service?.methods ?? [];
  const files = filesOf([
    ...methods.flatMap(({ request, response }) => [request, response]),
    ...file.messages.flatMap((message) => message.fields.map(({ type }) => type)),
  ]);
  if (methods.some(({ http }) => http !== undefined)) files.unshift("google/api/annotations.proto");
  if (files.length > 0) head.push(files.map((name) => `import "${name}";`).join("\n"));
  const parts = [head.join("\n\n")];
  if (file.service !== undefined) parts.push(printService(file.service));
  parts.push(...file.messages.map(printMessage));
  for (const { name, values, comment } of file.enums) {
    const lines = values.map((value) => `  ${value.name} = ${value.number};`);
    parts.push(printComment(comment, "") + block(`enum ${name}`, lines));
  }
  return `${parts.join("\n\n")}\n`;
}

function printService({ name, methods, comment }: ProtoService): string {
  const lines = methods.map((method) => {
    const request = `${method.clientStream ? "stream " : ""}${method.request}`;
    const response = `${method.serverStream ? "stream " : ""}${method.response}`;
    const options = printOptions(method);
    const end = options.length === 0 ? ";" : ` ${block("", options, "  ").trimStart()}`;
    return `${printComment(method.comment, "  ")}  rpc ${method.name}(${request}) returns (${response})${end}`;
  });
  return `${printComment(comment, "")}${block(`service ${name}`, lines)}`;
}

function printOptions({ idempotent, noSideEffects, http }: ProtoMethod): string[] {
  const level = noSideEffects ? "NO_SIDE_EFFECTS" : idempotent ? "IDEMPOTENT" : undefined;
  const lines = level === undefined ? [] : [`    option idempotency_level = ${level};`];
  if (http !== undefined) lines.push(`    ${block("option (google.api.http) =", printRule(http, "      "), "    ")};`);
  return lines;
}

/** In the text format of Protobuf. */
function printRule(rule: PlainRule, indent: string): string[] {
  const { responseBody, additionalBindings = [], custom, ...plain } = rule;
  const lines = Object.entries(plain).map(([word, said]) => `${indent}${word}: ${JSON.stringify(said)}`);
  if (custom)
    lines.push(`${indent}custom: { kind: ${JSON.stringify(custom.kind)} path: ${JSON.stringify(custom.path)} }`);
  if (responseBody !== undefined) lines.push(`${indent}response_body: ${JSON.stringify(responseBody)}`);
  const others = additionalBindings.map((one) => printRule(one, `${indent}  `));
  return [...lines, ...others.map((inner) => `${indent}${block("additional_bindings", inner, indent)}`)];
}

/** Every character at which some reader ends a line, so that no line of a text begins outside of the comment. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/;

function printComment(comment: string | undefined, indent: string): string {
  if (comment === undefined) return "";
  return comment
    .split(LINE_END)
    .map((line) => `${indent}// ${line}`.trimEnd().concat("\n"))
    .join("");
}

function printMessage({ name, fields, oneof, comment }: ProtoMessage): string {
  const indent = oneof === undefined ? "  " : "    ";
  const lines = fields.map((field) => printComment(field.comment, indent) + indent + printField(field));
  const body = oneof === undefined ? lines : [`  ${block(`oneof ${oneof}`, lines, "  ")}`];
  return printComment(comment, "") + block(`message ${name}`, body);
}

function printField({ name, number, label, key, type, jsonName }: ProtoField): string {
  const prefix = label === "repeated" || label === "optional" ? `${label} ` : "";
  const word = label === "map" ? `map<${key}, ${type}>` : `${prefix}${type}`;
  return `${word} ${name} = ${number}${jsonName === undefined ? "" : ` [json_name = "${jsonName}"]`};`;
}

function block(head: string, lines: readonly string[], indent = ""): string {
  return lines.length === 0 ? `${head} {}` : `${head} {\n${lines.join("\n")}\n${indent}}`;
}
