import type { MethodDescriptor } from "../../../core/contract/contract.ts";
import type { Type } from "../../../core/type/type.ts";

/*
 * A Java interface may have several methods of one name. Caucho's client, once overloading is enabled, then calls them by the
 * name and the classes of their parameters (`place_Order_long`), and its server knows each also by their number (`place__2`). A
 * contract has a method for each overload, by any of these names.
 */

/** The methods of one service, found as Java calls them. */
export class MethodNames {
  readonly #methods: readonly MethodDescriptor[];
  readonly #byName = new Map<string, MethodDescriptor>();

  constructor(methods: readonly MethodDescriptor[]) {
    this.#methods = methods;
    for (const method of methods) this.#byName.set(method.name, method);
    for (const method of methods) {
      for (const name of [`${method.name}__${method.params.length}`, mangledName(method)]) {
        if (!this.#byName.has(name)) this.#byName.set(name, method);
      }
    }
  }

  /** `count`: how many arguments were sent. */
  find(name: string, count: number): MethodDescriptor | undefined {
    const named = this.#byName.get(`${name}__${count}`) ?? this.#byName.get(name);
    if (named !== undefined && takes(named, count)) return named;
    return this.#overload(name, count) ?? named;
  }

  /** Declared as an overload and called without, or the other way round, where only one can be meant. */
  #overload(name: string, count: number): MethodDescriptor | undefined {
    const fitting = this.#methods.filter((method) => takes(method, count));
    const [declared, another] = fitting.filter((method) => method.name.startsWith(`${name}_`));
    if (declared !== undefined) return another === undefined ? declared : undefined;
    const called = fitting.filter((method) => name.startsWith(`${baseName(method)}_`));
    const longest = Math.max(...called.map((method) => baseName(method).length));
    return called.find((method) => baseName(method).length === longest);
  }
}

/** `place` of `place__2`. */
function baseName({ name }: MethodDescriptor): string {
  return name.replace(/__\d+$/, "");
}

function takes({ untyped, params }: MethodDescriptor, count: number): boolean {
  return untyped || params.length === count;
}

/** `place_Order_long`, as `AbstractSkeleton.mangleName` of Caucho's makes it. */
function mangledName({ name, params }: MethodDescriptor): string {
  return [name, ...params.map(({ type }) => mangledType(type as Type))].join("_");
}

function mangledType(type: Type | { readonly kind: string }): string {
  switch (type.kind) {
    case "bool":
      return "boolean";
    case "int32":
      return "int";
    case "int53":
    case "int64":
      return "long";
    case "float32":
    case "float64":
      return "double";
    case "string":
      return "string";
    case "timestamp":
      return "date";
    case "bytes":
      return "binary";
    case "decimal":
      return "BigDecimal";
    case "list":
      return "List";
    case "map":
      return "Map";
    case "struct":
    case "union":
    case "enum": {
      const { name } = type as { readonly name: string };
      return name.slice(name.lastIndexOf(".") + 1);
    }
    default:
      return "Object";
  }
}
