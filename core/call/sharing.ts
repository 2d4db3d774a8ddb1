import { compileCopy } from "../compile/copy.ts";
import { compileFreeze, type Freeze } from "../compile/freeze.ts";
import type { MethodDescriptor } from "../contract/contract.ts";
import { Memo } from "../memo.ts";
import type { StructType, Type } from "../type/type.ts";

type Own = (value: unknown) => unknown;

/**
 * How readers of one process may have the same item: it is frozen, unless parts of it cannot be; then each of them gets a
 * copy.
 */
export interface Sharing {
  readonly freeze: Freeze | undefined;
  /** A copy that nobody else has. */
  readonly own: Own;
}

export function sharingOf(type: Type): Sharing {
  let copy: Own | undefined;
  return {
    freeze: compileFreeze(type),
    own: (value) => {
      copy ??= compileCopy(type);
      return copy(value);
    },
  };
}

const deliveries = new Memo<StructType, Sharing>();

/** Of the deliveries of a topic, which any number of handlers may get; `undefined` for any other operation. */
export function deliverySharing({ topic, kind, response }: MethodDescriptor): Sharing | undefined {
  return topic === undefined || kind !== "stream" ? undefined : deliveries.of(response, sharingOf);
}

const values = new Memo<Type, Sharing>();

/** Of the values of a topic. */
export function valueSharing(type: Type): Sharing {
  return values.of(type, sharingOf);
}
