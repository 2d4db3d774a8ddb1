import type { Callable } from "../call-shape.ts";
import { field, struct } from "../contract.ts";
import { RpcError } from "../error.ts";
import type { PrintedContract, PrintedField, PrintedNamed } from "../print.ts";
import type { Encodable, Field, StructType, Type } from "../type.ts";

const scalars = new Set([
  "bool",
  "int32",
  "int53",
  "int64",
  "decimal",
  "float32",
  "float64",
  "string",
  "bytes",
  "timestamp",
  "any",
]);
/** A peer's contract of more types or fields than this is refused before anything is built from it. */
const MAX_TYPES = 10_000;
const MAX_FIELDS = 100_000;
const MAX_TYPE_NAME = 1000;

interface ForeignOperation extends Callable {
  readonly request: StructType;
  readonly response: StructType;
  readonly upstream: StructType | undefined;
}

/** The types of a peer's contract, rebuilt from its printed form. Values of them never become code. */
export class ForeignContract {
  readonly #printed: PrintedContract;
  readonly #named = new Map<string, Type>();

  constructor(printed: unknown) {
    this.#printed = checkPrinted(printed);
  }

  /** How an operation is called, and its types; `undefined` if the peer has none of that name. */
  operation(name: string): ForeignOperation | undefined {
    const found = this.#printed.operations.find((one) => one.name === name);
    if (found === undefined) return undefined;
    return {
      kind: found.kind,
      untyped: found.untyped === true,
      callbacks: (found.callbacks ?? []).map((callback) => ({ name: callback })),
      request: this.#struct(found.request),
      response: this.#struct(found.response),
      upstream: found.upstream === undefined ? undefined : this.#struct(found.upstream),
    };
  }

  /** A struct or error of that name; `undefined` if the peer has none. */
  named(name: string): StructType | undefined {
    const printed = Object.hasOwn(this.#printed.types, name) ? this.#printed.types[name] : undefined;
    if (printed?.kind === "error")
      return struct(
        name,
        (printed.fields ?? []).map((one) => this.#field(one)),
      );
    return printed?.kind === "struct" ? this.#struct(name) : undefined;
  }

  #struct(name: string): StructType {
    const type = this.#type(name);
    if (type.kind !== "struct") throw malformed(`${name} is not a struct`);
    return type;
  }

  #type(text: string): Type {
    if (scalars.has(text)) return Object.freeze({ kind: text }) as Type;
    const encoded = /^(.*)\{([^{}]+)\}$/.exec(text);
    if (encoded) {
      const plain = this.#type(encoded[1] as string);
      // A named type has its forms where it is described; copied here, one that contains itself would have no end.
      if ("name" in plain) throw malformed(`${encoded[1]} cannot have a form of its own here`);
      return Object.freeze({ ...plain, ...encodingOf(encoded[2]) }) as Type;
    }
    const inner = /^(list|map)<(.*)>$/.exec(text);
    if (inner) {
      const element = this.#type(inner[2] as string);
      return Object.freeze(
        inner[1] === "list" ? { kind: "list", item: element } : { kind: "map", value: element },
      ) as Type;
    }
    return this.#namedType(text);
  }

  #namedType(name: string): Type {
    const known = this.#named.get(name);
    if (known) return known;
    const printed = Object.hasOwn(this.#printed.types, name) ? this.#printed.types[name] : undefined;
    if (printed === undefined) throw malformed(`type ${name} is not described`);
    if (printed.kind === "enum")
      return Object.freeze({
        kind: "enum",
        name,
        members: printed.members ?? [],
        numbers: printed.numbers,
        ...encodingOf(printed.encoding),
      }) as Type;
    let fields: readonly Field[] | undefined;
    const type = Object.freeze({
      kind: printed.kind,
      name,
      version: printed.version,
      ...encodingOf(printed.encoding),
      // On first use, so that recursion finds the type already known.
      get fields() {
        fields ??= Object.freeze((printed.fields ?? []).map((one) => self.#field(one)));
        return fields;
      },
    }) as unknown as Type;
    const self = this;
    this.#named.set(name, type);
    return type;
  }

  #field(printed: PrintedField): Field {
    const plain = field(printed.name, printed.number, this.#type(printed.type), printed.optional);
    // Which default a field has is its reader's business; that it has one is the writer's too.
    const defaultValue = printed.hasDefault === true ? null : undefined;
    return Object.freeze({ ...plain, defaultValue, ...encodingOf(printed.encoding) });
  }
}

function malformed(what: string): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `the peer's description of its contract is malformed: ${what}`,
  });
}

/** `avro=union,protobuf=…` as it stands in a type. */
function encodingOf(printed: string | undefined): Encodable {
  if (printed === undefined) return {};
  return { encoding: Object.freeze(Object.fromEntries(printed.split(",").map(words))) };
}

function words(pair: string): [codec: string, form: string] {
  const [codec = "", form = ""] = pair.split("=");
  return [codec, form];
}

function isEncoding({ encoding }: { readonly encoding?: unknown }): boolean {
  return encoding === undefined || isTypeName(encoding);
}

/** Long ones are refused, because a nesting like `list<list<…` costs its length at every level. */
function isTypeName(type: unknown): boolean {
  return typeof type === "string" && type.length < MAX_TYPE_NAME;
}

function isNumbering({ numbers, members }: PrintedNamed): boolean {
  if (numbers === undefined) return true;
  return Array.isArray(numbers) && numbers.length === members?.length && numbers.every((one) => (one | 0) === one);
}

function checkPrinted(value: unknown): PrintedContract {
  const printed = value as PrintedContract;
  if (typeof printed?.types !== "object" || printed.types === null || !Array.isArray(printed.operations)) {
    throw malformed("expected types and operations");
  }
  const types = Object.values(printed.types);
  let fields = 0;
  for (const type of types) {
    if (!["struct", "union", "error", "enum"].includes(type?.kind))
      throw malformed(`unknown kind ${String(type?.kind)}`);
    for (const member of type.members ?? [])
      if (typeof member !== "string") throw malformed("an enum member is not text");
    if (!isNumbering(type)) throw malformed("an enum does not have a number for each member");
    if (type.version !== undefined && typeof type.version !== "string") throw malformed("a version is not text");
    if (!isEncoding(type)) throw malformed("an encoding is not text");
    for (const one of type.fields ?? []) {
      const wellFormed =
        typeof one?.name === "string" && Number.isInteger(one.number) && isTypeName(one.type) && isEncoding(one);
      if (!wellFormed) throw malformed("a field lacks name, number or type");
    }
    fields += type.fields?.length ?? type.members?.length ?? 0;
  }
  if (types.length > MAX_TYPES || fields > MAX_FIELDS) throw malformed("it is too large");
  for (const one of printed.operations) {
    const types = [one?.request, one?.response, ...(one?.upstream === undefined ? [] : [one.upstream])];
    if (typeof one?.name !== "string" || !types.every(isTypeName)) {
      throw malformed("an operation lacks name, request or response");
    }
    const callbacks: unknown = one.callbacks ?? [];
    if (!Array.isArray(callbacks) || !callbacks.every(isTypeName))
      throw malformed("the name of a callback is not text");
  }
  return printed;
}
