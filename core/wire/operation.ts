import type { CallbackPlace } from "../call/callback.ts";
import type { Codec, CompiledCodec } from "../codec.ts";
import { callShape } from "../contract/call-shape.ts";
import {
  type CallbackDescriptor,
  type ContractDescriptor,
  type MethodDescriptor,
  struct,
} from "../contract/contract.ts";
import type { ContractLimits } from "../contract/limits.ts";
import { tooLarge } from "../contract/malformed.ts";
import type { Described } from "../contract/print-contract.ts";
import { Memo } from "../memo.ts";
import { Comparison } from "../type/compat.ts";
import type { ErrorType, StructType } from "../type/type.ts";
import type { WireLimits } from "./limits.ts";

/** What codes one operation on one connection, decided when the contract was agreed on. */
export interface WireOperation {
  readonly service: string;
  readonly method: MethodDescriptor;
  readonly request: CompiledCodec;
  readonly response: CompiledCodec;
  readonly upstream: CompiledCodec | undefined;
  readonly callbacks: readonly WireCallback[];
  /** By the name of the declared error. */
  readonly errors: ReadonlyMap<string, { readonly type: ErrorType; readonly codec: CompiledCodec }>;
}

export interface WireCallback {
  readonly place: CallbackPlace;
  readonly descriptor: CallbackDescriptor;
  readonly request: CompiledCodec;
  readonly response: CompiledCodec;
}

interface Sides {
  readonly codec: Codec;
  readonly limits: WireLimits;
  /** The peer's contract where it differs from ours. */
  readonly foreign: Described | undefined;
  /** Whether this side calls: then it writes requests and reads responses. */
  readonly calls: boolean;
}

interface Agreeing extends Sides {
  /** The peer's operations by their names, where its contract differs from ours. */
  readonly theirs: ReadonlyMap<string, MethodDescriptor> | undefined;
  readonly comparison: Comparison;
}

/** How often a contract's fields may be compared, as a multiple of how many it may have: types meet in both directions. */
const COMPARISONS = 8;

/** Compiles the operations of a contract; `undefined` where the peer does not have one. Throws where the two do not fit. */
export function compileOperations(contract: ContractDescriptor, sides: Sides): (WireOperation | undefined)[] {
  const theirs = sides.foreign && new Map(sides.foreign.operations.map((method) => [method.name, method]));
  const agreeing = { ...sides, theirs, comparison: new Comparison(comparisons(sides.limits)) };
  return contract.operations.map((method) => compileOperation(contract.name, method, agreeing));
}

/** A peer may make few types meet in many pairs: two rings of types of different lengths meet in all of them. */
function comparisons({ maxContractFields }: ContractLimits): (fields: number, path: string) => void {
  let left = COMPARISONS * maxContractFields;
  return (fields, path) => {
    left -= fields;
    const what = `${COMPARISONS} times as many fields were compared with this side's, up to ${path.slice(0, 200)}`;
    if (left < 0) throw tooLarge("maxContractFields", maxContractFields, what);
  };
}

/** The fields of an error, as a message; one for each error, so that codecs know it again. */
const messages = new Memo<ErrorType, StructType>();

function messageOf(type: ErrorType): StructType {
  return messages.of(type, () => struct(type.name, type.fields));
}

function compileOperation(service: string, method: MethodDescriptor, sides: Agreeing): WireOperation | undefined {
  const path = `${service}.${method.name}`;
  const { calls } = sides;
  const toServer = calls ? "written" : "read";
  const toClient = calls ? "read" : "written";
  const theirs = sides.theirs?.get(method.name);
  if (sides.theirs !== undefined && (theirs === undefined || callShape(theirs) !== callShape(method))) return undefined;
  const errors = method.throws.map((type) => {
    const other = theirs?.throws.find(({ name }) => name === type.name) ?? type;
    const codec = pair(toClient, `${path}: ${type.name}`, messageOf(type), messageOf(other), sides);
    return [type.name, { type, codec }] as const;
  });
  return {
    service,
    method,
    request: pair(toServer, `${path}: request`, method.request, theirs?.request ?? method.request, sides),
    response: pair(toClient, `${path}: response`, method.response, theirs?.response ?? method.response, sides),
    upstream:
      method.upstream &&
      pair(toServer, `${path}: stream`, method.upstream.type, theirs?.upstream?.type ?? method.upstream.type, sides),
    callbacks: method.callbacks.map((descriptor) => {
      const { name, request, response } = descriptor;
      const other = theirs?.callbacks.find((one) => one.name === name) ?? descriptor;
      return {
        place: { service, method: method.name, callback: name },
        descriptor,
        request: pair(toClient, `${path}.${name}`, request, other.request, sides),
        response: pair(toServer, `${path}.${name}`, response, other.response, sides),
      };
    }),
    errors: new Map(errors),
  };
}

/** A message that only we write, or only we read; where the peer has another version of it, it is matched by name. */
function pair(
  direction: "written" | "read",
  path: string,
  mine: StructType,
  theirs: StructType,
  sides: Agreeing,
): CompiledCodec {
  const { codec, limits, comparison } = sides;
  const own = codec.compile(mine, mine, { limits });
  if (mine === theirs) return own;
  if (direction === "written") {
    comparison.check(mine, theirs, path);
    return own;
  }
  comparison.check(theirs, mine, path);
  return codec.compile(theirs, mine, { limits, foreign: true });
}
