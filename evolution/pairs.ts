import {
  type CallbackDescriptor,
  type ContractDescriptor,
  type MessageShape,
  type MethodDescriptor,
  struct,
} from "../core/contract/contract.ts";
import type { ErrorType, StructType, Type } from "../core/type/type.ts";
import type { Named, NamedTypes } from "./linked.ts";
import { shapeOf } from "./spelling.ts";

/** Two versions of a named type, and where it stands. */
export interface Pair {
  readonly old: Named;
  readonly new: Named;
  /** Its name, or for the message of a method's parameters the method. */
  readonly path: string;
  /** True where it is a message itself. */
  root: boolean;
  /** True where it stands within a message. */
  nested: boolean;
}

/** Finds the types of two contracts that belong together, by where they stand. */
export class Pairs {
  readonly #found = new Map<Named, Map<Named, Pair>>();

  get all(): Pair[] {
    return [...this.#found.values()].flatMap((byNew) => [...byNew.values()]);
  }

  /** Two versions of a message; one without a name of its own is called `path`. */
  message(old: StructType, next: StructType, path: string): void {
    this.#named(old, next, path).root = true;
  }

  /** Two versions of a type that stands for itself. */
  type(old: Named, next: Named): void {
    const pair = this.#named(old, next, old.name);
    if (old.kind === "struct") pair.root = true;
    else pair.nested = true;
  }

  #named(old: Named, next: Named, path: string): Pair {
    const byNew = this.#found.get(old) ?? new Map<Named, Pair>();
    this.#found.set(old, byNew);
    const known = byNew.get(next);
    if (known !== undefined) return known;
    const pair: Pair = { old, new: next, path, root: false, nested: false };
    byNew.set(next, pair);
    if (old.kind === "enum" || next.kind === "enum") return pair;
    for (const field of old.fields) {
      const other = next.fields.find((one) => one.name === field.name);
      if (other !== undefined) this.#within(field.type, other.type);
    }
    return pair;
  }

  #within(old: Type, next: Type): void {
    if (shapeOf(old) !== shapeOf(next)) return;
    if (old.kind === "list" || old.kind === "map") {
      const inner = (type: Type): Type => (type.kind === "list" ? type.item : type.kind === "map" ? type.value : type);
      this.#within(inner(old), inner(next));
    } else if ("name" in old) this.#named(old, next as Named, old.name).nested = true;
  }
}

/** The messages that an operation's two versions have in common, each with the path of its parts. */
export function messagesOf(
  service: string,
  old: MethodDescriptor,
  next: MethodDescriptor,
): { readonly old: StructType; readonly new: StructType; readonly path: string; readonly reshaped?: string }[] {
  const path = `${service}.${old.topic ?? old.name}`;
  const message = (a: MessageShape, b: MessageShape, name: string, part: string) => ({
    old: a.type,
    new: b.type,
    path: a.bare && old.topic === undefined ? a.type.name : part,
    // A struct that is the message itself has no field that the other version could be.
    ...(a.bare === b.bare ? {} : { reshaped: `${name} was ${said(a.type, a.bare)}, is ${said(b.type, b.bare)}` }),
  });
  const found = [
    message(requestOf(old), requestOf(next), "the request", path),
    message(responseOf(old), responseOf(next), "the result", path),
  ];
  if (old.upstream !== undefined && next.upstream !== undefined) {
    const part = `${path}.${old.params[old.streamParam]?.name}`;
    found.push(message(old.upstream, next.upstream, "an item", part));
  }
  for (const callback of old.callbacks) {
    const other = next.callbacks.find((one) => one.name === callback.name);
    if (other === undefined) continue;
    const part = `${path}.${callback.name}`;
    found.push(
      message(requestOf(callback), requestOf(other), "its request", part),
      message(responseOf(callback), responseOf(other), "its result", part),
    );
  }
  for (const error of old.throws) {
    const other = next.throws.find((one) => one.name === error.name);
    if (other === undefined) continue;
    found.push(message(messageOf(error), messageOf(other), "", path));
  }
  return found;
}

function said(type: StructType, bare: boolean): string {
  if (bare) return type.name;
  const fields = type.fields.map((field) => field.name).join(", ");
  return fields === "" ? "empty" : `a message { ${fields} }`;
}

/** Every named type of a contract, by name. */
export function namedTypes(contract: ContractDescriptor): NamedTypes {
  return namedIn(
    contract.operations.flatMap((method) => [
      method.request,
      method.response,
      ...(method.upstream === undefined ? [] : [method.upstream.type]),
      ...method.callbacks.flatMap(({ request, response }) => [request, response]),
      ...method.throws.map((error) => struct(error.name, error.fields)),
    ]),
  );
}

/** These and all named types within them. */
export function namedIn(types: readonly Type[]): NamedTypes {
  const all = new Set<Named>();
  for (const type of types) collect(type, all);
  return { all, byName: new Map([...all].map((type) => [type.name, type])) };
}

function collect(type: Type, all: Set<Named>): void {
  if (type.kind === "list") collect(type.item, all);
  else if (type.kind === "map") collect(type.value, all);
  else if ("name" in type && !all.has(type)) {
    all.add(type);
    if (type.kind !== "enum") for (const field of type.fields) collect(field.type, all);
  }
}

type Messages = Pick<CallbackDescriptor, "request" | "bareRequest" | "response" | "bareResponse">;

function requestOf({ request, bareRequest }: Messages): MessageShape {
  return { type: request, bare: bareRequest };
}

function responseOf({ response, bareResponse }: Messages): MessageShape {
  return { type: response, bare: bareResponse };
}

function messageOf({ name, fields }: ErrorType): MessageShape {
  return { type: struct(name, fields), bare: true };
}
