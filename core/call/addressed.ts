import type { Codec, CodecLimits } from "../codec.ts";
import type { Peer } from "../context.ts";
import type { ContractLimits } from "../contract/limits.ts";
import { namedOperation } from "../contract/wire-name.ts";
import { RpcError } from "../error.ts";
import type { ServedService, ServerHost } from "../transport.ts";
import { noSuchOperation } from "./call-error.ts";
import { type BoundOperation, boundOperation } from "./incoming.ts";
import { compileOperations, type OperationCodec } from "./operation-codec.ts";

/** What a call says of what it calls, where nothing was agreed on before it. */
export interface Address {
  readonly service: string;
  /** As `ServerHost.find` takes them; what is left out may be any. */
  readonly version?: string | undefined;
  readonly group?: string | undefined;
  /** A name of `namedOperation`. */
  readonly method: string;
  /** The name of a codec. */
  readonly codec: string;
}

/** An operation that is served, with its codec. */
export interface CodedOperation extends BoundOperation {
  readonly codec: OperationCodec;
}

/**
 * The operations of a server, found by what each call says of itself: for transports whose messages are each on their own. Both
 * sides are taken to have the same types. A service is compiled once for each codec that it is called in.
 */
export class AddressedOperations {
  readonly #host: ServerHost;
  readonly #limits: CodecLimits & Pick<ContractLimits, "maxContractFields">;
  readonly #compiled = new Map<ServedService, Map<Codec, ReadonlyMap<string, OperationCodec>>>();

  constructor(host: ServerHost, limits: CodecLimits & Pick<ContractLimits, "maxContractFields">) {
    this.#host = host;
    this.#limits = limits;
  }

  /** Throws what the caller may see: there is no such service, method or codec. */
  find(address: Address, peer: Peer): CodedOperation {
    const { instance, wheel } = this.#host;
    const service = this.#host.find(address.service, address);
    if (RpcError.is(service)) throw service;
    const { name } = service.contract;
    const named = namedOperation(service.contract, address.method)?.name ?? address.method;
    const codec = this.#codecsOf(service, servedCodec(this.#host, address.codec)).get(named);
    if (codec === undefined) throw noSuchOperation(`${name}.${address.method.slice(0, 200)}`);
    const served = service.operations[codec.method.index] as BoundOperation["served"];
    return { ...boundOperation(served, { service: name, method: codec.method.name, instance, peer, wheel }), codec };
  }

  #codecsOf(service: ServedService, codec: Codec): ReadonlyMap<string, OperationCodec> {
    const byCodec = this.#compiled.get(service) ?? new Map<Codec, ReadonlyMap<string, OperationCodec>>();
    this.#compiled.set(service, byCodec);
    let byName = byCodec.get(codec);
    if (byName === undefined) {
      const sides = { codec, limits: this.#limits, calls: false, foreign: undefined };
      const operations = compileOperations(service.contract, sides).filter((one) => one !== undefined);
      byName = new Map(operations.map((one) => [one.method.name, one]));
      byCodec.set(codec, byName);
    }
    return byName;
  }
}

/** The server's codec of that name; throws where it has none. */
export function servedCodec({ codecs }: Pick<ServerHost, "codecs">, name: string): Codec {
  const codec = codecs.get(name);
  if (codec !== undefined) return codec;
  const known = [...codecs.keys()].join(", ");
  const message = `the server has no codec ${name.slice(0, 40)}; it has ${known}`;
  throw new RpcError({ code: "UNIMPLEMENTED", message });
}
