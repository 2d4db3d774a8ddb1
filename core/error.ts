import type { Code } from "./code.ts";
import { type JsonValue, jsonValue } from "./json-value.ts";
import { createMetadata, emptyMetadata, type Metadata, type MetadataInput } from "./metadata.ts";

/** Two copies of the package in one process recognise each other's errors by this brand. */
const BRAND = Symbol.for("trunkline.RpcError");

export interface RpcErrorOptions {
  readonly code: Code;
  readonly message: string;
  /** Travels to the other side. Keys and values as in `Metadata`. */
  readonly metadata?: MetadataInput;
  /**
   * Structured facts about the error; travels to the other side. What JSON carries, at most 32 deep and 32,768 characters;
   * an error declared by `t.error` has typed fields for anything else.
   */
  readonly details?: JsonValue | undefined;
  /** Stays on the side that made it, like the stack. */
  readonly cause?: unknown;
  /** True where the call was certainly not executed, so that sending it again is safe. Default `false`. */
  readonly retryable?: boolean;
}

/** What a declared error may be given besides its fields; the code is its own. */
export type DeclaredErrorOptions = Partial<Omit<RpcErrorOptions, "code">>;

/** The one error of this framework: a code, a message that says what to do, and what travels with them. */
export class RpcError extends Error {
  readonly code: Code;
  readonly metadata: Metadata;
  /** A frozen copy of what was given. */
  readonly details: JsonValue | undefined;
  readonly retryable: boolean;

  /** Throws a `TypeError` for metadata or details that cannot travel, so that the mistake shows where it was made. */
  constructor(options: RpcErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "RpcError";
    this.code = options.code;
    this.metadata = options.metadata === undefined ? emptyMetadata : createMetadata(options.metadata);
    this.details = options.details === undefined ? undefined : jsonValue(options.details, "details");
    this.retryable = options.retryable ?? false;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** What `JSON.stringify` and loggers take: also the fields of a declared error, bigints as text; no cause, no stack. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, metadata, details, retryable } = this;
    return { ...fieldsOf(this), name, code, message, metadata, details, retryable };
  }

  static is(value: unknown): value is RpcError {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  /**
   * Anything thrown, as an `RpcError`. What is not one already becomes `UNKNOWN` with a message of our
   * own: the text of an unexpected error may hold secrets and stays here, as the `cause`.
   */
  static from(thrown: unknown, message = "the handler failed; its error is in the log of the server"): RpcError {
    return RpcError.is(thrown) ? thrown : new RpcError({ code: "UNKNOWN", message, cause: thrown });
  }
}

function fieldsOf(error: RpcError): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(error)) {
    if (name === "cause" || name === "stack") continue;
    try {
      const text = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner));
      if (text !== undefined) fields[name] = JSON.parse(text);
    } catch {
      // What a subclass holds and JSON cannot say.
    }
  }
  return fields;
}

/** The words of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
