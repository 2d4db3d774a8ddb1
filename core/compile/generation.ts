import { closures } from "./closures/program.ts";

/**
 * A member of `globalThis` that is true where no code may be made from text although the runtime would let us: for pages
 * whose Content-Security-Policy reports the mere attempt.
 */
const NO_CODE_GENERATION = Symbol.for("trunkline.noCodeGeneration");

let allowed: boolean | undefined;

/** How many `withoutCode` are at work; each ends before its caller goes on. */
let forbidden = 0;

/** Runs what may compile types that came over a wire, of which no code may be made. */
export function withoutCode<T>(run: () => T): T {
  forbidden++;
  try {
    return run();
  } finally {
    forbidden--;
  }
}

/** Whether text may become code here. The runtime is asked once. */
export function generatesCode(): boolean {
  if (forbidden > 0) return false;
  if (Reflect.get(globalThis, NO_CODE_GENERATION) === true) return false;
  allowed ??= probe();
  return allowed;
}

function probe(): boolean {
  try {
    new Function("");
    return true;
  } catch {
    // An EvalError under a Content-Security-Policy, a SyntaxError where the runtime has no parser on board, and so on.
    return false;
  }
}

/** Runs a program, which sees the constants by their names: as code of the runtime, or where that is forbidden as closures. */
export function build(constants: ReadonlyMap<string, unknown>, code: string): unknown {
  if (!generatesCode()) return closures(constants, code);
  return new Function(...constants.keys(), code)(...constants.values());
}
