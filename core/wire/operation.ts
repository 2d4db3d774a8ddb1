import { callShape } from "../call-shape.ts";
import type { Codec, CompiledCodec } from "../codec.ts";
import { checkReadable } from "../compat.ts";
import { type CallbackDescriptor, type ContractDescriptor, type MethodDescriptor, struct } from "../contract.ts";
import type { ErrorType, StructType } from "../type.ts";
import type { ForeignContract } from "./foreign.ts";
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
  readonly descriptor: CallbackDescriptor;
  readonly request: CompiledCodec;
  readonly response: CompiledCodec;
}

interface Sides {
  readonly codec: Codec;
  readonly limits: WireLimits;
  /** The peer's contract where it differs from ours. */
  readonly foreign: ForeignContract | undefined;
  /** Whether this side calls: then it writes requests and reads responses. */
  readonly calls: boolean;
}

/** Compiles the operations of a contract; `undefined` where the peer does not have one. Throws where the two do not fit. */
export function compileOperations(contract: ContractDescriptor, sides: Sides): (WireOperation | undefined)[] {
  return contract.operations.map((method) => compileOperation(contract.name, method, sides));
}

function compileOperation(service: string, method: MethodDescriptor, sides: Sides): WireOperation | undefined {
  const path = `${service}.${method.name}`;
  const { foreign, calls } = sides;
  const toServer = calls ? "written" : "read";
  const toClient = calls ? "read" : "written";
  const theirs = foreign?.operation(method.name);
  if (foreign !== undefined && (theirs === undefined || callShape(theirs) !== callShape(method))) return undefined;
  const errors = method.throws.map((type) => {
    const mine = struct(type.name, type.fields);
    return [
      type.name,
      { type, codec: pair(toClient, `${path}: ${type.name}`, mine, foreign?.named(type.name) ?? mine, sides) },
    ] as const;
  });
  return {
    service,
    method,
    request: pair(toServer, `${path}: request`, method.request, theirs?.request ?? method.request, sides),
    response: pair(toClient, `${path}: response`, method.response, theirs?.response ?? method.response, sides),
    upstream:
      method.upstream &&
      pair(toServer, `${path}: stream`, method.upstream.type, theirs?.upstream ?? method.upstream.type, sides),
    callbacks: method.callbacks.map((descriptor) => ({
      descriptor,
      request: pair(
        toClient,
        `${path}.${descriptor.name}`,
        descriptor.request,
        foreign?.named(descriptor.request.name) ?? descriptor.request,
        sides,
      ),
      response: pair(
        toServer,
        `${path}.${descriptor.name}`,
        descriptor.response,
        foreign?.named(descriptor.response.name) ?? descriptor.response,
        sides,
      ),
    })),
    errors: new Map(errors),
  };
}

/** A message that only we write, or only we read; where the peer has another version of it, it is matched by name. */
function pair(
  direction: "written" | "read",
  path: string,
  mine: StructType,
  theirs: StructType,
  sides: Sides,
): CompiledCodec {
  const { codec, limits } = sides;
  const own = codec.compile(mine, mine, { limits });
  if (mine === theirs) return own;
  if (direction === "written") {
    checkReadable(mine, theirs, path);
    return own;
  }
  checkReadable(theirs, mine, path);
  return codec.compile(theirs, mine, { limits, foreign: true });
}
