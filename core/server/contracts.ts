import type { ContractDescriptor } from "../contract/contract.ts";
import { Contracts, compareVersions } from "../contract/contracts.ts";
import { digest } from "../contract/digest.ts";
import { printContract } from "../contract/print-contract.ts";
import { RpcError } from "../error.ts";
import { Memo } from "../memo.ts";
import { sameMajor } from "../registry.ts";
import { type Implementation, implement } from "./implementation.ts";

interface Printed {
  readonly text: string;
  readonly tag: string;
}

/** Tells the contracts of a server, each printed once, when it is first asked for. */
export function tellContracts(served: () => readonly ContractDescriptor[]): Implementation {
  const printed = new Memo<ContractDescriptor, Printed>();
  return implement(Contracts, {
    list: () => served().map(({ name, version, group, fingerprint }) => ({ name, version, group, fingerprint })),
    get: (service, version, group = "", known) => {
      const of = served().filter((one) => one.name === service && one.group === group);
      const fitting = version === undefined ? of : of.filter((one) => sameMajor(one.version, version));
      const [found] = fitting.sort((a, b) => compareVersions(b.version, a.version));
      if (found === undefined) throw notServed([service, version, group === "" ? undefined : `(group ${group})`]);
      const { text, tag } = printed.of(found, print);
      return tag === known ? { tag } : { tag, contract: text };
    },
  });
}

function print(contract: ContractDescriptor): Printed {
  const text = JSON.stringify(printContract(contract));
  return { text, tag: digest(text) };
}

function notServed(asked: readonly (string | undefined)[]): RpcError {
  const words = asked.filter((word) => word !== undefined).map((word) => word.slice(0, 200));
  return new RpcError({ code: "NOT_FOUND", message: `contracts: ${words.join(" ")} is not served here` });
}
