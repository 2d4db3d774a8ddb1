import type { avroSchema } from "../../codecs/avro/index.ts";
import type { Type, UnionType } from "../../core/type/type.ts";
import type { Form } from "./conversion.ts";

type AvroSchema = ReturnType<typeof avroSchema>;

/** What is read of a schema; each member is there where its kind of schema has it. */
interface Json {
  readonly name: string;
  readonly items: Json;
  readonly values: Json;
  readonly fields: readonly { readonly type: Json & readonly Json[] }[];
}

/** The names of the records around a union's cases, which are the keys of avsc's values. */
function branches(type: Type, schema: AvroSchema): Map<UnionType, string[]> {
  const found = new Map<UnionType, string[]>();
  const seen = new Set<Type>();
  const visit = (at: Type, json: Json | undefined): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if (at.kind === "list") visit(at.item, json?.items);
    if (at.kind === "map") visit(at.value, json?.values);
    if (at.kind === "struct") {
      for (const [index, field] of at.fields.entries()) {
        const inner = json?.fields[index]?.type;
        visit(field.type, field.optional ? inner?.[1] : inner);
      }
    }
    if (at.kind === "union") {
      const cases = json?.fields[0]?.type ?? [];
      found.set(
        at,
        cases.map(({ name }) => name),
      );
      for (const [index, field] of at.fields.entries()) visit(field.type, cases[index]?.fields[0]?.type);
    }
  };
  visit(type, schema as unknown as Json);
  return found;
}

/** `bigints`: longs are bigints, all of them, because avsc has one type of long in a schema. */
export function avroForms(
  type: Type,
  schema: AvroSchema,
  bigints: boolean,
): { readonly to: Form; readonly from: Form } {
  const names = branches(type, schema);
  const to: Form = {
    absent: "null",
    scope: { Buffer },
    expression(at, x, _, inner) {
      if (at.kind === "int53" && bigints) return `BigInt(${x})`;
      if (at.kind === "timestamp") return bigints ? `BigInt(${x}.getTime())` : `${x}.getTime()`;
      if (at.kind === "bytes") return `Buffer.from(${x}.buffer, ${x}.byteOffset, ${x}.length)`;
      if (at.kind !== "union") return undefined;
      const cases = at.fields.map((field, index) => {
        const value = inner(field.type, `${x}.value`, "inner");
        return `${x}.kind === ${JSON.stringify(field.name)} ? { value: { ${JSON.stringify(names.get(at)?.[index])}: { value: ${value} } } }`;
      });
      return `(${cases.join(" : ")} : undefined)`;
    },
  };
  const from: Form = {
    expression(at, x, _, inner) {
      if (at.kind === "int53" && bigints) return `Number(${x})`;
      if (at.kind === "timestamp") return `new Date(Number(${x}))`;
      if (at.kind !== "union") return undefined;
      const cases = at.fields.map((field, index) => {
        const branch = `${x}.value[${JSON.stringify(names.get(at)?.[index])}]`;
        return `${branch} !== undefined ? { kind: ${JSON.stringify(field.name)}, value: ${inner(field.type, `${branch}.value`, "inner")} }`;
      });
      return `(${cases.join(" : ")} : undefined)`;
    },
  };
  return { to, from };
}
