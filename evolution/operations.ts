import { callShape } from "../core/contract/call-shape.ts";
import type { ContractDescriptor, MethodDescriptor } from "../core/contract/contract.ts";
import type { HttpBinding } from "../core/contract/http-rule.ts";
import { sameMajor } from "../core/registry.ts";
import { type ChangeKind, type Finding, OK, type Verdicts } from "./outcome.ts";

/** A difference that no codec has a say in. */
export interface OperationChange {
  readonly path: string;
  readonly kind: ChangeKind;
  readonly what: string;
  readonly verdicts: Verdicts;
}

const REFUSED: Finding = Object.freeze({ outcome: "refused" });
const both = (negotiated: Finding, stored: Finding): Verdicts => ({
  negotiated: { toOld: negotiated, toNew: negotiated },
  stored: { toOld: stored, toNew: stored },
});
/** Peers refuse one another; bytes do not know. */
const peersRefuse = both(REFUSED, OK);
const fine = both(OK, OK);
/** Old callers do not find it. */
const gone: Verdicts = { negotiated: { toOld: OK, toNew: REFUSED }, stored: { toOld: OK, toNew: REFUSED } };

/** Old callers by HTTP do not find it. */
const goneByHttp: Verdicts = { negotiated: { toOld: OK, toNew: OK }, stored: { toOld: OK, toNew: REFUSED } };

/** How the two services and their operations differ, the types of their messages apart. */
export function operationChanges(old: ContractDescriptor, next: ContractDescriptor): OperationChange[] {
  const changes: OperationChange[] = [];
  const add = (path: string, kind: ChangeKind, what: string, verdicts: Verdicts): void => {
    changes.push({ path, kind, what, verdicts });
  };
  if (old.name !== next.name) add(old.name, "service", `service renamed to ${next.name}`, both(REFUSED, REFUSED));
  if (!sameMajor(old.version, next.version))
    add(old.name, "version", `major version ${old.version} → ${next.version}`, peersRefuse);
  if (old.group !== next.group) add(old.name, "group", `group "${old.group}" → "${next.group}"`, peersRefuse);
  const names = (contract: ContractDescriptor): Map<string, string> =>
    new Map(contract.operations.map((one) => [one.topic ?? one.name, one.topic === undefined ? "method" : "topic"]));
  const [before, after] = [names(old), names(next)];
  for (const [name, noun] of before)
    if (after.get(name) !== noun) add(`${old.name}.${name}`, "operation removed", `${noun} removed`, gone);
  for (const [name, noun] of after)
    if (before.get(name) !== noun) add(`${old.name}.${name}`, "operation added", `${noun} added`, fine);
  for (const method of old.methods) {
    const other = next.methods.find((one) => one.name === method.name);
    if (other !== undefined) methodChanges(`${old.name}.${method.name}`, method, other, add);
  }
  return changes;
}

type Add = (path: string, kind: ChangeKind, what: string, verdicts: Verdicts) => void;

/** What callers by HTTP find changed; to Trunkline's peers it means nothing. */
function httpChanges(path: string, old: MethodDescriptor, next: MethodDescriptor, add: Add): void {
  if (old.noSideEffects && !next.noSideEffects) add(path, "http", "no longer to be asked by GET", goneByHttp);
  if (!old.noSideEffects && next.noSideEffects) add(path, "http", "now to be asked by GET", fine);
  const [before, after] = [old, next].map(({ http }) => http.map(bindingWords)) as [string[], string[]];
  for (const words of before) if (!after.includes(words)) add(path, "http", `no longer at ${words}`, goneByHttp);
  for (const words of after) if (!before.includes(words)) add(path, "http", `now at ${words}`, fine);
}

function bindingWords({ verb, path, body, responseBody }: HttpBinding): string {
  const answer = responseBody === undefined ? "" : `, whose answer is ${responseBody}`;
  return `${verb} ${path.text}${body === undefined ? "" : ` with ${body} as its body`}${answer}`;
}

function methodChanges(path: string, old: MethodDescriptor, next: MethodDescriptor, add: Add): void {
  const [was, is] = [callShape(old), callShape(next)];
  if (was !== is) add(path, "operation reshaped", `${was} → ${is}`, both(REFUSED, REFUSED));
  for (const { name } of old.throws)
    if (!next.throws.some((one) => one.name === name)) add(path, "throws", `no longer throws ${name}`, fine);
  for (const { name } of next.throws)
    if (!old.throws.some((one) => one.name === name)) add(path, "throws", `throws ${name} too`, fine);
  if (old.idempotent !== next.idempotent)
    add(path, "idempotent", next.idempotent ? "now idempotent" : "no longer idempotent", fine);
  httpChanges(path, old, next, add);
}
