import type { ContractDescriptor, MethodDescriptor } from "../../core/contract/contract.ts";
import { isPlainUnion } from "../../core/schema/avro-form.ts";
import type { ErrorType, StructType, Type } from "../../core/type/type.ts";
import { checkTyped } from "../../core/type/typed.ts";
import { checkForms } from "./form.ts";
import { type AvroSchema, type SchemaBuilder, withNamesOf } from "./schema.ts";

/** An Avro protocol, as JSON: what an `.avpr` file holds. */
export interface AvroProtocol {
  readonly protocol: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly types: readonly AvroSchema[];
  readonly messages: Readonly<Record<string, AvroMessage>>;
  /** What Avro has no messages for. Readers of Avro pass it over. */
  readonly "x-operations"?: readonly AvroOperation[];
}
export interface AvroMessage {
  readonly doc?: string;
  readonly request: readonly AvroSchema[];
  readonly response: AvroSchema;
  readonly errors?: readonly AvroSchema[];
  readonly "one-way"?: true;
}
export interface AvroOperation {
  readonly name: string;
  readonly doc?: string;
  readonly kind: MethodDescriptor["kind"] | "topic";
  readonly request?: readonly AvroSchema[];
  /** The result, an item of a stream, the value of a topic. */
  readonly response?: AvroSchema;
  /** The items that the caller streams. */
  readonly upstream?: AvroSchema;
  readonly errors?: readonly AvroSchema[];
}

const OMITTED =
  "Avro has no streams, no topics, no functions as arguments and no values without a type: " +
  "the operations that have are no messages, and stand under x-operations.";

/** The Avro protocol of a contract. */
export function avroProtocol(contract: ContractDescriptor): AvroProtocol {
  return withNamesOf(contract.name, (builder) => new ProtocolBuilder(builder).protocol(contract), contract.docs);
}

class ProtocolBuilder {
  readonly #builder: SchemaBuilder;
  readonly #types: AvroSchema[] = [];

  constructor(builder: SchemaBuilder) {
    this.#builder = builder;
  }

  protocol({ name, methods, topics, docs = {} }: ContractDescriptor): AvroProtocol {
    const docOf = (member: string): { doc?: string } => (docs[member] === undefined ? {} : { doc: docs[member] });
    const dot = name.lastIndexOf(".");
    const messages = methods
      .filter(isMessage)
      .map((method) => [method.name, { ...docOf(`${name}.${method.name}`), ...this.#message(method) }] as const);
    const operations: AvroOperation[] = [
      ...methods
        .filter((method) => !isMessage(method))
        .map((method) => ({
          ...this.#operation(method),
          ...docOf(`${name}.${method.name}`),
        })),
      ...topics.map((topic) => ({
        name: topic.name,
        kind: "topic" as const,
        response: this.#use(topic.value),
        ...docOf(`${name}.${topic.name}`),
      })),
    ];
    const words = [docs[name], operations.length > 0 ? OMITTED : undefined].filter((one) => one !== undefined);
    return {
      protocol: name.slice(dot + 1),
      ...(dot > 0 && { namespace: name.slice(0, dot) }),
      ...(words.length > 0 && { doc: words.join("\n") }),
      types: this.#types,
      messages: Object.fromEntries(messages),
      ...(operations.length > 0 && { "x-operations": operations }),
    };
  }

  #message(method: MethodDescriptor): AvroMessage {
    return {
      request: this.#request(method),
      response: this.#response(method),
      ...this.#errors(method),
      ...(method.kind === "oneway" && { "one-way": true }),
    };
  }

  #operation(method: MethodDescriptor): AvroOperation {
    const { name, kind, untyped, upstream } = method;
    if (untyped) return { name, kind };
    return {
      name,
      kind,
      request: this.#request(method),
      response: this.#response(method),
      ...(upstream && { upstream: this.#value(upstream) }),
      ...this.#errors(method),
    };
  }

  /** One field per parameter; a record in a record costs no byte, so that it is our request in either case. */
  #request({ name, params, request, bareRequest }: MethodDescriptor): AvroSchema[] {
    checkTyped("avro", request, `${name}: request`);
    checkForms(request, `${name}: request`);
    if (bareRequest) return [{ name: params[0]?.name ?? "request", type: this.#use(request) }];
    for (const { type } of request.fields) this.#use(type);
    return request.fields.map((field) => this.#builder.field(field));
  }

  #response(method: MethodDescriptor): AvroSchema {
    return this.#value({ type: method.response, bare: method.bareResponse });
  }

  #value({ type, bare }: { readonly type: StructType; readonly bare: boolean }): AvroSchema {
    checkTyped("avro", type, type.name);
    checkForms(type, type.name);
    if (bare) return this.#use(type);
    const [result] = type.fields;
    if (result === undefined) return "null";
    this.#use(result.type);
    return (this.#builder.field(result) as { readonly type: AvroSchema }).type;
  }

  #errors({ throws }: MethodDescriptor): { errors?: AvroSchema[] } {
    return throws.length === 0 ? {} : { errors: throws.map((error) => this.#error(error)) };
  }

  #error({ name, fields }: ErrorType): AvroSchema {
    for (const { type } of fields) this.#use(type);
    const schema = this.#builder.schema({ kind: "struct", name, fields } as StructType);
    if (typeof schema === "string") return schema;
    const record = schema as { readonly name: string };
    this.#types.push({ ...record, type: "error" });
    return record.name;
  }

  /** A type by its name, its declaration among the protocol's types. */
  #use(type: Type): AvroSchema {
    if (type.kind === "list") return { type: "array", items: this.#use(type.item) };
    if (type.kind === "map") return { type: "map", values: this.#use(type.value) };
    if (isPlainUnion(type)) return type.fields.map((one) => this.#use(one.type));
    const schema = this.#builder.schema(type);
    if (typeof schema === "string" || !("name" in schema)) return schema;
    this.#types.push(schema);
    return (schema as { readonly name: string }).name;
  }
}

/** Whether Avro can say it: one request, one response or none, all of it values with a type. */
function isMessage({ kind, untyped, upstream, callbacks }: MethodDescriptor): boolean {
  return kind !== "stream" && !untyped && upstream === undefined && callbacks.length === 0;
}
