import type { Output } from "../bytes/output.ts";
import type { CompiledCodec } from "../codec.ts";
import type { CallbackDescriptor } from "../contract/contract.ts";
import { type Pack, packFields, packResult, type Unpack, unpackFields, unpackResult } from "./arguments.ts";
import type { CallbackPlace } from "./callback.ts";

/** One callback parameter with one codec: the server calls, the client answers. See `OperationCodec`. */
export class CallbackCodec {
  readonly place: CallbackPlace;
  readonly name: string;
  /** Which argument of the method it is. */
  readonly position: number;
  readonly bareResponse: boolean;
  readonly #request: CompiledCodec;
  readonly #response: CompiledCodec;
  readonly #pack: Pack;
  readonly #unpack: Unpack;
  readonly #packResult: (value: unknown) => unknown;
  readonly #unpackResult: (record: unknown) => unknown;

  constructor(
    place: CallbackPlace,
    descriptor: CallbackDescriptor,
    { request, response }: { readonly request: CompiledCodec; readonly response: CompiledCodec },
  ) {
    const { bareRequest, bareResponse } = descriptor;
    const names = descriptor.request.fields.map((field) => field.name);
    this.place = place;
    this.name = descriptor.name;
    this.position = descriptor.position;
    this.bareResponse = bareResponse;
    this.#request = request;
    this.#response = response;
    this.#pack = packFields(bareRequest, names);
    this.#unpack = unpackFields(bareRequest, names);
    this.#packResult = packResult(bareResponse, descriptor.response.fields.length === 0);
    this.#unpackResult = unpackResult(bareResponse);
  }

  encodeArguments(args: readonly unknown[], out: Output): void {
    this.#request.encodeInto(this.#pack(args), out);
  }

  decodeArguments(bytes: Uint8Array, start: number, end: number): unknown[] {
    return this.#unpack(this.#request.decode(bytes, start, end));
  }

  encodeResult(value: unknown, out: Output): void {
    this.#response.encodeInto(this.#packResult(value), out);
  }

  decodeResult(bytes: Uint8Array, start: number, end: number): unknown {
    return this.#unpackResult(this.#response.decode(bytes, start, end));
  }
}
