import type { ContractDescriptor } from "../core/contract/contract.ts";
import type { NamedType } from "../core/contract/type-word.ts";

export type { NamedType };

/** What a module or a schema file declares. */
export interface SchemaFile {
  /** By the name one asks for after `#`: a module's export, a schema file's service. */
  readonly contracts: ReadonlyMap<string, ContractDescriptor>;
  /** The named types declared there, whether or not a contract uses them. */
  readonly types: readonly NamedType[];
  /** What is said of them in words, by name: `shop.Order`, its field `shop.Order.id`, a method `shop.Orders.place`. */
  readonly docs?: ReadonlyMap<string, string>;
}

/** From where paths and packages are found. */
export interface Folder {
  readonly cwd: string;
}
