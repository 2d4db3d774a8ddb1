/*
 * Schemas of other kinds: reads contracts and types from files, and writes them as such. What the command line does, for tools.
 */

export { InputError } from "./input-error.ts";
export { namedType, typeNames } from "./named-types.ts";
export { chooseContract, type ReadOptions, readSchema } from "./read.ts";
export type { NamedType, SchemaFile } from "./schema-file.ts";
export { typescriptModule } from "./typescript/write.ts";
export { type SchemaFormat, schemaFormats, writeSchema } from "./write.ts";
