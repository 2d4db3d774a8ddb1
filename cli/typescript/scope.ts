import type { NamedType } from "../schema-file.ts";
import { TypeIds } from "../type-ids.ts";
import { identifiersOf, reservedWords } from "./identifiers.ts";

/** The names of one module: what it imports, and what its types and classes are called. */
export class Scope {
  readonly #packages: ReadonlySet<string>;
  readonly #ids: TypeIds;
  readonly #imports = new Set<string>();

  /** `packages`: those that names leave out. */
  constructor(packages: ReadonlySet<string>) {
    this.#packages = packages;
    this.#ids = new TypeIds((type) => identifiersOf(type.name, packages), reservedWords);
  }

  of(type: NamedType): string {
    return this.#ids.of(type);
  }

  /** The name of a class, which nothing else in the module has. */
  className(service: string): string {
    return this.#ids.reserve(identifiersOf(service, this.#packages));
  }

  /** A name of the package, which the module then imports. */
  use(name: string): string {
    this.#imports.add(name);
    return name;
  }

  importLine(): string {
    const types = new Set(["Infer", "Topic"]);
    const names = [...this.#imports].sort((a, b) => a.localeCompare(b, "en"));
    return `import { ${names.map((name) => (types.has(name) ? `type ${name}` : name)).join(", ")} } from "trunkline";`;
  }
}
