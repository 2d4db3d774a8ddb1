import type { ContractDescriptor } from "../../core/contract/contract.ts";
import { oneway, rpc } from "../../core/contract/definition.ts";
import { defineService } from "../../core/contract/service.ts";
import { AvroTranslator } from "../../core/schema/avro-translator.ts";
import type { ErrorClass } from "../../core/schema/declared-error.ts";
import { arg } from "../../core/schema/param.ts";
import { t } from "../../core/schema/t.ts";
import type { ErrorType, Field, FieldType, OptionalType, StructType, Type } from "../../core/type/type.ts";
import { InputError } from "../input-error.ts";

type Json = Readonly<Record<string, unknown>>;

/** What of an Avro protocol is read. https://avro.apache.org/docs/current/specification/#protocol-declaration */
export interface AvroProtocol {
  readonly protocol: string;
  readonly doc?: unknown;
  readonly namespace?: string;
  readonly types?: readonly Json[];
  readonly messages?: Readonly<Record<string, AvroMessage>>;
}
interface AvroMessage {
  readonly doc?: unknown;
  readonly request?: readonly (Json & { readonly name: string })[];
  readonly response?: unknown;
  readonly errors?: readonly unknown[];
  readonly "one-way"?: boolean;
}

/** Throws where the JSON is no protocol; what its schemas say is not looked at. */
export function asProtocol(json: unknown): AvroProtocol {
  const { protocol, namespace = "", types = [], messages = {} } = json as Json;
  const isProtocol = typeof protocol === "string" && typeof namespace === "string" && Array.isArray(types);
  if (!isProtocol || !isObject(messages)) {
    throw new InputError("is no protocol of Avro: protocol and namespace are texts, types a list, messages an object");
  }
  for (const [name, message] of Object.entries(messages)) {
    if (!isMessage(message)) {
      throw new InputError(`message ${name}: request is a list of parameters with names, errors a list; correct it`);
    }
  }
  return json as AvroProtocol;
}

function isMessage(json: unknown): boolean {
  if (!isObject(json)) return false;
  const { request = [], errors = [] } = json;
  const isNamed = (one: unknown): boolean => isObject(one) && typeof one["name"] === "string";
  return Array.isArray(request) && request.every(isNamed) && Array.isArray(errors);
}

function isObject(json: unknown): json is Json {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Members of every error here, which a field of a declared one cannot be called. */
const RESERVED = new Set("code message metadata details retryable cause name stack".split(" "));

/** The contract of a protocol, and the types that it declares. */
export class AvroContract {
  readonly #translator = new AvroTranslator();
  readonly #namespace: string;
  readonly #errors = new Map<Type, ErrorClass<Record<string, never>>>();
  readonly name: string;
  /** `undefined` where the protocol only declares types. */
  readonly contract: ContractDescriptor | undefined;

  constructor({ protocol, namespace, types = [], messages = {} }: AvroProtocol) {
    const dot = protocol.lastIndexOf(".");
    this.#namespace = dot > 0 ? protocol.slice(0, dot) : (namespace ?? "");
    this.name = this.#namespace === "" || dot > 0 ? protocol : `${this.#namespace}.${protocol}`;
    const declared = types.map((type, i) => [type, this.#type(type, `types[${i}]`)] as const);
    this.#translator.finish();
    for (const [{ type }, struct] of declared)
      if (type === "error") this.#errors.set(struct, toError(struct as StructType));
    const members = Object.entries(messages).map(([key, message]) => [key, this.#member(key, message)] as const);
    this.#translator.finish();
    this.contract = members.length === 0 ? undefined : defineService(this.name, {}, Object.fromEntries(members));
  }

  /** What has a name of its own, errors as errors. */
  get types(): (Type | ErrorType)[] {
    return [...this.#translator.named.values()].map((type) => this.#errors.get(type)?.type ?? type);
  }

  #type(schema: unknown, path: string): Type {
    return this.#translator.type(schema, { path, namespace: this.#namespace });
  }

  #member(name: string, { request = [], response = "null", errors = [], "one-way": isOneway }: AvroMessage) {
    const params = request.map((field) =>
      arg(field.name, this.#translator.field(field, { path: `${name}.${field.name}`, namespace: this.#namespace })()),
    );
    if (isOneway === true) return oneway({ params });
    const returns = this.#result(response, `${name}: response`);
    // A text is what a caller gets of an error that is not declared.
    const throws = errors.filter((error) => error !== "string").map((error) => this.#error(error, `${name}: errors`));
    return returns === undefined ? rpc({ params, throws }) : rpc({ params, throws, returns });
  }

  #result(response: unknown, path: string): Type | OptionalType | undefined {
    if (response === "null") return undefined;
    const field = this.#translator.field({ type: response }, { path, namespace: this.#namespace })();
    return field as Type | OptionalType;
  }

  #error(schema: unknown, path: string): ErrorClass<Record<string, never>> {
    const type = this.#type(schema, path);
    const known = this.#errors.get(type);
    if (known !== undefined) return known;
    if (type.kind !== "struct") throw new InputError(`${path}: ${JSON.stringify(schema)} is no error; declare one`);
    const made = toError(type);
    this.#errors.set(type, made);
    return made;
  }
}

function toError({ name, fields }: StructType): ErrorClass<Record<string, never>> {
  const declared = fields.map((field) => [RESERVED.has(field.name) ? `${field.name}_` : field.name, toDeclared(field)]);
  return t.error(name, Object.fromEntries(declared));
}

function toDeclared({ type, optional, encoding, defaultValue }: Field): FieldType {
  if (defaultValue !== undefined) return t.default(type, defaultValue as never);
  if (!optional) return type;
  return encoding === undefined ? t.optional(type) : t.encoded(t.optional(type), encoding);
}
