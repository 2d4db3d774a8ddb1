import { structMaker } from "../../core/compile/literal.ts";
import { absentCost, optionalCosts, scalarCost, structCost } from "../../core/compile/memory.ts";
import { within } from "../../core/compile/misfit.ts";
import type { Field } from "../../core/type/type.ts";
import type { Convert } from "./conversion.ts";
import type { FieldNames } from "./field-names.ts";
import { misfit } from "./misfit.ts";
import { MapNode, ObjectNode } from "./node.ts";

/** Makes a struct from an object of any class, or a map, that has its fields. */
export function structConverter(names: FieldNames, converts: readonly Convert[]): Convert {
  const { type } = names;
  const { fields } = type;
  const index = new Map(fields.map((field, i) => [field.name, i]));
  const nullable = fields.map((field) => field.type.kind === "any");
  const make = structMaker(type);
  // Text, bytes and the like are those of the nodes.
  const taken = fields.map((field) => (field.optional ? 0 : scalarCost(field.type)));
  const cost = taken.reduce((sum, one) => sum - one, structCost(type));
  const optional = optionalCosts(type);
  const costs = fields.map((field) => (optional.get(field) ?? scalarCost(field.type)) - scalarCost(field.type));
  const absentCosts = fields.map(absentCost);
  return (node, conversion, depth) => {
    conversion.charge(cost);
    const values: unknown[] = new Array(fields.length).fill(undefined);
    if (node instanceof ObjectNode) {
      const { shape } = node;
      if (shape.names !== names) names.lay(shape);
      // A subclass, or the same class under another name, has all that must be there.
      if (!shape.whole && !conversion.mayBe(type, shape.name)) throw misfit(type.name, node);
      for (let i = 0; i < shape.layout.length; i++) {
        const place = shape.layout[i] as number;
        if (place >= 0) values[place] = node.values[i];
      }
    } else if (node instanceof MapNode) {
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
          conversion.charge(absentCosts[i] as number);
          values[i] = undefined;
        } else {
          conversion.charge(costs[i] as number);
          values[i] = (converts[i] as Convert)(member, conversion, depth - 1);
        }
      }
    } catch (thrown) {
      throw within((fields[i] as Field).name, thrown);
    }
    return make(values);
  };
}
