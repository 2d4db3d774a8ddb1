import { zero } from "../../core/check.ts";
import { compileCopy } from "../../core/copy.ts";
import { structLiteral } from "../../core/literal.ts";
import { Misfit, within } from "../../core/misfit.ts";
import { Source } from "../../core/source.ts";
import type { Field, StructType } from "../../core/type.ts";
import type { Convert } from "./conversion.ts";
import { tooMany } from "./cursor.ts";
import { misfit } from "./misfit.ts";
import { type ClassShape, MapNode, ObjectNode } from "./node.ts";

/** Makes a struct from an object of any class, or a map, that has its fields. `names`: the classes that it may lack some of. */
export function structConverter(type: StructType, converts: readonly Convert[], names: ReadonlySet<string>): Convert {
  const { fields } = type;
  const index = new Map(fields.map((field, i) => [field.name, i]));
  const nullable = fields.map((field) => field.type.kind === "any");
  const absent = fields.map(absentValue);
  let make: ((values: unknown[]) => unknown) | undefined;
  return (node, conversion, depth) => {
    const values: unknown[] = [];
    if (node instanceof ObjectNode) {
      const { shape } = node;
      const layout = shape.type === type ? (shape.layout as readonly number[]) : layoutOf(shape, type, names);
      for (let i = 0; i < layout.length; i++) values.push(node.values[layout[i] as number]);
    } else if (node instanceof MapNode) {
      for (let i = 0; i < fields.length; i++) values.push(undefined);
      for (let i = 0; i < node.entries.length; i += 2) {
        const place = index.get(node.entries[i] as string);
        if (place !== undefined) values[place] = node.entries[i + 1];
      }
    } else throw misfit(type.name, node);
    let i = 0;
    try {
      for (; i < converts.length; i++) {
        const member = values[i];
        if (member === undefined || (member === null && nullable[i] !== true)) {
          if (--conversion.n < 0) throw tooMany();
          values[i] = (absent[i] as () => unknown)();
        } else values[i] = (converts[i] as Convert)(member, conversion, depth - 1);
      }
    } catch (thrown) {
      throw within((fields[i] as Field).name, thrown);
    }
    make ??= compileMaker(type);
    return make(values);
  };
}

/** Where a class of the message has each field; found once for its objects, and refused where it is another class. */
function layoutOf(shape: ClassShape, type: StructType, names: ReadonlySet<string>): readonly number[] {
  const { fields } = type;
  // A map takes longer to make than a few names to compare, but not than many.
  const places = shape.fields.length > 16 ? new Map(shape.fields.map((field, i) => [field, i])) : undefined;
  const layout: number[] = [];
  let whole = fields.length > 0;
  for (const field of fields) {
    const place = places === undefined ? shape.fields.indexOf(field.name) : (places.get(field.name) ?? -1);
    layout.push(place);
    if (place < 0 && !field.optional && field.defaultValue === undefined) whole = false;
  }
  // A subclass, or the same class under another name, has all that must be there.
  if (!whole && !names.has(shape.name)) throw misfit(type.name, new ObjectNode(shape));
  shape.type = type;
  shape.layout = layout;
  return layout;
}

/** An object literal: its members come in one order, so that all objects of a struct have the same hidden class. */
function compileMaker(type: StructType): (values: unknown[]) => unknown {
  const source = new Source();
  source.function("make", "v", () => {
    const locals = type.fields.map((_, i) => `v${i}`);
    source.line(`let r; ${locals.map((local, i) => `const ${local} = v[${i}];`).join(" ")}`);
    structLiteral(source, "r", type.fields, locals);
    source.line("return r;");
  });
  return source.compile("make");
}

function absentValue(field: Field): () => unknown {
  if (field.optional) return () => undefined;
  if (field.defaultValue !== undefined) {
    const copy = compileCopy(field.type);
    return () => copy(field.defaultValue);
  }
  if (zero(field.type) !== undefined) return () => zero(field.type);
  const name = "name" in field.type ? field.type.name : field.type.kind;
  return () => {
    throw new Misfit("", name, undefined);
  };
}
