import { mismatch, show } from "./explain.ts";
import type { RpcError } from "./error.ts";

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

/** Puts `outer` before the path of a misfit on its way out; anything else passes as it is. */
export function within(outer: string, thrown: unknown): unknown {
  if (thrown instanceof Misfit) thrown.path = thrown.path === "" || thrown.path[0] === "[" ? outer + thrown.path : `${outer}.${thrown.path}`;
  return thrown;
}

/** Makes what a decoder threw an `RpcError`. */
export function toError(thrown: unknown): unknown {
  return thrown instanceof Misfit ? thrown.toError() : thrown;
}

/** A map's key as a step of a path. */
export function keyStep(key: string): string {
  return `[${show(key)}]`;
}
