import type { ParamType } from "../type/type.ts";
import { checkContract, checkTypes } from "./check-contract.ts";
import type { ContractDescriptor } from "./contract.ts";
import type { ContractJson, MemberJson, ParamJson } from "./contract-json.ts";
import type { Definition } from "./definition.ts";
import { describeMembers } from "./describe.ts";
import { fingerprint } from "./fingerprint.ts";
import { type ContractLimits, defaultContractLimits } from "./limits.ts";
import { malformed } from "./malformed.ts";
import type { Described } from "./print-contract.ts";
import { TypeReader } from "./type-reader.ts";
import type { NamedType } from "./type-word.ts";

/**
 * The contract that `printContract` printed, whoever sent it: it is checked, and bounded by `limits`. Who refers to it, or serves it, takes
 * it for their own: the codecs compile it.
 * Throws `INVALID_ARGUMENT` where it is none, `RESOURCE_EXHAUSTED` where it is beyond a limit.
 */
export function readContract(json: unknown, limits: ContractLimits = defaultContractLimits): ContractDescriptor {
  return readWhole(json, limits).contract;
}

/** The same, and the types that stand in it, used or not. */
export function readWhole(json: unknown, limits: ContractLimits): Whole {
  const checked = checkContract(json, limits);
  const reader = new TypeReader(checked.types);
  const contract = described(checked, reader);
  return sound(() => {
    const types = reader.all();
    // Which looks at every type, so that what is wrong with one comes out here.
    return { contract: Object.freeze({ ...contract, fingerprint: fingerprint(contract) }), types };
  });
}
interface Whole {
  readonly contract: ContractDescriptor;
  readonly types: readonly NamedType[];
}

/** The types that `printTypes` printed, likewise. */
export function readTypes(json: unknown, limits: ContractLimits = defaultContractLimits): readonly NamedType[] {
  const { types } = checkTypes(json, limits);
  return sound(() => new TypeReader(types).all());
}

/** The same without a fingerprint: of a peer's wire part, each of whose types is made when it is first looked at. */
export function readDescribed(json: unknown, limits: ContractLimits): Described {
  const checked = checkContract(json, limits);
  return described(checked, new TypeReader(checked.types));
}

function described({ name, version, group, members, docs }: ContractJson, reader: TypeReader): Described {
  return sound(() => {
    const definitions = new Map(members.map((member) => [member.name, definition(member, reader)]));
    if (definitions.size < members.length) throw malformed(`${name}: a member stands twice; remove one`);
    return describeMembers(name, { version, ...(group && { group }), ...(docs && { docs }) }, definitions);
  });
}

/** What the builders of contracts say to their users is here said of the contract. */
function sound<T>(make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    throw thrown instanceof TypeError ? malformed(thrown.message) : thrown;
  }
}

function definition(member: MemberJson, types: TypeReader): Definition {
  const { kind, untyped = false } = member;
  if (kind === "topic") return { kind, value: types.type(member.type) };
  const params = (member.params ?? []).map((param, i) => ({ name: param.name, type: paramType(param, i + 1, types) }));
  const policy = member.timeoutMs === undefined ? {} : { timeoutMs: member.timeoutMs };
  if (kind === "oneway") return { kind, untyped, params, ...policy };
  const throws = (member.throws ?? []).map((id) => ({ type: types.error(id) }));
  const reached = { noSideEffects: member.noSideEffects === true, ...(member.http && { http: member.http }) };
  if (kind === "stream") {
    const yields = types.type(untyped ? "any" : member.type);
    return { kind, untyped, params, throws, yields, ...reached, ...policy };
  }
  const returns = types.result(member);
  const idempotent = member.idempotent === true;
  return { kind, untyped, params, throws, idempotent, ...reached, ...policy, ...(returns && { returns }) };
}

function paramType(param: ParamJson, place: number, types: TypeReader): ParamType {
  if ("stream" in param) return { kind: "stream", item: types.type(param.stream) };
  if (!("callback" in param)) return types.declared(param, place);
  const { callback } = param;
  const params = callback.params.map((one, i) => ({ name: one.name, type: paramType(one, i + 1, types) }));
  return { kind: "callback", params, returns: types.result(callback) };
}
