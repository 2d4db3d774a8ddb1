import { type BoundOperation, boundOperation } from "../../core/call/incoming.ts";
import type { Place } from "../../core/call/place.ts";
import { deliverySharing } from "../../core/call/sharing.ts";
import type { Codec } from "../../core/codec.ts";
import { compileCopy } from "../../core/compile/copy.ts";
import type { Freeze } from "../../core/compile/freeze.ts";
import type { Peer } from "../../core/context.ts";
import type { ContractDescriptor, MethodDescriptor } from "../../core/contract/contract.ts";
import { RpcError } from "../../core/error.ts";
import type { ServedService, ServerHost } from "../../core/transport.ts";
import { codedOperations } from "./coded.ts";
import { asItIs, copiedOperation } from "./copied.ts";
import type { Crossing, MemoryCallback, ValueCrossing } from "./crossing.ts";

/** An operation between this client and this server, decided when the contract was agreed on. */
export interface MemoryOperation extends BoundOperation, ValueCrossing {
  /** As the client knows it. */
  readonly place: Place;
  /** The callbacks as the server knows them: their places differ where it declares the parameters in another order. */
  readonly remote: readonly MemoryCallback[];
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
  const crossings = crossingsOf(contract, codec, service, isolate);
  return contract.operations.map((method, i) => {
    const crossing = crossings[i];
    const served = service.operations.find((one) => one.method.name === method.name);
    if (crossing === undefined || served === undefined) return undefined;
    const { instance, wheel } = host;
    const origin = { service: service.contract.name, method: served.method.name, instance, peer, wheel };
    const remote = crossing.callbacks.map((callback) => {
      const other = served.method.callbacks.find(({ name }) => name === callback.name);
      return { ...callback, position: other?.position ?? callback.position };
    });
    return { ...boundOperation(served, origin), ...crossing, place: { service: contract.name, method }, remote };
  });
}

/** Of two declarations with one fingerprint, defaults and transient fields may still differ. */
function crossingsOf(
  contract: ContractDescriptor,
  codec: Codec,
  service: ServedService,
  isolate: boolean,
): readonly (ValueCrossing | undefined)[] {
  const same = service.contract.fingerprint === contract.fingerprint;
  if (same && !isolate)
    return contract.operations.map((method) => copiedOperation({ service: contract.name, method }, () => asItIs));
  if (service.contract === contract) {
    return contract.operations.map((method) => {
      const crossing = copiedOperation({ service: contract.name, method }, compileCopy);
      const { freeze } = deliverySharing(method) ?? {};
      return freeze
        ? { ...crossing, result: frozen(crossing.result, freeze), delivery: frozen(asItIs, freeze) }
        : crossing;
    });
  }
  // Peers of different versions meet as they would on a wire: what one writes the other reads by its own types.
  return codedOperations(contract, service.contract, codec).map((crossing, i) => {
    const { freeze } = deliverySharing(contract.operations[i] as MethodDescriptor) ?? {};
    return crossing && freeze ? { ...crossing, result: frozen(crossing.result, freeze) } : crossing;
  });
}

function frozen(crossing: Crossing, freeze: Freeze): Crossing {
  return (value) => {
    const crossed = crossing(value);
    freeze(crossed);
    return crossed;
  };
}
