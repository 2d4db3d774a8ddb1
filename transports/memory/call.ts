import type { Attempt, Carrier } from "../../core/call/attempt.ts";
import type { CallerEnd, OpenedStream } from "../../core/call/caller-end.ts";
import { ServedCall } from "../../core/call/incoming.ts";
import type { Credit } from "../../core/call/stream.ts";
import type { Metadata } from "../../core/metadata.ts";
import type { MemoryOperation } from "./operation.ts";

/** Whom a call tells that its caller no longer waits. */
export interface CallOwner {
  cancel(call: MemoryCall): void;
}

/** Both ends of a call or stream: nothing lies between the two. */
export class MemoryCall extends ServedCall<MemoryOperation> implements CallerEnd, Carrier {
  readonly target: Attempt | OpenedStream;
  readonly args: unknown[];
  /** Its place among those in progress. */
  slot = 0;
  /** The handler has it, or has refused it. */
  begun = false;
  /** The caller's room for a stream of results. */
  room: Credit | undefined = undefined;
  /** The handler's room for a stream that the caller passed. */
  upload: Credit | undefined = undefined;
  /** The numbers of the functions that it handed over. */
  handed: readonly number[] | undefined = undefined;
  /** Metadata that the caller gets with the next item or the reply. */
  head: Metadata | undefined = undefined;
  readonly #owner: CallOwner;

  constructor(owner: CallOwner, operation: MemoryOperation, target: Attempt | OpenedStream, args: unknown[]) {
    const { dueMs, metadata } = target;
    // One process, one clock: the caller's deadline is the server's.
    super(operation, metadata, dueMs === 0 || dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs);
    this.#owner = owner;
    this.target = target;
    this.args = args;
  }

  cancel(): void {
    this.#owner.cancel(this);
  }
}
