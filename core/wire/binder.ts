import { type Code, codes } from "../code.ts";
import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract.ts";
import { RpcError } from "../error.ts";
import { contractText } from "../print.ts";
import { contractMisfit } from "./contract-json.ts";
import { ForeignContract } from "./foreign.ts";
import { readU16 } from "./frame.ts";
import type { WireLimits } from "./limits.ts";
import { readJson } from "./message.ts";
import { compileOperations } from "./operation.ts";
import { type ClientOperation, clientOperation } from "./pending.ts";
import { protocolError } from "./protocol-error.ts";

interface Binding {
  readonly contract: ContractDescriptor;
  readonly codec: Codec;
  /** The number of its first operation on this connection. */
  readonly base: number;
  readonly resolve: (operations: (ClientOperation | undefined)[]) => void;
  readonly reject: (error: RpcError) => void;
}

/** Agrees on contracts with the server of one connection: BIND, and where the fingerprints differ BIND again with the contract. */
export class Binder {
  readonly #limits: WireLimits;
  readonly #send: (head: readonly number[], body: unknown) => void;
  readonly #bindings: (Binding | undefined)[] = [];
  #nextOperation = 0;

  constructor(limits: WireLimits, send: (head: readonly number[], body: unknown) => void) {
    this.#limits = limits;
    this.#send = send;
  }

  bind(contract: ContractDescriptor, codec: Codec): Promise<(ClientOperation | undefined)[]> {
    return new Promise((resolve, reject) => {
      const base = this.#nextOperation;
      this.#nextOperation += contract.operations.length;
      const id = this.#bindings.push({ contract, codec, base, resolve, reject }) - 1;
      this.#ask(id, false);
    });
  }

  #ask(id: number, whole: boolean): void {
    const { contract, codec, base } = this.#bindings[id] as Binding;
    const ask = JSON.stringify({
      service: contract.name,
      version: contract.version,
      group: contract.group,
      codec: codec.name,
      fingerprint: contract.fingerprint,
      operations: contract.operations.map((method) => method.name),
    });
    const json = whole ? `${ask.slice(0, -1)},"contract":${contractText(contract)}}` : ask;
    this.#send([id >>> 8, id & 0xff, base >>> 8, base & 0xff], json);
  }

  /** BOUND = binding:u16 json */
  onBound(bytes: Uint8Array, body: number, end: number): void {
    const id = readU16(bytes, body);
    const binding = this.#bindings[id];
    if (binding === undefined) throw protocolError("BOUND without BIND");
    const { contract, codec, base } = binding;
    const misfit = contractMisfit(bytes, body + 2, end, this.#limits);
    const answer = misfit === undefined ? readJson(bytes, body + 2, end) : {};
    try {
      if (misfit !== undefined) throw misfit;
      if (answer["send"] === "contract") return this.#ask(id, true);
      this.#bindings[id] = undefined;
      if (answer["error"] !== undefined) {
        const { code, message } = answer["error"] as { code: Code; message: unknown };
        throw new RpcError({ code: Object.hasOwn(codes, code) ? code : "UNKNOWN", message: String(message) });
      }
      const foreign =
        answer["contract"] === undefined ? undefined : new ForeignContract(answer["contract"], this.#limits);
      const operations = compileOperations(contract, { codec, limits: this.#limits, foreign, calls: true });
      binding.resolve(operations.map((wire, i) => wire && clientOperation(wire, base + i)));
    } catch (error) {
      this.#bindings[id] = undefined;
      binding.reject(RpcError.from(error, String(error)));
    }
  }

  lost(error: RpcError): void {
    for (const binding of this.#bindings.splice(0)) binding?.reject(error);
  }
}
