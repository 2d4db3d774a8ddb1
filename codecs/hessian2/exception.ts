import { field, struct } from "../../core/contract/contract.ts";
import type { ErrorType, StructType, Type } from "../../core/type/type.ts";
import { javaClassOf } from "./java.ts";

const MESSAGE = "detailMessage";

/** The class of a declared error: Java's field for the message of any exception, then the fields of the error. */
export function exceptionType(error: ErrorType): StructType {
  const own = error.fields.filter((one) => one.name !== MESSAGE);
  const message = field(MESSAGE, own.reduce((most, one) => Math.max(most, one.number), 0) + 1, TEXT, true);
  return struct(error.name, [message, ...own]);
}

const TEXT = Object.freeze({ kind: "string" }) as Type;

/** The class and message of an exception that was read as an untyped value; `undefined` for any other value. */
export function exceptionOf(value: unknown): { readonly name: string; readonly message: string } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const name = javaClassOf(value);
  if (name === undefined || !Object.hasOwn(value, MESSAGE)) return undefined;
  const message = (value as { [MESSAGE]: unknown })[MESSAGE];
  return { name, message: typeof message === "string" ? message : "" };
}
