import type { Codec, CompiledCodec } from "../codec.ts";
import { checkReadable } from "../compat.ts";
import { type CallbackDescriptor, type ContractDescriptor, type MethodDescriptor, struct } from "../contract.ts";
import type { ErrorType, StructType } from "../type.ts";
import type { ForeignContract } from "./foreign.ts";
import type { WireLimits } from "./limits.ts";

/** What codes one operation on one connection, decided when the contract was agreed on. */
export interface WireOperation {
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
}

/** Compiles the operations of a contract; `undefined` where the peer does not have one. Throws where the two do not fit. */
export function compileOperations(contract: ContractDescriptor, sides: Sides): (WireOperation | undefined)[] {
  return contract.operations.map((method) => compileOperation(`${contract.name}.${method.name}`, method, sides));
}

function compileOperation(path: string, method: MethodDescriptor, sides: Sides): WireOperation | undefined {
  const { foreign } = sides;
  const theirs = foreign?.operation(method.name);
  if (foreign !== undefined && theirs?.kind !== method.kind) return undefined;
  const errors = method.throws.map((type) => {
    const mine = struct(type.name, type.fields);
    return [
      type.name,
      { type, codec: pair(`${path}: ${type.name}`, mine, foreign?.named(type.name) ?? mine, sides) },
    ] as const;
  });
  return {
    method,
    request: pair(`${path}: request`, method.request, theirs?.request ?? method.request, sides),
    response: pair(`${path}: response`, method.response, theirs?.response ?? method.response, sides),
    upstream:
      method.upstream && pair(`${path}: stream`, method.upstream.type, theirs?.upstream ?? method.upstream.type, sides),
    callbacks: method.callbacks.map((descriptor) => ({
      descriptor,
      request: pair(
        `${path}.${descriptor.name}`,
        descriptor.request,
        foreign?.named(descriptor.request.name) ?? descriptor.request,
        sides,
      ),
      response: pair(
        `${path}.${descriptor.name}`,
        descriptor.response,
        foreign?.named(descriptor.response.name) ?? descriptor.response,
        sides,
      ),
    })),
    errors: new Map(errors),
  };
}

/** Writes by our type and reads what the peer wrote by its own. */
function pair(path: string, mine: StructType, theirs: StructType, { codec, limits }: Sides): CompiledCodec {
  if (mine === theirs) return codec.compile(mine, mine, { limits });
  checkReadable(theirs, mine, path);
  checkReadable(mine, theirs, path);
  const writing = codec.compile(mine, mine, { limits });
  const reading = codec.compile(theirs, mine, { limits, foreign: true });
  return {
    encodeInto: (value, out) => writing.encodeInto(value, out),
    decode: (bytes, start, end) => reading.decode(bytes, start, end),
  };
}
