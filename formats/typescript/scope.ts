import { TypeIds } from "../../core/contract/type-ids.ts";
import type { NamedType } from "../schema-file.ts";
import { docComment } from "./doc-comment.ts";
import { identifiersOf, reservedWords } from "./identifiers.ts";

/** Names that stand for types alone. */
const TYPES = new Set(["AnyType", "Infer", "Topic"]);
/** What comes from the codec. */
const PROTOBUF = new Set(["AnyType", "anyOf"]);

/** The names of one module: what it imports, what its types and classes are called, and what is said of them. */
export class Scope {
  readonly #packages: ReadonlySet<string>;
  readonly #ids: TypeIds;
  readonly #imports = new Set<string>();
  readonly #docs: ReadonlyMap<string, string>;

  /** `packages`: those that names leave out. */
  constructor(packages: ReadonlySet<string>, docs: ReadonlyMap<string, string> = new Map()) {
    this.#packages = packages;
    this.#docs = docs;
    this.#ids = new TypeIds((type) => identifiersOf(type.name, packages), reservedWords);
  }

  of(type: NamedType): string {
    return this.#ids.of(type);
  }

  /** The name of a class, which nothing else in the module has. */
  className(service: string): string {
    return this.#ids.reserve(identifiersOf(service, this.#packages));
  }

  /** What stands above the declaration of a type, a field, a service or a method of that whole name. */
  comment(...name: readonly string[]): string {
    return docComment(this.#docs.get(name.join(".")));
  }

  /** A name of the package, which the module then imports. */
  use(name: string): string {
    this.#imports.add(name);
    return name;
  }

  importLines(): string {
    const from = (module: string, of: (name: string) => boolean): string[] => {
      const names = [...this.#imports].filter(of).sort((a, b) => a.localeCompare(b, "en"));
      const listed = names.map((name) => (TYPES.has(name) ? `type ${name}` : name)).join(", ");
      return names.length === 0 ? [] : [`import { ${listed} } from "${module}";`];
    };
    return [
      ...from("trunkline", (name) => !PROTOBUF.has(name)),
      ...from("trunkline/codecs/protobuf", (name) => PROTOBUF.has(name)),
    ].join("\n");
  }
}
