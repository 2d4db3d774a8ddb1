import { Output } from "../../core/bytes/output.ts";
import { packer, packFields, packResult, unpacker, unpackFields, unpackResult } from "../../core/call/arguments.ts";
import type { Origin } from "../../core/call/incoming.ts";
import type { Place } from "../../core/call/place.ts";
import type { Codec } from "../../core/codec.ts";
import { compileCopy } from "../../core/compile/copy.ts";
import type { Peer } from "../../core/context.ts";
import { callShape } from "../../core/contract/call-shape.ts";
import {
  type CallbackDescriptor,
  type ContractDescriptor,
  type MethodDescriptor,
  struct,
} from "../../core/contract/contract.ts";
import { RpcError } from "../../core/error.ts";
import type { ServedOperation, ServerHost } from "../../core/transport.ts";
import { checkReadable } from "../../core/type/compat.ts";
import type { StructType } from "../../core/type/type.ts";
import type { ErrorCrossing } from "./error.ts";

/** Takes a value of the one side and gives the other side its own; throws where it does not fit. */
export type Crossing = (value: unknown) => unknown;

/** An operation between this client and this server, decided when the contract was agreed on. */
export interface MemoryOperation {
  readonly served: ServedOperation;
  readonly origin: Origin;
  /** As the client knows it. */
  readonly place: Place;
  readonly oneway: boolean;
  /** A unary method without callbacks or streams, which needs nothing beyond its arguments. */
  readonly plain: boolean;
  /** Where the stream stands among the client's arguments and among the handler's; `undefined` where there is none. */
  readonly stream: Places | undefined;
  readonly request: (args: readonly unknown[]) => unknown[];
  readonly response: Crossing;
  readonly upstream: Crossing;
  readonly callbacks: readonly MemoryCallback[];
  /** By the name of the declared error. */
  readonly errors: ReadonlyMap<string, ErrorCrossing>;
}

/** A place among the arguments; the two differ where the two sides declare the parameters in another order. */
export interface Places {
  readonly from: number;
  readonly to: number;
}

export interface MemoryCallback extends Places {
  readonly bareResponse: boolean;
  readonly name: string;
  readonly request: (args: readonly unknown[]) => unknown[];
  readonly response: Crossing;
}

/** Agrees on a contract; `undefined` where the server has no such operation. Throws where the two do not fit. */
export function agree(
  contract: ContractDescriptor,
  codec: Codec,
  { host, peer }: { readonly host: ServerHost; readonly peer: Peer },
  isolate: boolean,
): readonly (MemoryOperation | undefined)[] {
  const service = host.find(contract.name, contract);
  if (RpcError.is(service)) throw service;
  const same = service.contract.fingerprint === contract.fingerprint;
  /** Peers of different versions meet as they would on a wire: what one writes the other reads by its own types. */
  const cross = (path: string, from: StructType, to: StructType): Crossing => {
    if (same && !isolate) return identity;
    // Of two declarations with one fingerprint, defaults and transient fields may still differ.
    if (same && from === to) return compileCopy(from);
    checkReadable(from, to, path);
    return byCodec(codec, from, to);
  };
  return contract.operations.map((mine, i) => {
    const index = same ? i : service.contract.operations.findIndex((one) => one.name === mine.name);
    const served = service.operations[index];
    if (served === undefined || callShape(served.method) !== callShape(mine)) return undefined;
    const theirs = served.method;
    const path = `${contract.name}.${mine.name}`;
    return {
      served,
      origin: { service: service.contract.name, method: theirs.name, instance: host.instance, peer },
      place: { service: contract.name, method: mine },
      oneway: mine.kind === "oneway",
      plain: mine.kind === "unary" && mine.streamParam < 0 && mine.callbacks.length === 0,
      stream: mine.streamParam < 0 ? undefined : { from: mine.streamParam, to: theirs.streamParam },
      request: crossArguments(mine, theirs, cross(`${path}: request`, mine.request, theirs.request), isolate && same),
      response: crossResult(theirs, mine, cross(`${path}: response`, theirs.response, mine.response)),
      upstream:
        mine.upstream === undefined || theirs.upstream === undefined
          ? identity
          : crossItem(
              mine.upstream.bare,
              theirs.upstream.bare,
              cross(`${path}: stream`, mine.upstream.type, theirs.upstream.type),
            ),
      callbacks: mine.callbacks.flatMap((one) => {
        const other = theirs.callbacks.find(({ name }) => name === one.name);
        return other === undefined
          ? []
          : [crossCallback(one, other, (from, to) => cross(`${path}.${one.name}`, from, to))];
      }),
      errors: new Map(
        mine.throws.flatMap((type) => {
          const other = theirs.throws.find(({ name }) => name === type.name);
          if (other === undefined) return [];
          const read = struct(type.name, type.fields);
          const copy = cross(`${path}: ${type.name}`, other === type ? read : struct(type.name, other.fields), read);
          return [[type.name, { type, copy }] as const];
        }),
      ),
    };
  });
}

