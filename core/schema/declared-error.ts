import { type Code, codes } from "../code.ts";
import { type DeclaredErrorOptions, RpcError } from "../error.ts";
import { checkQualifiedName } from "../name.ts";
import { lazyCarried } from "../type/fields.ts";
import type { ErrorType, InferFields, InferInputFields } from "../type/type.ts";

export interface ErrorOptions {
  /** @default "FAILED_PRECONDITION" */
  readonly code?: Code;
  /** @default the name of the error */
  readonly message?: string;
}

/** The class that `t.error` makes. */
export interface ErrorClass<F> {
  new (fields: InferInputFields<F>, options?: DeclaredErrorOptions): RpcError & InferFields<F>;
  readonly type: ErrorType;
}

export function errorClass(name: string, fields: Readonly<Record<string, unknown>>, options: ErrorOptions): unknown {
  checkQualifiedName("t.error", name);
  const code = options.code ?? "FAILED_PRECONDITION";
  if (!Object.hasOwn(codes, code)) throw new TypeError(`t.error ${name}: ${code} is not a code; see docs/errors.md`);
  const resolve = lazyCarried(name, fields);
  for (const field of Object.keys(fields)) {
    if (
      field in RpcError.prototype ||
      ["code", "message", "metadata", "details", "retryable", "cause", "name", "stack"].includes(field)
    ) {
      throw new TypeError(`t.error ${name}: ${field} is a member of every error; name the field differently`);
    }
  }
  const type: ErrorType = Object.freeze({
    kind: "error",
    name,
    get fields() {
      return resolve();
    },
    create: (values: Record<string, unknown>, given: DeclaredErrorOptions) => new Declared(values, given),
  });
  class Declared extends RpcError {
    static readonly type = type;
    constructor(values: Record<string, unknown>, given: DeclaredErrorOptions = {}) {
      super({ ...given, code, message: given.message ?? options.message ?? name });
      this.name = name;
      for (const field of resolve()) {
        const given = values?.[field.name];
        // Who throws finds what was left out just as who catches; a new one each time.
        const value = given === undefined ? structuredClone(field.defaultValue) : given;
        Object.defineProperty(this, field.name, { value, enumerable: true });
      }
    }
  }
  return Declared;
}
