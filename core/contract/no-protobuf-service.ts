import type { ContractDescriptor } from "./contract.ts";
import type { ProtobufService } from "./protobuf-service.ts";

/*
 * Takes the place of protobuf-service.ts in browsers: what schemas of other libraries need is as large as the rest of the client.
 */

export type { ProtobufMethod, ProtobufService, ProtobufSignatures } from "./protobuf-service.ts";

export function isProtobufService(contract: object): contract is ProtobufService {
  return "typeName" in contract;
}

export function contractOfProtobuf(): ContractDescriptor {
  throw new TypeError("in a browser a contract takes types of t; schemas of other libraries are for servers");
}
