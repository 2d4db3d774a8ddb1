import type { JsonSchema } from "../../../codecs/json/schema.ts";
import type { MethodDescriptor } from "../../../core/contract/contract.ts";
import type { HttpBinding } from "../../../core/contract/http-rule.ts";
import type { ServedService, ServerHost } from "../../../core/transport.ts";
import { openPath, patternText, renamed } from "./paths.ts";
import { type OperationSchemas, queryParameters, Schemas } from "./schemas.ts";

const JSON_TYPE = "application/json";
const EVENTS = "text/event-stream";
const LINES = "application/x-ndjson";
/** The methods of HTTP that OpenAPI has words for. */
const WORDS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

/** What servers serve beside what they are for. */
const BUILT_IN = /^(trunkline|grpc)\./;

const STATUS: JsonSchema = {
  type: "object",
  description: "google.rpc.Status: a code of gRPC, a message for people, and declared errors as details.",
  properties: {
    code: { type: "integer" },
    message: { type: "string" },
    details: { type: "array", items: { type: "object", properties: { "@type": { type: "string" } } } },
  },
};
const CONNECT_ERROR: JsonSchema = {
  type: "object",
  description: "An error of Connect: https://connectrpc.com/docs/protocol#error-end-stream",
  properties: {
    code: { type: "string" },
    message: { type: "string" },
    details: {
      type: "array",
      items: { type: "object", properties: { type: { type: "string" }, value: { type: "string" }, debug: {} } },
    },
  },
  required: ["code"],
};

interface Described {
  readonly service: string;
  readonly method: MethodDescriptor;
  readonly schemas: OperationSchemas;
}

/** The paths of what a server serves, those of RPC and of REST, as a document of OpenAPI 3.1. */
export function openApiDocument({
  services,
  authenticates,
}: Pick<ServerHost, "services" | "authenticates">): JsonSchema {
  return new DocumentBuilder().document(services, authenticates);
}

class DocumentBuilder {
  readonly #schemas = new Schemas();
  readonly #paths = new Map<string, { readonly text: string; readonly item: Record<string, JsonSchema> }>();
  readonly #ids = new Set<string>();

