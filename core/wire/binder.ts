import { compileOperations } from "../call/operation-codec.ts";
import { type Code, codes } from "../code.ts";
import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import { wireText } from "../contract/print-contract.ts";
import { readDescribed } from "../contract/read-contract.ts";
import { RpcError } from "../error.ts";
import { refusedRefer } from "../link/gone.ts";
import type { ClientOperation } from "./client-calls.ts";
import { bindMisfit } from "./contract-json.ts";
import { MAX_OPERATIONS, readU16 } from "./frame.ts";
import type { WireLimits } from "./limits.ts";
import { readJson } from "./message.ts";
import { NumberRanges } from "./number-ranges.ts";
import { protocolError } from "./protocol-error.ts";

type Operations = (ClientOperation | undefined)[];

interface Binding {
  readonly contract: ContractDescriptor;
  readonly codec: Codec;
  /** Its own number, and that of its first operation, on this connection. */
  readonly id: number;
  readonly base: number;
  readonly resolve: (operations: Operations) => void;
  readonly reject: (error: RpcError) => void;
  answered: boolean;
  released: boolean;
}

export interface BinderOptions {
  readonly limits: WireLimits;
  bind(head: readonly number[], json: string): void;
  unbind(binding: number): void;
}

/**
 * Agrees on contracts with the server of one connection: BIND, and where the fingerprints differ BIND again with the
 * contract; UNBIND when nobody uses it any more. Numbers are used again as soon as UNBIND is written, since frames arrive
 * in order; UNBIND itself waits for the answer to its BIND, which would else be taken for that of another.
 */
export class Binder {
  readonly #options: BinderOptions;
  readonly #bindings: (Binding | undefined)[] = [];
  readonly #byOwner = new Map<object, Binding>();
  readonly #ids = new NumberRanges(MAX_OPERATIONS);
  readonly #operations = new NumberRanges(MAX_OPERATIONS);

  constructor(options: BinderOptions) {
    this.#options = options;
  }

  /** `owner` is who may `unbind` it; one owner binds once. */
  bind(contract: ContractDescriptor, codec: Codec, owner: object): Promise<Operations> {
    return new Promise((resolve, reject) => {
      const { length } = contract.operations;
      const base = this.#operations.take(length);
      const id = base === undefined ? undefined : this.#ids.take(1);
      if (base === undefined || id === undefined) {
        if (base !== undefined) this.#operations.free(base, length);
        throw outOfNumbers(contract.name, length);
      }
      const binding = { contract, codec, id, base, resolve, reject, answered: false, released: false };
      this.#bindings[id] = binding;
      this.#byOwner.set(owner, binding);
      this.#ask(binding, false);
    });
  }

  unbind(owner: object): void {
    const binding = this.#byOwner.get(owner);
    if (binding === undefined) return;
    this.#byOwner.delete(owner);
    binding.released = true;
    if (binding.answered) this.#forget(binding);
  }

  #forget({ id, base, contract }: Binding): void {
    this.#options.unbind(id);
    this.#bindings[id] = undefined;
    this.#ids.free(id, 1);
    this.#operations.free(base, contract.operations.length);
  }

  #ask({ id, contract, codec, base }: Binding, whole: boolean): void {
    const ask = JSON.stringify({
      service: contract.name,
      version: contract.version,
      group: contract.group,
      codec: codec.name,
      fingerprint: contract.fingerprint,
      operations: contract.operations.map((method) => method.name),
      ...(contract.topics.length > 0 ? { shared: true } : {}),
    });
    const json = whole ? `${ask.slice(0, -1)},"contract":${wireText(contract)}}` : ask;
    this.#options.bind([id >>> 8, id & 0xff, base >>> 8, base & 0xff], json);
  }

  /** BOUND = binding:u16 json */
  onBound(bytes: Uint8Array, body: number, end: number): void {
    const { limits } = this.#options;
    const binding = this.#bindings[readU16(bytes, body)];
    if (binding === undefined || binding.answered) throw protocolError("BOUND without BIND");
    const misfit = bindMisfit(bytes, body + 2, end, limits);
    const answer = misfit === undefined ? readJson(bytes, body + 2, end) : {};
    const again = answer["send"] === "contract" && !binding.released;
    binding.answered = !again;
    try {
      if (again) this.#ask(binding, true);
      else if (binding.released) throw refusedRefer("reference");
      else if (misfit !== undefined) throw misfit;
      else binding.resolve(agreed(binding, answer, limits));
    } catch (error) {
      binding.answered = true;
      binding.reject(RpcError.from(error, String(error)));
    }
    if (binding.released) this.#forget(binding);
  }

  lost(error: RpcError): void {
    this.#byOwner.clear();
    for (const binding of this.#bindings.splice(0)) if (binding?.answered === false) binding.reject(error);
  }
}

/** The operations of a binding, by the server's answer; throws where it refuses, or the two contracts do not fit. */
function agreed(
  { contract, codec, base }: Binding,
  answer: Readonly<Record<string, unknown>>,
  limits: WireLimits,
): Operations {
  if (answer["error"] !== undefined) {
    const { code, message } = answer["error"] as { code: Code; message: unknown };
    throw new RpcError({ code: Object.hasOwn(codes, code) ? code : "UNKNOWN", message: String(message) });
  }
  const foreign = answer["contract"] === undefined ? undefined : readDescribed(answer["contract"], limits);
  const operations = compileOperations(contract, { codec, limits, foreign: foreign?.operations, calls: true });
  return operations.map((one, i) => one && { codec: one, number: base + i });
}

function outOfNumbers(service: string, operations: number): RpcError {
  return new RpcError({
    code: "RESOURCE_EXHAUSTED",
    message: `${service}: this connection has no numbers left for ${operations} operations; release references that are not needed, or use another client`,
  });
}
