import type { ContractDescriptor } from "../contract/contract.ts";
import type { Topic } from "../contract/topic.ts";
import type { Gone } from "../link/gone.ts";
import type { InstanceQuery } from "../registry.ts";
import type { UnaryMethod } from "./client-types.ts";
import type { Reference } from "./reference.ts";

/** What a client holds for who referred to something, until it is released. */
export interface Held {
  unsubscribe(): Promise<void>;
  close(why: Gone): void;
}

/** A proxy whose contract the compiler does not know, and what it holds. */
export interface Opened {
  readonly proxy: Readonly<Record<string, AnyMember>>;
  readonly reference: Reference;
}
/** As loosely as its members are known: each is a method of one of the kinds, or a topic. */
export type AnyMember = UnaryMethod<unknown[], unknown> & Topic<unknown> & { sent(...args: unknown[]): Promise<void> };

/** How a contract is referred to that no user has given. */
export interface OpenOptions {
  /** The service whose instances the registry is asked for, where it is another. */
  readonly instancesOf?: InstanceQuery | undefined;
  /** Whether the contract came over a wire, so that none of it may become code. */
  readonly told: boolean;
}
export type Open = (contract: ContractDescriptor, options: OpenOptions) => Promise<Opened>;
