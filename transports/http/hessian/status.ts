import { type DeclaredDetail, exceptionOf, type Fault } from "../../../codecs/hessian2/index.ts";
import { type Code, codes } from "../../../core/code.ts";
import type { MethodDescriptor } from "../../../core/contract/contract.ts";
import { RpcError } from "../../../core/error.ts";
import { type JsonValue, jsonValue } from "../../../core/json-value.ts";
import type { Metadata } from "../../../core/metadata.ts";

/*
 * Errors, as Hessian's faults have them. Their codes are five words; a code of ours travels in the detail, which is a map then.
 * A declared error is an exception of its class, in the detail, too. Metadata are headers, and `retryable` is
 * `trunkline-retryable`.
 */

/** What of an error travels in the fault. */
export interface ErrorHead {
  readonly code: Code;
  readonly message: string;
  readonly details: JsonValue | undefined;
}

/** The words of Hessian's for what never reached a method. */
const words = new Map<Code, string>([
  ["UNIMPLEMENTED", "NoSuchMethodException"],
  ["INVALID_ARGUMENT", "ProtocolException"],
]);
const codeOfWord = new Map<string, Code>([
  ["NoSuchMethodException", "UNIMPLEMENTED"],
  ["NoSuchObjectException", "UNIMPLEMENTED"],
  ["ProtocolException", "INTERNAL"],
  ["RequireHeaderException", "FAILED_PRECONDITION"],
]);
const SERVICE = "ServiceException";

/** `reached`: a method was called, and what it threw is its own. */
export function faultOf({ code, message, details }: ErrorHead, reached: boolean): Fault {
  const word = (reached ? undefined : words.get(code)) ?? SERVICE;
  return { code: word, message, detail: details === undefined ? { code } : { code, details } };
}

/** A fault for an error that the method declares. */
export function declaredFault(
  error: RpcError,
  { message, details }: Pick<ErrorHead, "message" | "details">,
  method: MethodDescriptor,
): Fault | undefined {
  const type = method.throws.find(({ name }) => name === error.name);
  if (type === undefined) return undefined;
  const declared: DeclaredDetail = { type, fields: error as unknown as DeclaredDetail["fields"] };
  return { code: SERVICE, message, declared, details };
}

/** The error that a fault tells of. */
export function errorOf(
  { code: word, message, detail, declared, details }: Fault,
  { metadata, retryable }: { readonly metadata: Metadata; readonly retryable: boolean },
): RpcError {
  const options = { message, metadata, retryable };
  if (declared !== undefined) {
    return declared.type.create(declared.fields as Record<string, unknown>, { ...options, details: json(details) });
  }
  const ours = ownDetail(detail);
  if (ours !== undefined) return new RpcError({ ...options, code: ours.code, details: json(ours.details) });
  const code = codeOfWord.get(word);
  // Of Java's own server, which looks for the method before anything else.
  if (code !== undefined) return new RpcError({ ...options, code, retryable: retryable || code === "UNIMPLEMENTED" });
  const exception = exceptionOf(detail);
  if (exception === undefined) return new RpcError({ ...options, code: "UNKNOWN" });
  const told = exception.message === "" ? message : exception.message;
  return new RpcError({ ...options, code: "UNKNOWN", message: told, details: { exception: exception.name } });
}

function ownDetail(detail: unknown): { readonly code: Code; readonly details: unknown } | undefined {
  if (typeof detail !== "object" || detail === null || exceptionOf(detail) !== undefined) return undefined;
  const { code, details } = detail as Record<string, unknown>;
  return typeof code === "string" && Object.hasOwn(codes, code) ? { code: code as Code, details } : undefined;
}

/** Details that are no JSON stay behind: the code and the message still count. */
function json(details: unknown): JsonValue | undefined {
  try {
    return details === undefined ? undefined : jsonValue(details, "details");
  } catch {
    return undefined;
  }
}
