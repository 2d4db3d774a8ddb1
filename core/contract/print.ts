import { Memo } from "../memo.ts";
import type { Encodable, EnumType, ErrorType, Field, StructType, Type, UnionType } from "../type/type.ts";
import type { ContractDescriptor, MethodDescriptor } from "./contract.ts";

/** A contract that has no fingerprint yet. */
export type Described = Omit<ContractDescriptor, "fingerprint">;

/**
 * A contract's canonical text, the same whatever process or version printed it: what two peers exchange
 * when their fingerprints differ. Named types stand once, so that recursion ends.
 */
export interface PrintedContract {
  readonly name: string;
  readonly version: string;
  readonly operations: readonly PrintedOperation[];
  readonly types: Readonly<Record<string, PrintedNamed>>;
}
export interface PrintedOperation {
  readonly name: string;
  readonly kind: string;
  readonly request: string;
  readonly response: string;
  readonly upstream?: string;
  /** The names of the parameters that are callbacks, where there are any. */
  readonly callbacks?: readonly string[];
  readonly throws: readonly string[];
  readonly untyped: boolean;
}
export interface PrintedNamed {
  readonly kind: "struct" | "union" | "error" | "enum";
  readonly fields?: readonly PrintedField[];
  readonly members?: readonly string[];
  /** The members' numbers, where they are not their places. */
  readonly numbers?: readonly number[];
  readonly version?: string;
  /** As in a type's word: `avro=union`. */
  readonly encoding?: string;
}
export interface PrintedField {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly optional: boolean;
  /** Present where the field has a default. */
  readonly hasDefault: boolean;
  readonly encoding?: string;
}

const texts = new Memo<Described, string>();

/** The contract as JSON: large ones take milliseconds, and every peer of another version asks. */
export function contractText(contract: Described): string {
  return texts.of(contract, () => JSON.stringify(printContract(contract)));
}

export function printContract(contract: Described): PrintedContract {
  const printer = new Printer();
  const operations = contract.operations.map((method) => printer.operation(method));
  const twice = printer.ambiguous();
  if (twice !== undefined) {
    throw new TypeError(`service ${contract.name}: two types that differ are called ${twice}; name one differently`);
  }
  return { name: contract.name, version: contract.version, operations, types: printer.types };
}

/** Prints types as words: `int32`, `list<shop.Item>`, `int32{protobuf=sint32}`; what is named stands in `types`. */
export class Printer {
  readonly types: Record<string, PrintedNamed> = Object.create(null);
  readonly #printed = new Set<object>();
  /** Of a name that stands in `types` already: to be compared when all is printed. */
  readonly #again: [name: string, printed: PrintedNamed][] = [];

  operation(method: MethodDescriptor): PrintedOperation {
    for (const callback of method.callbacks) {
      this.type(callback.request);
      this.type(callback.response);
    }
    for (const error of method.throws) this.#named(error);
    const printed = {
      name: method.name,
      kind: method.kind,
      request: this.type(method.request),
      response: this.type(method.response),
      throws: method.throws.map((error) => error.name),
      untyped: method.untyped,
      ...(method.callbacks.length === 0 ? {} : { callbacks: method.callbacks.map((callback) => callback.name) }),
    };
    return method.upstream === undefined ? printed : { ...printed, upstream: this.type(method.upstream.type) };
  }

  type(type: Type): string {
    switch (type.kind) {
      case "list":
        return `list<${this.type(type.item)}>`;
      case "map":
        return `map<${this.type(type.value)}>${word(type)}`;
      case "enum":
      case "struct":
      case "union":
        return this.#named(type);
      default:
        return type.kind + word(type);
    }
  }

  /** The name that two types share although they differ: a peer would be told of one of them alone. */
  ambiguous(): string | undefined {
    return this.#again.find(([name, printed]) => JSON.stringify(printed) !== JSON.stringify(this.types[name]))?.[0];
  }

  #named(type: EnumType | StructType | UnionType | ErrorType): string {
    const { name } = type;
    if (this.#printed.has(type)) return name;
    this.#printed.add(type);
    const fields: PrintedField[] = [];
    const printed = type.kind === "enum" ? printEnum(type) : { kind: type.kind, fields, ...marks(type) };
    // Before its fields, so that recursion finds it.
    if (this.types[name] === undefined) this.types[name] = printed;
    else this.#again.push([name, printed]);
    if (type.kind !== "enum") for (const field of type.fields) fields.push(this.#field(field));
    return name;
  }

  #field(field: Field): PrintedField {
    return {
      name: field.name,
      number: field.number,
      type: this.type(field.type),
      optional: field.optional,
      hasDefault: field.defaultValue !== undefined,
      ...encodingOf(field),
    };
  }
}

function printEnum(type: EnumType): PrintedNamed {
  const { members, numbers } = type;
  return { kind: "enum", members, ...(numbers === undefined ? {} : { numbers }), ...encodingOf(type) };
}

function marks(type: StructType | UnionType | ErrorType): Pick<PrintedNamed, "version" | "encoding"> {
  if (type.kind === "error") return {};
  const version = type.kind === "struct" ? type.version : undefined;
  return { ...(version === undefined ? {} : { version }), ...encodingOf(type) };
}

function word(type: Encodable): string {
  const { encoding } = encodingOf(type);
  return encoding === undefined ? "" : `{${encoding}}`;
}

function encodingOf({ encoding = {} }: Encodable): { readonly encoding?: string } {
  const words = Object.keys(encoding).map((codec) => `${codec}=${encoding[codec]}`);
  return words.length === 0 ? {} : { encoding: words.sort().join() };
}
