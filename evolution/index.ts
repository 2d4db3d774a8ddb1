/*
 * What becomes of values between two versions of a contract or of a type, for each codec, found by writing and reading them.
 */

export { compareContracts, compareTypes, worstFor } from "./compare.ts";
export type { Named } from "./linked.ts";
export type { Change, ChangeKind, Finding, Outcome, Verdict, Verdicts } from "./outcome.ts";