  document(services: readonly ServedService[], authenticates: boolean): JsonSchema {
    // Of several versions of a service a document has one, since they have the same paths.
    const all = [...new Map(services.map(({ contract }) => [contract.name, contract])).values()];
    const own = all.filter(({ name }) => !BUILT_IN.test(name));
    const contracts = [...own, ...all.filter(({ name }) => BUILT_IN.test(name))];
    for (const contract of contracts) {
      const operations = this.#schemas.add(contract);
      for (const method of contract.operations) {
        const described = { service: contract.name, method, schemas: operations[method.index] as OperationSchemas };
        for (const binding of method.http) this.#rest(described, binding);
        this.#rpc(described);
      }
    }
    const [first = contracts[0], other] = own;
    return {
      openapi: "3.1.0",
      info: {
        title: other === undefined ? (first?.name ?? "Services") : "Services",
        version: first?.version ?? "1.0.0",
      },
      servers: [{ url: ".." }],
      tags: contracts.map(({ name, docs = {} }) => ({
        name,
        ...(docs[name] !== undefined && { description: docs[name] }),
      })),
      paths: Object.fromEntries([...this.#paths.values()].map(({ text, item }) => [text, item])),
      components: {
        schemas: { ...this.#schemas.all, "trunkline.Status": STATUS, "trunkline.ConnectError": CONNECT_ERROR },
        ...(authenticates && { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } }),
      },
      ...(authenticates && { security: [{ bearer: [] }] }),
    };
  }

  #rest(described: Described, { verb, path: template, body, responseBody }: HttpBinding): void {
    const { method, schemas } = described;
    const fieldOf = (names: readonly string[]): JsonSchema =>
      names.reduce<JsonSchema>((schema, name) => this.#schemas.property(schema, name) ?? {}, schemas.request);
    const made = openPath(template, fieldOf);
    const { text, item } = this.#pathOf(made.text);
    const { parameters } = renamed(made, text);
    const taken = new Set(template.variables.map(({ field }) => field.join(".")));
    const inPath = new Set(template.variables.flatMap(({ field }) => (field.length === 1 ? field : [])));
    const content =
      body === undefined
        ? undefined
        : body === "*"
          ? this.#schemas.without(schemas.request, inPath)
          : this.#schemas.property(schemas.request, body);
    if (body !== undefined) taken.add(body);
    const query = body === "*" ? [] : queryParameters(this.#schemas, method, { schema: schemas.request, taken });
    const response =
      responseBody === undefined ? schemas.response : this.#schemas.property(schemas.response, responseBody);
    const word = verb === "*" ? "post" : verb.toLowerCase();
    item[WORDS.has(word) ? word : `x-${word}`] = this.#operation(described, {
      parameters: [...parameters, ...query],
      body: content,
      content: method.kind === "stream" ? streamed(response ?? {}) : { [JSON_TYPE]: { schema: response ?? {} } },
      error: "trunkline.Status",
    });
  }

  #rpc(described: Described): void {
    const { service, method, schemas } = described;
    const { item } = this.#pathOf(`/${service}/${method.name}`);
    const streams = method.kind === "stream" || method.upstream !== undefined;
    const reads = method.noSideEffects || method.topic !== undefined;
    if (!streams && reads && method.topic === undefined) {
      item["get"] = this.#operation(described, {
        parameters: [
          { name: "connect", in: "query", schema: { const: "v1" } },
          { name: "encoding", in: "query", required: true, schema: { enum: ["json"] } },
          { name: "message", in: "query", required: true, content: { [JSON_TYPE]: { schema: schemas.request } } },
        ],
        body: undefined,
        content: { [JSON_TYPE]: { schema: schemas.response } },
        error: "trunkline.ConnectError",
      });
    }
    if (method.kind === "stream" && method.upstream === undefined && reads) {
      const taken = new Set<string>();
      item["get"] = this.#operation(described, {
        parameters: queryParameters(this.#schemas, method, { schema: schemas.request, taken }),
        body: undefined,
        content: { [EVENTS]: { schema: schemas.response } },
        error: "trunkline.Status",
      });
    }
    const enveloped = { "application/connect+json": { schema: {} } };
    const sse = method.kind === "stream" && method.upstream === undefined;
    const post = this.#operation(described, {
      parameters: [],
      body: method.upstream === undefined ? schemas.request : undefined,
      content: streams
        ? { ...(sse && { [EVENTS]: { schema: schemas.response } }), ...enveloped }
        : { [JSON_TYPE]: { schema: schemas.response } },
      error: "trunkline.ConnectError",
    });
    item["post"] = method.upstream === undefined ? post : { ...post, requestBody: { content: enveloped } };
  }

  #operation(
    { service, method, schemas: { description } }: Described,
    said: {
      readonly parameters: readonly JsonSchema[];
      readonly body: JsonSchema | undefined;
      readonly content: JsonSchema;
      readonly error: string;
    },
  ): JsonSchema {
    const errors = method.throws.map(({ name }) => name).join(", ");
    return {
      operationId: this.#id(`${service}.${method.name}`),
      tags: [service],
      ...(description !== undefined && { description }),
      ...(said.parameters.length > 0 && { parameters: said.parameters }),
      ...(said.body && { requestBody: { required: true, content: { [JSON_TYPE]: { schema: said.body } } } }),
      responses: {
        "200": { description: method.kind === "stream" ? "A stream." : "The response.", content: said.content },
        default: {
          description: errors === "" ? "An error." : `An error; declared are ${errors}.`,
          content: { [JSON_TYPE]: { schema: { $ref: `#/components/schemas/${said.error}` } } },
        },
      },
    };
  }

  /** Where operations of this path are put: perhaps beside others, by whose names its parameters then go. */
  #pathOf(text: string): { readonly text: string; readonly item: Record<string, JsonSchema> } {
    const pattern = patternText(text);
    const known = this.#paths.get(pattern) ?? { text, item: {} };
    this.#paths.set(pattern, known);
    return known;
  }

  #id(wanted: string): string {
    let id = wanted;
    for (let i = 2; this.#ids.has(id); i++) id = `${wanted}.${i}`;
    this.#ids.add(id);
    return id;
  }
}

function streamed(item: JsonSchema): JsonSchema {
  const line = {
    type: "object",
    properties: { result: item, error: { $ref: "#/components/schemas/trunkline.Status" } },
  };
  return { [LINES]: { schema: line }, [EVENTS]: { schema: item } };
}
