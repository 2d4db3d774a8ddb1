import type { Code } from "../code.ts";
import { RpcError } from "../error.ts";
import { parseErrorHead } from "../error-head.ts";
import type { ErrorType } from "../type/type.ts";

/** A declared error as this side knows it, and its fields as they arrived, which may be unreadable. */
export interface ArrivedError {
  readonly type: ErrorType;
  fields(): unknown;
}

/** The error that a head of `printErrorHead` tells of; a declared one, found by its name, comes back as its class. */
export function readErrorHead(
  head: string,
  code: Code,
  declared: (name: string) => ArrivedError | undefined,
): RpcError {
  const { name, message = code, ...options } = parseErrorHead(head);
  const known = name === undefined ? undefined : declared(name);
  if (known) {
    try {
      return known.type.create(known.fields() as Record<string, unknown>, { ...options, message });
    } catch {
      // Fields that cannot be read, as from a peer of another version: the code and the message still arrive.
    }
  }
  return new RpcError({ ...options, message, code });
}
