import { ENTRY, LIST, MAP, OBJECT, overMemory, SLOT, TEXT } from "../../core/compile/memory.ts";
import { RpcError } from "../../core/error.ts";
import { isWellFormed } from "../../core/well-formed.ts";

/** What is left of the memory of one message. */
export interface Budget {
  memory: number;
  /** Whether strings may hold half a surrogate pair. */
  readonly brokenPairs: boolean;
}

/** Makes a value of the reader's type of what JSON.parse returned; takes lists and maps over, never an unknown key. */
export type Revive = (json: unknown, budget: Budget, depth: number) => unknown;

/** False where text in a value of no type has half a surrogate pair. */
export function isText(value: unknown): boolean {
  if (typeof value === "string") return isWellFormed(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, one]) => isWellFormed(key) && isText(one));
}

/** Charges what JSON.parse made for a value of no type, and `cost` for each part of it, what is in them too. */
export function checkAny(value: unknown, budget: Budget, depth: number, cost = 0): unknown {
  budget.memory -= cost;
  if (typeof value === "string") budget.memory -= TEXT;
  if (typeof value !== "object" || value === null) return value;
  if (depth <= 0) throw tooDeep();
  const members = Array.isArray(value) ? value : Object.values(value);
  const { length } = members;
  budget.memory -= members === value ? LIST + length * SLOT : length === 0 ? OBJECT : MAP + length * ENTRY;
  if (budget.memory < 0) throw overMemory();
  for (const one of members) checkAny(one, budget, depth - 1, cost);
  return value;
}

export function tooDeep(): RpcError {
  return new RpcError({ code: "INVALID_ARGUMENT", message: "json: the message is nested deeper than maxDepth" });
}
