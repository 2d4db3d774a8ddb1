import { docsOf } from "../docs.ts";
import type { SchemaFile } from "../schema-file.ts";
import { Declarations } from "./declarations.ts";
import { lineComment } from "./doc-comment.ts";
import { Scope } from "./scope.ts";
import { declareTypes, serviceClass } from "./service-class.ts";

/**
 * A module of decorated classes, one for each contract, and of the types that they and the file declare. A contract
 * that is made of it has the same fingerprint. `origin` is a sentence for the head of the module.
 */
export function typescriptModule(file: SchemaFile, origin: string): string {
  const { contracts, types } = file;
  const all = [...contracts.values()];
  const scope = new Scope(packagesOf(file), docsOf(file));
  // Before the types, so that a type of the same name is called otherwise.
  const classNames = all.map(({ name }) => scope.className(name));
  const declarations = new Declarations(scope);
  for (const type of types) declarations.add(type);
  for (const contract of all) declareTypes(contract, declarations);
  const classes = all.map((contract, i) => serviceClass(contract, classNames[i] as string, scope));
  const { texts } = declarations;
  return `${[lineComment(origin), scope.importLines(), ...texts, ...classes].join("\n\n")}\n`;
}

/** Where the names of a file stand, and the services themselves, of whose methods some types are parts. */
function packagesOf({ contracts, types }: SchemaFile): Set<string> {
  const services = [...contracts.values()].map(({ name }) => name);
  const typeNames = new Set(types.map(({ name }) => name));
  const owners = [...services, ...typeNames].map((name) => name.slice(0, Math.max(name.lastIndexOf("."), 0)));
  return new Set([...services, ...owners].filter((owner) => owner !== "" && !typeNames.has(owner)));
}
