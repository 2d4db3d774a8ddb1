import { errorTerms } from "../../core/contract/type-ids.ts";
import type { EnumType, ErrorType, Field, StructType, Type, UnionType } from "../../core/type/type.ts";
import type { NamedType } from "../schema-file.ts";
import { encodingLiteral, fieldExpression } from "./expression.ts";
import { declaration, list, parentheses } from "./layout.ts";
import { quote } from "./literal.ts";
import type { Scope } from "./scope.ts";

/** The types of a module, each above what uses it; where types go round in a circle, a getter closes it. */
export class Declarations {
  readonly #texts: (() => string)[] = [];
  /** The messages declared so far, which a google.protobuf.Any may hold. */
  readonly #structs: string[] = [];
  readonly #scope: Scope;
  readonly #state = new Map<string, "open" | "done">();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  get texts(): string[] {
    return this.#texts.map((text) => text());
  }

  /** Declares a type and all that it contains. */
  add(type: Type | ErrorType): void {
    if (type.kind === "list") return this.add(type.item);
    if (type.kind === "map") return this.add(type.value);
    if (!("name" in type)) return;
    const id = this.#scope.of(type);
    if (this.#state.has(id)) return;
    this.#state.set(id, "open");
    if (type.kind !== "enum") {
      for (const field of [...type.fields, ...transientOf(type)]) this.add(field.type);
    }
    const comment = this.#scope.comment(type.name);
    if (isAny(type)) this.#texts.push(() => comment + this.#any(id));
    else {
      const text = comment + this.#declaration(id, type);
      this.#texts.push(() => text);
      if (type.kind === "struct") this.#structs.push(id);
    }
    this.#state.set(id, "done");
  }

  #declaration(id: string, type: NamedType): string {
    const t = this.#scope.use("t");
    if (type.kind === "error") {
      return declaration(
        `export const ${id} = ${t}.error`,
        JSON.stringify(type.name),
        this.#fields(type),
        errorOptions(type),
      );
    }
    const alias = `export type ${id} = ${this.#scope.use("Infer")}<typeof ${id}>;`;
    if (type.encoding === undefined) return `${this.#made(`export const ${id} = `, type)}\n${alias}`;
    const parts = [this.#made("", type).slice(0, -1), encodingLiteral(type.encoding)];
    return `${parentheses(`export const ${id} = ${t}.encoded`, parts, ";")}\n${alias}`;
  }

  /** With all messages of the module: any of them may be in it. */
  #any(id: string): string {
    const [AnyType, anyOf] = [this.#scope.use("AnyType"), this.#scope.use("anyOf")];
    const made = list(`export const ${id}: ${AnyType} = ${anyOf}(() => `, this.#structs, ");");
    return `${made}\nexport type ${id} = ${this.#scope.use("Infer")}<typeof ${id}>;`;
  }

  #made(head: string, type: Exclude<NamedType, ErrorType>): string {
    const name = JSON.stringify(type.name);
    if (type.kind === "enum") return enumDeclaration(`${head}t.enums`, name, type);
    const version = type.kind === "struct" ? type.version : undefined;
    const options = version === undefined ? "" : `{ version: ${quote(version)} }`;
    return declaration(`${head}t.${type.kind}`, name, this.#fields(type), options);
  }

  #fields(type: StructType | UnionType | ErrorType): string[] {
    return [
      ...type.fields.map((field, i) => this.#field(type, field, fieldExpression(field, i + 1, this.#scope))),
      ...transientOf(type).map((field) =>
        this.#field(type, field, `${this.#scope.use("t")}.transient(${fieldExpression(field, 0, this.#scope)})`),
      ),
    ];
  }

  #field(owner: NamedType, { name, type }: Field, expression: string): string {
    const comment = this.#scope.comment(owner.name, name);
    if (!this.#closesCircle(type)) return `${comment}${name}: ${expression}`;
    return `${comment}get ${name}() {\n  return ${expression};\n}`;
  }

  /** True where the type of a field stands below the field. */
  #closesCircle(type: Type): boolean {
    if (type.kind === "list") return this.#closesCircle(type.item);
    if (type.kind === "map") return this.#closesCircle(type.value);
    return "name" in type && this.#state.get(this.#scope.of(type)) === "open";
  }
}

/** The message of Protobuf that holds any other. */
function isAny(type: NamedType): boolean {
  if (type.kind !== "struct" || type.name !== "google.protobuf.Any") return false;
  return type.fields.map(({ name }) => name).join() === "typeUrl,value";
}

function transientOf(type: StructType | UnionType | ErrorType): readonly Field[] {
  return (type.kind === "struct" && type.transient) || [];
}

function enumDeclaration(head: string, name: string, { members, numbers }: EnumType): string {
  const words = members.map((member, i) =>
    numbers === undefined ? JSON.stringify(member) : `${member}: ${numbers[i]}`,
  );
  return numbers === undefined ? list(`${head}(${name}, `, words, ");") : declaration(head, name, words, "");
}

/** The options of `t.error` where they are not what it takes by itself. */
function errorOptions(type: ErrorType): string {
  const { code, message } = errorTerms(type);
  const options = [
    ...(code === "FAILED_PRECONDITION" ? [] : [`code: ${quote(code)}`]),
    ...(message === type.name ? [] : [`message: ${quote(message)}`]),
  ];
  return options.length === 0 ? "" : `{ ${options.join(", ")} }`;
}
