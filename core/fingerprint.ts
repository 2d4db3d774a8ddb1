import type { ContractDescriptor, MethodDescriptor } from "./contract.ts";
import type { Encodable, Field, Type } from "./type.ts";

type Described = Omit<ContractDescriptor, "fingerprint">;

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

export function printContract(contract: Described): PrintedContract {
  const types: Record<string, PrintedNamed> = Object.create(null);
  const operations = contract.operations.map((method) => printOperation(method, types));
  return { name: contract.name, version: contract.version, operations, types };
}

function printOperation(method: MethodDescriptor, types: Record<string, PrintedNamed>): PrintedOperation {
  for (const callback of method.callbacks) {
    printType(callback.request, types);
    printType(callback.response, types);
  }
  for (const error of method.throws) {
    types[error.name] ??= { kind: "error", fields: error.fields.map((field) => printField(field, types)) };
  }
  const printed = {
    name: method.name,
    kind: method.kind,
    request: printType(method.request, types),
    response: printType(method.response, types),
    throws: method.throws.map((error) => error.name),
    untyped: method.untyped,
    ...(method.callbacks.length === 0 ? {} : { callbacks: method.callbacks.map((callback) => callback.name) }),
  };
  return method.upstream === undefined ? printed : { ...printed, upstream: printType(method.upstream.type, types) };
}

/** A type as a word: `int32`, `list<shop.Item>`, `int32{protobuf=sint32}`; what is named is added to `types`. */
export function printType(type: Type, types: Record<string, PrintedNamed>): string {
  switch (type.kind) {
    case "list":
      return `list<${printType(type.item, types)}>`;
    case "map":
      return `map<${printType(type.value, types)}>${printEncoding(type)}`;
    case "enum":
      types[type.name] ??= {
        kind: "enum",
        members: type.members,
        ...(type.numbers === undefined ? {} : { numbers: type.numbers }),
        ...encodingOf(type),
      };
      return type.name;
    case "struct":
    case "union": {
      if (types[type.name] === undefined) {
        const fields: PrintedField[] = [];
        const version = type.kind === "struct" ? type.version : undefined;
        types[type.name] = {
          kind: type.kind,
          fields,
          ...(version === undefined ? {} : { version }),
          ...encodingOf(type),
        };
        for (const field of type.fields) fields.push(printField(field, types));
      }
      return type.name;
    }
    default:
      return type.kind + printEncoding(type);
  }
}

function printEncoding(type: Encodable): string {
  const { encoding } = encodingOf(type);
  return encoding === undefined ? "" : `{${encoding}}`;
}

function encodingOf({ encoding = {} }: Encodable): { readonly encoding?: string } {
  const words = Object.keys(encoding).map((codec) => `${codec}=${encoding[codec]}`);
  return words.length === 0 ? {} : { encoding: words.sort().join() };
}

function printField(field: Field, types: Record<string, PrintedNamed>): PrintedField {
  return {
    name: field.name,
    number: field.number,
    type: printType(field.type, types),
    optional: field.optional,
    hasDefault: field.defaultValue !== undefined,
    ...encodingOf(field),
  };
}

/** Not a defence: a peer that lies about its fingerprint only garbles its own calls. */
export function fingerprint(contract: Described): string {
  const text = JSON.stringify(printContract(contract));
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0");
}
