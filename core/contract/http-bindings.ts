import { checkOptions, kinds, type OptionTable } from "../options.ts";
import type { Field, StructType } from "../type/type.ts";
import type { MethodDescriptor } from "./contract.ts";
import { type HttpBinding, type PlainRule, verbs } from "./http-rule.ts";
import { parsePathTemplate, patternOf } from "./path-template.ts";

const table: OptionTable<PlainRule> = {
  get: kinds.text,
  put: kinds.text,
  post: kinds.text,
  delete: kinds.text,
  patch: kinds.text,
  custom: kinds.object,
  body: kinds.text,
  responseBody: kinds.text,
  additionalBindings: kinds.list,
};
const customTable: OptionTable<NonNullable<PlainRule["custom"]>> = { kind: kinds.text, path: kinds.text };

type Shape = Pick<MethodDescriptor, "request" | "response" | "streamParam" | "callbacks">;

/** What a method's rule says, checked against its messages. `path` is the method's name, for errors. */
export function httpBindings(path: string, rule: PlainRule | undefined, method: Shape): readonly HttpBinding[] {
  if (rule === undefined) return Object.freeze([]);
  if (method.streamParam >= 0)
    throw new TypeError(`${path}: http: a method that takes a stream has no path of its own`);
  if (method.callbacks.length > 0)
    throw new TypeError(`${path}: http: a method that takes callbacks has no path of its own`);
  const { additionalBindings = [], ...first } = checkOptions(`${path}: http`, rule, table);
  const others = additionalBindings.map((one) => checkOptions(`${path}: http: additionalBindings`, one, table));
  if (others.some((one) => one.additionalBindings !== undefined))
    throw new TypeError(`${path}: http: additionalBindings do not nest; name them all in one list`);
  return Object.freeze([first, ...others].map((one) => binding(`${path}: http`, one, method)));
}

function binding(path: string, rule: PlainRule, { request, response }: Shape): HttpBinding {
  const { verb, text } = verbOf(path, rule);
  const template = parsePathTemplate(text, path);
  const { body, responseBody } = rule;
  for (const { field } of template.variables) checkVariable(path, field, request);
  if (body !== undefined && body !== "*") checkField(`${path}: body`, body, request);
  if (body !== undefined && verb === "GET")
    throw new TypeError(`${path}: body: a GET has no body; what is not in its path is in its query`);
  if (template.variables.some(({ field }) => field.length === 1 && field[0] === body))
    throw new TypeError(`${path}: body: ${body} is in the path already`);
  if (responseBody !== undefined) checkField(`${path}: responseBody`, responseBody, response);
  return Object.freeze({ verb, path: template, body, responseBody });
}

function verbOf(path: string, rule: PlainRule): { readonly verb: string; readonly text: string } {
  const found = verbs.flatMap((word) => {
    const text = rule[word];
    return text === undefined ? [] : [{ verb: word.toUpperCase(), text }];
  });
  if (rule.custom !== undefined) {
    const custom = checkOptions(`${path}: custom`, rule.custom, customTable);
    if (!/^(\*|[A-Z]+)$/.test(custom.kind ?? ""))
      throw new TypeError(`${path}: custom: kind is a method of HTTP, like HEAD, or * for any`);
    found.push({ verb: custom.kind, text: custom.path ?? "" });
  }
  const [one, other] = found;
  if (one === undefined || other !== undefined)
    throw new TypeError(`${path}: expected one of ${verbs.join(", ")}, custom; as in { get: "/v1/users/{id}" }`);
  return one;
}

function fieldOf(message: StructType, name: string): Field | undefined {
  return message.fields.find((field) => field.name === name);
}

function noField(path: string, name: string, { name: of, fields }: StructType): TypeError {
  const known = fields.map((field) => field.name).join(", ");
  return new TypeError(`${path}: ${name} is no field of ${of}; ${known === "" ? "it has none" : `it has ${known}`}`);
}

function checkField(path: string, name: string, message: StructType): void {
  if (fieldOf(message, name) === undefined) throw noField(path, name, message);
}

/** A variable is text, so its field must be a value that is written as one. */
function checkVariable(path: string, names: readonly string[], request: StructType): void {
  const shown = `{${names.join(".")}}`;
  let message = request;
  for (const [i, name] of names.entries()) {
    const field = fieldOf(message, name);
    if (field === undefined) throw noField(`${path}: ${shown}`, name, message);
    const { type } = field;
    if (i + 1 < names.length) {
      if (type.kind !== "struct") throw new TypeError(`${path}: ${shown}: ${name} has no fields, it is a ${type.kind}`);
      message = type as StructType;
    } else if (["struct", "union", "list", "map", "any"].includes(type.kind)) {
      throw new TypeError(`${path}: ${shown}: a ${type.kind} cannot stand in a path; name a scalar or an enum`);
    }
  }
}

/** No two methods of a contract may be reached by the same request. */
export function checkPaths(service: string, methods: readonly MethodDescriptor[]): void {
  const taken = new Map<string, string>();
  for (const { name, http } of methods) {
    for (const { verb, path } of http) {
      const pattern = `${verb} ${patternOf(path)}`;
      const other = taken.get(pattern);
      if (other !== undefined)
        throw new TypeError(`service ${service}: ${other} and ${name} both have the path ${verb} ${path.text}`);
      taken.set(pattern, name);
    }
  }
}
