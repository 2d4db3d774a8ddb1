import { fits } from "../../core/type/explain.ts";
import type { EnumType, ScalarType } from "../../core/type/type.ts";
import { isWellFormed } from "../../core/well-formed.ts";
import { type Convert, shared } from "./conversion.ts";
import { Typed } from "./java.ts";
import { plainOf } from "./java-classes.ts";
import { misfit } from "./misfit.ts";
import { ObjectNode } from "./node.ts";

/** Makes a scalar from what Java may have in its place: any number that fits, a boxed, sql or java.time value. */
export function convertScalar(type: ScalarType | EnumType): Convert {
  if (type.kind === "enum") return convertEnum(type);
  const { kind } = type;
  const expected = kind === "decimal" ? 'decimal, a string like "12.50"' : kind;
  const slow: Convert = (node) => {
    const found = node instanceof ObjectNode ? plainOf(node) : node;
    const plain = found instanceof Typed ? found.value : found;
    const value = adapted(kind, plain);
    if (!fits(kind, value)) throw misfit(expected, plain === undefined ? node : plain);
    return kind === "float32" ? Math.fround(value as number) : value;
  };
  // A reference to what is costly to make, a long BigInteger for one, costs nothing more.
  return quick(kind, shared(type, slow));
}

/** The conversion with a way for what nearly every value is. */
function quick(kind: ScalarType["kind"], slow: Convert): Convert {
  switch (kind) {
    case "bool":
      return (node, made, depth) => (typeof node === "boolean" ? node : slow(node, made, depth));
    case "int32":
      return (node, made, depth) =>
        typeof node === "number" && (node | 0) === node ? node | 0 : slow(node, made, depth);
    case "int53":
      return (node, made, depth) => {
        const number = typeof node === "bigint" ? Number(node) : 0.5;
        return Number.isSafeInteger(number) ? number : slow(node, made, depth);
      };
    case "int64":
      return (node, made, depth) =>
        typeof node === "bigint" && BigInt.asIntN(64, node) === node ? node : slow(node, made, depth);
    case "float64":
      return (node, made, depth) => (typeof node === "number" ? node : slow(node, made, depth));
    case "string":
      return (node, made, depth) => (typeof node === "string" && isWellFormed(node) ? node : slow(node, made, depth));
    default:
      return slow;
  }
}

/** A number of one of Java's types as that of ours; what is none of them stays as it is, and does not fit. */
function adapted(kind: ScalarType["kind"], value: unknown): unknown {
  switch (kind) {
    case "int32":
    case "int53":
    case "float32":
    case "float64": {
      const number = typeof value === "bigint" ? Number(value) : value;
      if (typeof value === "bigint" && BigInt(number as number) !== value) return value;
      // An integer has no negative zero.
      return kind[0] === "i" && number === 0 ? 0 : number;
    }
    case "int64":
      return Number.isSafeInteger(value) ? BigInt(value as number) : value;
    case "decimal":
      return typeof value === "bigint" || Number.isSafeInteger(value) ? String(value) : value;
    case "timestamp":
      return typeof value === "string" && /T.*(Z|[+-]\d\d:\d\d)/.test(value)
        ? new Date(value.replace(/\[.*$/, ""))
        : value;
    default:
      return value;
  }
}

function convertEnum(type: EnumType): Convert {
  const members = new Set<unknown>(type.members);
  const expected = `one of ${type.members.join(", ")}`;
  return (node) => {
    const member = node instanceof ObjectNode ? node.get("name") : node;
    if (!members.has(member)) throw misfit(expected, member === undefined ? node : member);
    return member;
  };
}
