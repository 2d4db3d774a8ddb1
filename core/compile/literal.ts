import type { Field, StructType } from "../type/type.ts";
import { absentLiteral, transientMembers } from "./absent.ts";
import { Misfit } from "./misfit.ts";
import { Source, safeName } from "./source.ts";

/** Up to this many optional fields each combination has an object literal of its own, so that objects have few shapes. */
const MAX_COMBINED = 3;

/**
 * The code that assigns to `target` an object of the struct. The values of its fields are in the locals `values`; absent
 * optional ones (`undefined`) are no members at all. Transient fields get their defaults here, whatever a message said.
 */
export function structLiteral(source: Source, target: string, type: StructType, values: readonly string[]): void {
  const { fields } = type;
  const transient = transientMembers(source, type);
  const optional = fields.filter((field) => field.optional);
  const combined = optional.slice(0, MAX_COMBINED);
  const rest = optional.slice(MAX_COMBINED);
  const write = (present: ReadonlySet<Field>): string => {
    const members = fields.flatMap((field, i) => {
      if (rest.includes(field) || (field.optional && !present.has(field))) return [];
      return [`${safeName(field.name)}: ${values[i]}`];
    });
    return `{ ${[...members, ...transient].join(", ")} }`;
  };
  const choose = (index: number, present: ReadonlySet<Field>): string => {
    const field = combined[index];
    if (field === undefined) return write(present);
    const local = values[fields.indexOf(field)];
    return `${local} === undefined ? ${choose(index + 1, present)} : ${choose(index + 1, new Set([...present, field]))}`;
  };
  source.line(`${target} = ${choose(0, new Set())};`);
  for (const field of rest) {
    const local = values[fields.indexOf(field)];
    source.line(`if (${local} !== undefined) ${target}.${safeName(field.name)} = ${local};`);
  }
}

/** Makes a struct from the values of its fields, in their order; for an `undefined` one stands what `absentLiteral` says. */
export type Make = (values: readonly unknown[]) => unknown;

/** For readers that are not compiled: their objects have the same shapes as those of compiled ones. Compiled on first use. */
export function structMaker(type: StructType): Make {
  let make: Make | undefined;
  return (values) => {
    make ??= compileMaker(type);
    return make(values);
  };
}

function compileMaker(type: StructType): Make {
  const source = new Source();
  const name = source.local("make");
  source.function(name, "values", () => {
    source.line("let r;");
    const locals = type.fields.map((field, i) => {
      const local = source.local("v");
      source.line(`let ${local} = values[${i}];`);
      if (field.optional) return local;
      const absent = absentLiteral(source, field);
      const refuse = `throw ${source.constant("missing", missing)}(${source.constant("FIELD", field)})`;
      source.line(`if (${local} === undefined) ${absent === undefined ? refuse : `${local} = ${absent}`};`);
      return local;
    });
    structLiteral(source, "r", type, locals);
    source.line("return r;");
  });
  return source.compile(name);
}

function missing({ name, type }: Field): Misfit {
  return new Misfit(name, "name" in type ? type.name : type.kind, undefined);
}
