import type { MethodDescriptor } from "../contract/contract.ts";
import type { Sharing } from "./sharing.ts";

/*
 * Takes the place of sharing.ts in browsers: every reader gets a copy, where on servers what can be frozen is shared.
 */

export type { Sharing } from "./sharing.ts";

const sharing: Sharing = { freeze: undefined, own: (value) => structuredClone(value) };

export function sharingOf(): Sharing {
  return sharing;
}

export function deliverySharing({ topic, kind }: MethodDescriptor): Sharing | undefined {
  return topic === undefined || kind !== "stream" ? undefined : sharing;
}

export function valueSharing(): Sharing {
  return sharing;
}
