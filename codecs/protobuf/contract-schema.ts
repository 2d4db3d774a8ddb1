import type { ContractDescriptor, MethodDescriptor, TopicDescriptor } from "../../core/contract/contract.ts";
import { httpRule } from "../../core/contract/http-rule.ts";
import { wireName } from "../../core/contract/wire-name.ts";
import { type ProtoFile, type ProtoMethod, SchemaBuilder } from "./schema.ts";

/**
 * The schema of everything that a contract's operations carry. A topic is two methods, `placedPublish` and
 * `placedSubscribe`. Untyped methods have no schema in Protobuf.
 */
export function contractSchema(contract: ContractDescriptor): ProtoFile {
  const builder = new SchemaBuilder(contract.name, contract.docs);
  const { docs = {} } = contract;
  const typed = contract.methods.filter((method) => !method.untyped);
  const methods = typed.map((method) => {
    const made = protoMethod(method, builder);
    return {
      ...made,
      name: wireName(contract, method),
      comment: joined(docs[`${contract.name}.${method.name}`], made.comment),
    };
  });
  for (const topic of contract.topics) {
    const comment = docs[`${contract.name}.${topic.name}`];
    for (const method of topicMethods(contract, topic, builder))
      methods.push({ ...method, comment: joined(comment, method.comment) });
  }
  const untyped = contract.methods.filter((method) => method.untyped).map(({ name }) => name);
  return builder.file({
    name: contract.name.slice(contract.name.lastIndexOf(".") + 1),
    methods,
    comment: joined(
      docs[contract.name],
      untyped.length === 0 ? undefined : `Without types, and so without a place here: ${untyped.join(", ")}.`,
    ),
  });
}

function protoMethod(method: MethodDescriptor, builder: SchemaBuilder): ProtoMethod {
  const comments: string[] = [];
  if (method.kind === "oneway") comments.push("A oneway: nobody waits for the response, which is empty.");
  const errors = method.throws.map((error) =>
    builder.add({ kind: "struct", name: error.name, fields: error.fields } as never),
  );
  if (errors.length > 0) comments.push(`Errors: ${errors.join(", ")}.`);
  for (const callback of method.callbacks) {
    const [request, response] = [builder.add(callback.request), builder.add(callback.response)];
    comments.push(`${callback.name} is a function of the caller: ${request} to ${response}. gRPC cannot call it.`);
  }
  const upstream = method.upstream?.type;
  if (upstream !== undefined && method.request.fields.length > 0) {
    comments.push(
      `The first message of the stream is a ${builder.add(method.request)}, with the arguments beside it, in the place of an item.`,
    );
  }
  return {
    name: method.name,
    request: builder.add(upstream ?? method.request),
    response: builder.add(method.response),
    clientStream: upstream !== undefined,
    serverStream: method.kind === "stream",
    idempotent: method.idempotent,
    noSideEffects: method.noSideEffects,
    http: httpRule(method.http),
    comment: comments.length === 0 ? undefined : comments.join("\n"),
  };
}

function topicMethods(
  contract: ContractDescriptor,
  { name, publish, subscribe }: TopicDescriptor,
  builder: SchemaBuilder,
): ProtoMethod[] {
  return [publish, subscribe].map((operation) => ({
    ...protoMethod(operation, builder),
    name: wireName(contract, operation),
    comment:
      operation === publish
        ? `The topic ${name}.`
        : `The first ${builder.add(operation.response)} confirms the subscription and has no value.`,
  }));
}

function joined(...comments: readonly (string | undefined)[]): string | undefined {
  const said = comments.filter((comment) => comment !== undefined);
  return said.length === 0 ? undefined : said.join("\n");
}
