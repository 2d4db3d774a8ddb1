import { kinds, type OptionTable } from "../options.ts";

/**
 * Bounds on the work of reading a contract that somebody else has printed; a server's bound its clients' contracts, a
 * client's its server's. The defaults let pass the largest interfaces known, such as all resources of FHIR in one service.
 */
export interface ContractLimits {
  /** Bytes of its JSON; stops megabytes that are parsed and kept for each binding. Default 1 MiB. */
  readonly maxContractBytes: number;
  /** Types, and members; stops a chain or net of types without end. Default 1,000. */
  readonly maxContractTypes: number;
  /**
   * Fields, parameters, cases and enum members, with the lists and maps around their types. Types that meet several of the
   * other side's are compared with each: eight times as many comparisons are allowed. Stops one struct of 45,000 fields,
   * 21,000 lists of another, and rings of types that are compared for seconds. Default 10,000.
   */
  readonly maxContractFields: number;
  /** How deep types stand in one another, and lists and maps in one type; stops exhaustion of the stack. Default 64. */
  readonly maxContractDepth: number;
}

/** For what this process has printed itself, or its user has. */
export const noContractLimits: ContractLimits = Object.freeze({
  maxContractBytes: Number.POSITIVE_INFINITY,
  maxContractTypes: Number.POSITIVE_INFINITY,
  maxContractFields: Number.POSITIVE_INFINITY,
  maxContractDepth: Number.POSITIVE_INFINITY,
});

export const defaultContractLimits: ContractLimits = Object.freeze({
  maxContractBytes: 1024 * 1024,
  maxContractTypes: 1000,
  maxContractFields: 10_000,
  maxContractDepth: 64,
});

export const contractLimits: OptionTable<ContractLimits> = {
  maxContractBytes: kinds.count,
  maxContractTypes: kinds.count,
  maxContractFields: kinds.count,
  maxContractDepth: kinds.count,
};
