import { RpcError } from "../error.ts";
import { packResult, unpackFields, type Unpack } from "./arguments.ts";
import type { WireCallback } from "./operation.ts";

/** A function of the caller that the server may call. */
export interface Handed {
  readonly wire: WireCallback;
  readonly call: (...args: unknown[]) => unknown;
  readonly unpack: Unpack;
  readonly pack: (value: unknown) => unknown;
  /** The server keeps it beyond its call. */
  retained: boolean;
}

/**
 * The functions handed over on one connection. Each belongs to the call it was an argument of and goes with it,
 * unless the server retained it; then it goes when the server releases it. The connection's end takes all.
 */
export class CallbackTable {
  readonly #handed = new Map<number, Handed>();
  readonly #max: number;
  #next = 1;

  constructor(max: number) {
    this.#max = max;
  }

  add(wire: WireCallback, value: unknown): number {
    if (typeof value !== "function") {
      throw new RpcError({
        code: "INVALID_ARGUMENT",
        message: `${wire.descriptor.name}: expected a function, got ${typeof value}`,
      });
    }
    if (this.#handed.size >= this.#max) {
      throw new RpcError({
        code: "RESOURCE_EXHAUSTED",
        message: `${wire.descriptor.name}: maxCallbacks (${this.#max}) functions are handed over on this connection; release some`,
      });
    }
    const { bareRequest, bareResponse, request, response, paramCount } = wire.descriptor;
    const names = bareRequest ? ["bare"] : request.fields.map((field) => field.name);
    if (!bareRequest && names.length !== paramCount)
      throw new RangeError("a callback's request has one field per parameter");
    const id = this.#next++;
    this.#handed.set(id, {
      wire,
      call: value as (...args: unknown[]) => unknown,
      unpack: unpackFields(bareRequest, names),
      pack: packResult(bareResponse, response.fields.length === 0),
      retained: false,
    });
    return id;
  }

  get(id: number): Handed | undefined {
    return this.#handed.get(id);
  }

  /** The call is over. */
  releaseUnlessRetained(ids: readonly number[]): void {
    for (const id of ids) if (this.#handed.get(id)?.retained === false) this.#handed.delete(id);
  }

  release(id: number): void {
    this.#handed.delete(id);
  }

  clear(): void {
    this.#handed.clear();
  }
}
