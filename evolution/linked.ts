import { struct } from "../core/contract/contract.ts";
import type { EnumType, Field, StructType, Type, UnionType } from "../core/type/type.ts";

export type Named = StructType | UnionType | EnumType;

/** The named types of one version of a contract. */
export interface NamedTypes {
  readonly all: ReadonlySet<Named>;
  readonly byName: ReadonlyMap<string, Named>;
}

/**
 * Copies types of which one is edited: `edited` stands in place of both versions of it, within itself too, and a type of
 * the other version gives way to the one of `side` with its name, so that two versions never meet in one message.
 */
export function linker(edited: Named, versions: readonly Named[], side: NamedTypes): (type: Type) => Type {
  const made = new Map<Type, Type>();
  const link = (type: Type): Type => {
    switch (type.kind) {
      case "list":
        return Object.freeze({ ...type, item: link(type.item) });
      case "map":
        return Object.freeze({ ...type, value: link(type.value) });
      case "struct":
      case "union":
      case "enum": {
        const own = side.all.has(type) ? type : side.byName.get(type.name);
        const node = type === edited || versions.includes(type) ? edited : own?.kind === type.kind ? own : type;
        let copy = made.get(node);
        if (copy === undefined) {
          copy = node.kind === "enum" ? node : linkedRecord(node, link);
          made.set(node, copy);
        }
        return copy;
      }
      default:
        return type;
    }
  };
  return link;
}

function linkedRecord(node: StructType | UnionType, link: (type: Type) => Type): Type {
  let fields: readonly Field[] | undefined;
  return like(node, {
    // On first use, so that a type may contain itself.
    fields: {
      get: () => {
        fields ??= Object.freeze(node.fields.map((field) => Object.freeze({ ...field, type: link(field.type) })));
        return fields;
      },
      enumerable: true,
    },
  });
}

/** A copy of a record with other fields. */
export function withFields<T extends StructType | UnionType>(node: T, fields: readonly Field[]): T {
  return like(node, { fields: { value: Object.freeze(fields), enumerable: true } });
}

/** A copy of a type with other members. */
export function like<T extends Type>(type: T, members: PropertyDescriptorMap): T {
  return Object.freeze(Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(type), ...members })) as T;
}

/** A copy of a type with one member that is another. */
export function withMember<T extends Type>(type: T, name: string, value: unknown): T {
  return like(type, { [name]: { value, enumerable: true } });
}

function plainField(name: string, number: number, type: Type): Field {
  return Object.freeze({ name, number, type, optional: false, defaultValue: undefined });
}

/** A message around a type: what stands before and after it shows whether a reader finds its end. */
export function around(type: Type): StructType {
  return struct("trunkline.Around", [
    plainField("before", 1, Object.freeze({ kind: "int32" }) as Type),
    plainField("value", 2, type),
    plainField("several", 3, Object.freeze({ kind: "list", item: type }) as Type),
    plainField("after", 4, Object.freeze({ kind: "string" }) as Type),
  ]);
}
