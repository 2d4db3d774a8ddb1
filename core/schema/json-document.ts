/** A JSON Schema of draft 2020-12 or draft-07, as far as it is read here. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly title?: string;
  readonly format?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, JsonSchema | boolean>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly patternProperties?: Readonly<Record<string, JsonSchema | boolean>>;
  readonly propertyNames?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean | readonly (JsonSchema | boolean)[];
  readonly prefixItems?: readonly (JsonSchema | boolean)[];
  readonly additionalItems?: JsonSchema | boolean;
  readonly anyOf?: readonly (JsonSchema | boolean)[];
  readonly oneOf?: readonly (JsonSchema | boolean)[];
  readonly allOf?: readonly (JsonSchema | boolean)[];
  readonly not?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  /** TypeBox's own. */
  readonly "~refine"?: readonly { check(value: unknown): boolean; error(value: unknown): unknown }[];
  readonly "~codec"?: unknown;
}

/** A schema and what its references mean. */
export class JsonDocument {
  readonly root: JsonSchema;
  readonly #where: string;
  readonly #identified = new Map<string, JsonSchema>();

  constructor(root: JsonSchema, where: string) {
    this.root = root;
    this.#where = where;
    this.#identify(root, new Set());
  }

  #identify(node: unknown, seen: Set<unknown>): void {
    if (typeof node !== "object" || node === null || seen.has(node)) return;
    seen.add(node);
    const { $id, $anchor, $ref } = node as { $id?: unknown; $anchor?: unknown; $ref?: unknown };
    // A node that only refers to itself, as TypeBox writes its cycles, is found by `$defs`.
    if (typeof $id === "string" && $id !== $ref) this.#identified.set($id, node as JsonSchema);
    if (typeof $anchor === "string") this.#identified.set(`#${$anchor}`, node as JsonSchema);
    for (const value of Object.values(node)) this.#identify(value, seen);
  }

  /** What a `$ref` leads to, and the last word of the reference. */
  resolve(ref: string): { readonly schema: JsonSchema; readonly key: string } {
    const key = decodeURIComponent(ref.slice(ref.lastIndexOf("/") + 1));
    const schema = ref === "#" ? this.root : (this.#identified.get(ref) ?? this.#follow(ref));
    if (typeof schema !== "object" || schema === null) {
      throw new TypeError(
        `${this.#where}: $ref ${JSON.stringify(ref)} leads nowhere in the schema; put what it means into $defs`,
      );
    }
    return { schema: schema as JsonSchema, key };
  }

  #follow(ref: string): unknown {
    if (!ref.startsWith("#/")) return undefined;
    let node: unknown = this.root;
    for (const step of ref.slice(2).split("/")) {
      const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
      node =
        typeof node === "object" && node !== null && Object.hasOwn(node, name)
          ? (node as Record<string, unknown>)[name]
          : undefined;
    }
    return node;
  }
}
