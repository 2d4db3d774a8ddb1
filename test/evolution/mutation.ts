import fc, { type Arbitrary } from "fast-check";
import { t } from "../../core/schema/t.ts";
import type { EnumType, StructType, Type } from "../../core/type/type.ts";
import { declared } from "../codecs/with-names.ts";

/** Changes a struct somewhere; the numbers say where and how. */
export type Mutate = (type: StructType) => StructType;

export const mutation: Arbitrary<Mutate> = fc
  .array(fc.nat(1000), { minLength: 12, maxLength: 12 })
  .map((choices) => (type: StructType) => new Mutation(choices).struct(type));

const scalars = [t.bool, t.int32, t.int53, t.int64, t.float32, t.float64, t.string, t.bytes, t.timestamp, t.decimal];

class Mutation {
  readonly #choices: readonly number[];
  #used = 0;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  #choose<T>(from: readonly T[]): T {
    const choice = this.#choices[this.#used++ % this.#choices.length] as number;
    return from[choice % from.length] as T;
  }

  struct(type: StructType): StructType {
    const fields = type.fields.map((field) => [field.name, declared(field)] as const);
    const at = this.#choose(fields.length === 0 ? [0] : fields.map((_, i) => i));
    const change = this.#choose(
      fields.length === 0 ? ["add"] : ["add", "remove", "rename", "swap", "presence", "type", "type"],
    );
    const field = type.fields[at];
    if (change === "add") {
      const made = this.#choose([t.optional(t.string), t.default(t.int32, 9), t.int32, t.optional(t.list(t.bool))]);
      fields.splice(this.#choose([0, fields.length, fields.length]), 0, ["added", made]);
    } else if (change === "remove") fields.splice(at, 1);
    else if (field !== undefined) {
      if (change === "rename") fields[at] = ["renamed", declared(field)];
      else if (change === "swap") fields.push(...fields.splice(at, 1));
      else if (change === "presence") fields[at] = [field.name, field.optional ? field.type : t.optional(field.type)];
      else fields[at] = [field.name, declared({ ...field, type: this.#type(field.type) })];
    }
    return t.struct(type.name, Object.fromEntries(fields)) as unknown as StructType;
  }

  #type(type: Type): Type {
    switch (type.kind) {
      case "struct":
        return this.struct(type);
      case "list":
        return t.list(this.#type(type.item)) as Type;
      case "map":
        return t.map(this.#type(type.value)) as Type;
      case "union": {
        const cases = Object.fromEntries(type.fields.map((field) => [field.name, field.type]));
        return t.union(
          type.name,
          this.#choose([
            { ...cases, more: t.int32 },
            { first: t.string, ...cases },
          ]),
        ) as Type;
      }
      case "enum":
        return this.#enum(type);
      default:
        return this.#choose(scalars) as Type;
    }
  }

  #enum({ name, members }: EnumType): Type {
    const changed = this.#choose([
      [...members, "more"],
      ["first", ...members],
      [...members].reverse(),
      members.slice(1),
    ]);
    return t.enums(name, changed) as Type;
  }
}
