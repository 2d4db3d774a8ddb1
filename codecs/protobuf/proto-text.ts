import type { ContractDescriptor } from "../../core/contract.ts";
import { contractSchema, type ProtoField, type ProtoFile, type ProtoMessage, TIMESTAMP } from "./schema.ts";

/** The .proto file (proto3) of a contract: with it any Protobuf implementation reads and writes its messages. */
export function protoText(contract: ContractDescriptor): string {
  return printProto(contractSchema(contract));
}

export function printProto(file: ProtoFile): string {
  const timestamps = file.messages.some((message) => message.fields.some((field) => field.type === TIMESTAMP));
  const head = ['syntax = "proto3";'];
  if (file.package !== "") head.push(`package ${file.package};`);
  if (timestamps) head.push('import "google/protobuf/timestamp.proto";');
  const parts = [head.join("\n\n")];
  if (file.service !== undefined) {
    const methods = file.service.methods.map(
      ({ name, request, response, clientStream, serverStream }) =>
        `  rpc ${name}(${clientStream ? "stream " : ""}${request}) returns (${serverStream ? "stream " : ""}${response});`,
    );
    parts.push(block(`service ${file.service.name}`, methods));
  }
  parts.push(...file.messages.map(printMessage));
  for (const { name, values } of file.enums) {
    parts.push(
      block(
        `enum ${name}`,
        values.map((value, i) => `  ${value} = ${i};`),
      ),
    );
  }
  return `${parts.join("\n\n")}\n`;
}

function printMessage({ name, fields, oneof }: ProtoMessage): string {
  if (oneof === undefined)
    return block(
      `message ${name}`,
      fields.map((field) => `  ${printField(field)}`),
    );
  const cases = fields.map((field) => `    ${printField(field)}`);
  return block(`message ${name}`, [`  ${block(`oneof ${oneof}`, cases, "  ")}`]);
}

function printField({ name, number, label, type, jsonName }: ProtoField): string {
  const prefix = label === "repeated" || label === "optional" ? `${label} ` : "";
  const word = label === "map" ? `map<string, ${type}>` : `${prefix}${type}`;
  return `${word} ${name} = ${number}${jsonName === undefined ? "" : ` [json_name = "${jsonName}"]`};`;
}

function block(head: string, lines: readonly string[], indent = ""): string {
  return lines.length === 0 ? `${head} {}` : `${head} {\n${lines.join("\n")}\n${indent}}`;
}
