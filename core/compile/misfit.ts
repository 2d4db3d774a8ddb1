import { RpcError } from "../error.ts";
import { show } from "../show.ts";
import { explain, type FormMisfit, mismatch } from "../type/explain.ts";
import type { Type } from "../type/type.ts";
import { isOverMemory } from "./memory.ts";

/** Thrown by compiled checks at a value that does not fit; `refuse` says where and why. */
export const MISFIT: unknown = Object.freeze({ misfit: true });

/** The error for a value that an encoder refused by throwing `thrown`. */
export function refuse(
  type: Type,
  value: unknown,
  thrown: unknown,
  maxDepth: number,
  formMisfit?: FormMisfit,
): unknown {
  if (RpcError.is(thrown)) return thrown;
  const error = explain(type, value, { maxDepth, formMisfit });
  if (error !== undefined || thrown !== MISFIT) return error ?? thrown;
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: "the value nests deeper than maxDepth, or changed while it was read",
  });
}

/** Bytes that decode to something that does not fit; it learns its path while it passes outwards. */
export class Misfit {
  path: string;
  readonly expected: string;
  readonly value: unknown;

  constructor(path: string, expected: string, value: unknown) {
    this.path = path;
    this.expected = expected;
    this.value = value;
  }

  toError(): RpcError {
    return mismatch(this.path, this.expected, this.value);
  }
}

/**
 * Whether a compiled reader that threw this leaves the message to the exact one: because of what it does not know, or of what
 * is wrong. Anything else is a fault of the reader, and must be seen: read again, the message would only take longer.
 */
export function isLeft(thrown: unknown): boolean {
  return thrown === MISFIT || thrown instanceof Misfit || (RpcError.is(thrown) && !isOverMemory(thrown));
}

/** Puts `outer` before the path of a misfit on its way out; anything else passes as it is. */
export function within(outer: string, thrown: unknown): unknown {
  if (thrown instanceof Misfit && outer !== "") {
    thrown.path = thrown.path === "" || thrown.path[0] === "[" ? outer + thrown.path : `${outer}.${thrown.path}`;
  }
  return thrown;
}

/** A map's key as a step of a path. */
export function keyStep(key: string): string {
  return `[${show(key)}]`;
}
