import type { ContractDescriptor } from "../../core/contract/contract.ts";
import type { PlainRule } from "../../core/contract/http-rule.ts";
import { type Member, membersOf } from "../../core/contract/member.ts";
import { toField } from "../../core/type/fields.ts";
import type { OptionalType, ParamType } from "../../core/type/type.ts";
import type { Declarations } from "./declarations.ts";
import { paramExpression, parameters, resultExpression, resultType, typeExpression, valueType } from "./expression.ts";
import { parameterIdentifiers } from "./identifiers.ts";
import { braces, indented, list, parentheses } from "./layout.ts";
import { quote } from "./literal.ts";
import type { Scope } from "./scope.ts";

/** The columns before a member. */
const CLASS_INDENT = 2;

type Method = Exclude<Member, { readonly kind: "topic" }>;

/** Declares all types that a contract's members name. */
export function declareTypes(contract: ContractDescriptor, declarations: Declarations): void {
  const add = (type: ParamType | OptionalType | undefined): void => {
    if (type === undefined) return;
    if (type.kind === "stream") declarations.add(type.item);
    else if (type.kind === "callback")
      for (const one of [...type.params.map((param) => param.type), type.returns]) add(one);
    else declarations.add(toField("", "", 0, type).type);
  };
  for (const member of membersOf(contract)) {
    if (member.kind === "topic") {
      add(member.value);
      continue;
    }
    for (const param of member.params) add(param.type);
    add(member.returns);
    for (const error of member.throws) declarations.add(error);
  }
}

/** The decorated class of a contract. */
export function serviceClass(contract: ContractDescriptor, className: string, scope: Scope): string {
  const options = [
    ...(contract.version === "1.0.0" ? [] : [`version: ${JSON.stringify(contract.version)}`]),
    ...(contract.group === "" ? [] : [`group: ${quote(contract.group)}`]),
  ];
  const name = JSON.stringify(contract.name);
  const decorator = `@${scope.use("service")}(${name}${options.length === 0 ? "" : `, { ${options.join(", ")} }`})`;
  const members = membersOf(contract).map((member) =>
    indented(scope.comment(contract.name, member.name) + memberText(member, scope)),
  );
  return `${scope.comment(contract.name)}${decorator}\nexport abstract class ${className} {\n${members.join("\n\n")}\n}`;
}

function memberText(member: Member, scope: Scope): string {
  const unimplemented = scope.use("unimplemented");
  if (member.kind === "topic") {
    const head = `@${scope.use("topic")}(${typeExpression(member.value, scope)})\nget ${member.name}()`;
    return `${head}: ${scope.use("Topic")}<${valueType(member.value, scope)}> {\n  return ${unimplemented}();\n}`;
  }
  const { kind, name, params, untyped } = member;
  const declared = untyped ? ["...args: unknown[]"] : parameters(params, scope);
  const args = untyped ? ["...args"] : parameterIdentifiers(params.map((param) => param.name));
  const result = member.kind === "oneway" ? "void" : returnType(member, scope);
  const body = `${member.kind === "oneway" ? "" : "return "}${unimplemented}(${args.join(", ")});`;
  const decorator = `@${scope.use(kind)}(${untyped ? "" : methodOptions(member, scope)})`;
  return `${decorator}\n${parentheses(name, declared, `: ${result} {`, CLASS_INDENT)}\n  ${body}\n}`;
}

function methodOptions(method: Method, scope: Scope): string {
  const { kind, params, returns, throws, idempotent, noSideEffects, http, timeoutMs } = method;
  const result = returns === undefined ? undefined : resultExpression(returns, scope);
  const made = params.map((param, i) => paramExpression(param, i + 1, scope));
  const options = [
    ...(params.length === 0 ? [] : [list("params: ", made, "", 2 * CLASS_INDENT + 1)]),
    ...(result === undefined ? [] : [`${kind === "stream" ? "yields" : "returns"}: ${result}`]),
    ...(throws.length === 0 ? [] : [`throws: [${throws.map((error) => scope.of(error)).join(", ")}]`]),
    ...(idempotent && !noSideEffects ? ["idempotent: true"] : []),
    ...(noSideEffects ? ["noSideEffects: true"] : []),
    ...(http === undefined ? [] : [ruleLiteral(http, 2 * CLASS_INDENT)]),
    ...(timeoutMs === undefined ? [] : [`timeoutMs: ${timeoutMs}`]),
  ];
  return braces("", options, "", CLASS_INDENT + `@${kind}()`.length);
}

/** `http: { get: "/v1/users/{id}" }`, as a formatter lays it out that begins at this column. */
function ruleLiteral({ custom, additionalBindings, ...plain }: PlainRule, indent: number, name = "http: "): string {
  const said = Object.entries(plain).map(([word, text]) => `${word}: ${JSON.stringify(text)}`);
  if (custom) said.push(`custom: { kind: ${JSON.stringify(custom.kind)}, path: ${JSON.stringify(custom.path)} }`);
  if (additionalBindings) {
    const others = additionalBindings.map((one) => ruleLiteral(one, indent + 4, ""));
    said.push(list("additionalBindings: ", others, "", indent + 3));
  }
  return braces(name, said, "", indent + 1);
}

function returnType({ kind, returns, untyped }: Method, scope: Scope): string {
  const value = untyped ? "unknown" : resultType(returns, scope);
  return kind === "stream" ? `AsyncIterable<${value}>` : `Promise<${value}>`;
}