const identity: Crossing = (value) => value;

function byCodec(codec: Codec, from: StructType, to: StructType): Crossing {
  const writing = codec.compile(from, from);
  const reading = codec.compile(from, to);
  return (value) => {
    const out = new Output();
    out.begin(Number.POSITIVE_INFINITY);
    writing.encodeInto(value, out);
    return reading.decode(out.buffer, 0, out.position);
  };
}

function crossArguments(
  mine: MethodDescriptor,
  theirs: MethodDescriptor,
  copy: Crossing,
  copies: boolean,
): MemoryOperation["request"] {
  if (mine.bareRequest && theirs.bareRequest) return (args) => [copy(args[0])];
  // Callbacks travel as numbers on a wire; here their places are filled in with something of that type.
  const positions = mine.callbacks.map(({ position }) => position);
  if (!copies && positions.length === 0 && copy === identity) return (args) => [...args];
  const pack = packer(mine);
  const unpack = unpacker(theirs);
  if (positions.length === 0) return (args) => unpack(copy(pack(args)));
  return (args) => {
    const numbered = [...args];
    for (const position of positions) numbered[position] = 0;
    return unpack(copy(pack(numbered)));
  };
}

function crossResult(theirs: MethodDescriptor, mine: MethodDescriptor, copy: Crossing): Crossing {
  if (theirs.bareResponse && mine.bareResponse) return copy;
  const pack = packResult(theirs.bareResponse, theirs.response.fields.length === 0);
  const unpack = unpackResult(mine.bareResponse);
  return (value) => unpack(copy(pack(value)));
}

function crossItem(from: boolean, to: boolean, copy: Crossing): Crossing {
  if (from && to) return copy;
  const pack = packResult(from, false);
  const unpack = unpackResult(to);
  return (value) => unpack(copy(pack(value)));
}

function crossCallback(
  mine: CallbackDescriptor,
  theirs: CallbackDescriptor,
  cross: (from: StructType, to: StructType) => Crossing,
): MemoryCallback {
  const names = (one: CallbackDescriptor): string[] =>
    one.bareRequest ? ["bare"] : one.request.fields.map((field) => field.name);
  const pack = packFields(theirs.bareRequest, names(theirs));
  const unpack = unpackFields(mine.bareRequest, names(mine));
  const request = cross(theirs.request, mine.request);
  const response = cross(mine.response, theirs.response);
  const packReply = packResult(mine.bareResponse, mine.response.fields.length === 0);
  const unpackReply = unpackResult(theirs.bareResponse);
  return {
    name: mine.name,
    bareResponse: mine.bareResponse,
    from: mine.position,
    to: theirs.position,
    request: (args) => unpack(request(pack(args))),
    response: (value) => unpackReply(response(packReply(value))),
  };
}
