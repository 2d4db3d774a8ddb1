import { packer, packFields, packResult, unpacker, unpackFields, unpackResult } from "../../core/call/arguments.ts";
import type { CallbackPlace } from "../../core/call/callback.ts";
import type { Place } from "../../core/call/place.ts";
import { type MethodDescriptor, struct } from "../../core/contract/contract.ts";
import type { StructType } from "../../core/type/type.ts";
import type { Crossing, MemoryCallback, ValueCrossing } from "./crossing.ts";

/** Hands the value over as it is. */
export const asItIs: Crossing = (value) => value;

/** Between two sides with the same types, each message by what `copyOf` makes of its type. */
export function copiedOperation(place: Place, copyOf: (type: StructType) => Crossing): ValueCrossing {
  const { method } = place;
  const { response, bareResponse, upstream } = method;
  return {
    request: copiedArguments(method, copyOf(method.request)),
    result: copiedValue(bareResponse, copyOf(response), packResult(bareResponse, response.fields.length === 0)),
    item:
      upstream === undefined
        ? asItIs
        : copiedValue(upstream.bare, copyOf(upstream.type), packResult(upstream.bare, false)),
    callbacks: method.callbacks.map((callback): MemoryCallback => {
      const { name, position, bareRequest, request, bareResponse: bare, response: answer } = callback;
      const names = request.fields.map((field) => field.name);
      const [pack, unpack, copy] = [packFields(bareRequest, names), unpackFields(bareRequest, names), copyOf(request)];
      const where: CallbackPlace = { service: place.service, method: method.name, callback: name };
      return {
        name,
        position,
        place: where,
        bareResponse: bare,
        request: (args) => unpack(copy(pack(args))),
        result: copiedValue(bare, copyOf(answer), packResult(bare, answer.fields.length === 0)),
      };
    }),
    errors: new Map(
      method.throws.map((type) => [type.name, { type, copy: copyOf(struct(type.name, type.fields)) }] as const),
    ),
  };
}

function copiedArguments(method: MethodDescriptor, copy: Crossing): ValueCrossing["request"] {
  if (method.bareRequest) return (args) => [copy(args[0])];
  if (copy === asItIs && method.streamParam < 0) return (args) => [...args];
  const pack = packer(method);
  const unpack = unpacker(method);
  return (args) => unpack(copy(pack(args)));
}

function copiedValue(bare: boolean, copy: Crossing, pack: (value: unknown) => unknown): Crossing {
  if (bare) return copy;
  const unpack = unpackResult(false);
  return (value) => unpack(copy(pack(value)));
}
