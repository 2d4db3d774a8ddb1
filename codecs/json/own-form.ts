import type { Output } from "../../core/bytes/output.ts";
import type { Write } from "../../core/compile/encoder.ts";
import { structCost } from "../../core/compile/memory.ts";
import { MISFIT, Misfit } from "../../core/compile/misfit.ts";
import { explain, type FormMisfit } from "../../core/type/explain.ts";
import type { PackedMessage, StructType } from "../../core/type/type.ts";
import { isOwnJson, NAMED, typeNameIn, type WellKnownJson, wellKnownJson } from "../../core/type/well-known-json.ts";
import { checkAny, isText, type Revive, tooDeep } from "./budget.ts";
import { writeJson } from "./string.ts";

/*
 * The messages of google.protobuf whose JSON is not an object of their fields. What they hold is read and written by functions
 * and not by code made for them: they are rare, and of Any nobody knows before what it holds.
 */

/** Writes a value at `position`, and makes room for `reserve` bytes more. */
export type Print = (out: Output, position: number, value: unknown, depth: number, reserve: number) => number;

interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** `undefined` for a struct that is an object of its fields. `writerOf` is asked for what an Any holds. */
export function ownPrinter(type: StructType, writerOf: (type: StructType) => Write): Print | undefined {
  const form = wellKnownJson(type);
  if (form !== undefined) return (...args) => printForm(type, form, args);
  const { packed } = type;
  if (packed === undefined) return undefined;
  return (out, position, value, depth, reserve) => {
    const { typeUrl, value: bytes } = checked(type, value, depth) as Any;
    const message = packed(typeNameIn(typeUrl));
    if (message === undefined) {
      if (typeUrl === "" && bytes.length === 0) return writeJson(out, position, "{}", reserve);
      throw MISFIT;
    }
    const inner = unpacked(message, bytes);
    const member = isOwnJson(message.type);
    const head = `{"@type":${JSON.stringify(typeUrl)}${member ? ',"value":' : ""}`;
    const from = writeJson(out, position, head, 1) - out.start;
    out.position = writerOf(message.type)(inner, out, from + out.start, depth - 1);
    const empty = out.position - out.start === from + 2;
    // An object goes on from the head: its first brace becomes the comma between them.
    if (member) out.ensure(1 + reserve);
    else out.buffer[from + out.start] = empty ? 125 : 44;
    if (member) out.buffer[out.position++] = 125;
    else if (empty) out.position--;
    out.ensure(reserve);
    return out.position;
  };
}

function printForm(
  type: StructType,
  form: WellKnownJson,
  [out, position, value, depth, reserve]: Parameters<Print>,
): number {
  const json = form.print(checked(type, value, depth) as never);
  if (json === undefined) throw MISFIT;
  return writeJson(out, position, JSON.stringify(json), reserve);
}

/** `refuse` finds again what does not fit. */
function checked(type: StructType, value: unknown, maxDepth: number): unknown {
  if (explain(type, value, { maxDepth }) !== undefined) throw MISFIT;
  return value;
}

function unpacked(message: PackedMessage, bytes: Uint8Array): unknown {
  try {
    return message.decode(bytes);
  } catch {
    throw MISFIT;
  }
}

/** The same, without a look into an Any. */
const outOfRange: FormMisfit = (type, value) => {
  const form = type.kind === "struct" ? wellKnownJson(type) : undefined;
  return form?.print(value as never) === undefined ? form?.range : undefined;
};

/** What JSON cannot say of a value that fits its type. */
export const formMisfit: FormMisfit = (type, value) => {
  if (type.kind !== "struct" || type.packed === undefined) return outOfRange(type, value);
  const { typeUrl, value: bytes } = value as Any;
  const message = type.packed(typeNameIn(typeUrl));
  if (message === undefined) return typeUrl === "" && bytes.length === 0 ? undefined : `${NAMED}, not ${typeUrl}`;
  try {
    const misfit = explain(message.type, message.decode(bytes), { formMisfit: outOfRange });
    return misfit && `a google.protobuf.Any whose ${message.type.name} JSON can say (${misfit.message})`;
  } catch {
    return `the bytes of a ${message.type.name}`;
  }
};

/** `undefined` for a struct that is an object of its fields. `reviverOf` is asked for what an Any holds. */
export function ownReviver(type: StructType, reviverOf: (type: StructType) => Revive): Revive | undefined {
  const form = wellKnownJson(type);
  if (form !== undefined) {
    const cost = structCost(type);
    return (json, budget, depth) => {
      checkAny(json, budget, depth, cost);
      const value = budget.brokenPairs && !isText(json) ? undefined : form.read(json);
      if (value === undefined) throw new Misfit("", form.expected, json);
      return value;
    };
  }
  const { packed } = type;
  if (packed === undefined) return undefined;
  return (json, budget, depth) => {
    if (depth < 0) throw tooDeep();
    const members = json as Readonly<Record<string, unknown>> | null;
    if (typeof members !== "object" || members === null || Array.isArray(members))
      throw new Misfit("", type.name, json);
    const typeUrl = members["@type"];
    if (typeUrl === undefined && Object.keys(members).length === 0) return { typeUrl: "", value: new Uint8Array() };
    if (typeof typeUrl !== "string") throw new Misfit("@type", "the name of a type", typeUrl);
    const message = packed(typeNameIn(typeUrl));
    if (message === undefined) throw new Misfit("@type", NAMED, typeUrl);
    const inner = isOwnJson(message.type) ? members["value"] : members;
    return { typeUrl, value: message.encode(reviverOf(message.type)(inner, budget, depth - 1)) };
  };
}
