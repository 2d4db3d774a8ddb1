import { type Pack, packer, packResult, unpackResult } from "../call/arguments.ts";
import type { Attempt } from "../call/attempt.ts";
import type { Credit, StreamReader } from "../call/stream.ts";
import type { Metadata } from "../metadata.ts";
import type { WireOperation } from "./operation.ts";

/** An operation as this connection numbers it. */
export interface ClientOperation {
  readonly wire: WireOperation;
  readonly number: number;
  readonly pack: Pack;
  readonly unpackResult: (record: unknown) => unknown;
  readonly packItem: (value: unknown) => unknown;
}

export function clientOperation(wire: WireOperation, number: number): ClientOperation {
  const { method } = wire;
  return {
    wire,
    number,
    pack: packer(method),
    unpackResult: unpackResult(method.bareResponse),
    packItem: packResult(method.upstream?.bare ?? true, false),
  };
}

/** A stream that this side opened. */
export interface OpenedStream {
  readonly args: readonly unknown[];
  readonly metadata: Metadata;
  readonly dueMs: number;
  readonly timeoutMs: undefined;
  readonly reader: StreamReader;
  readonly onMetadata: ((metadata: Metadata) => void) | undefined;
}

/** Not by `instanceof`: the call may come from another copy of this package in the process. */
export function isStream(target: Attempt | OpenedStream): target is OpenedStream {
  return "reader" in target;
}

/** What a call number stands for until its final frame: one per CALL, also after CANCEL. */
export class Pending {
  readonly operation: ClientOperation;
  readonly target: Attempt | OpenedStream;
  readonly upstream: Credit | undefined;
  readonly callbacks: readonly number[];

  constructor(
    operation: ClientOperation,
    target: Attempt | OpenedStream,
    upstream: Credit | undefined,
    callbacks: readonly number[],
  ) {
    this.operation = operation;
    this.target = target;
    this.upstream = upstream;
    this.callbacks = callbacks;
  }

  get call(): Attempt | undefined {
    return isStream(this.target) ? undefined : this.target;
  }

  get stream(): OpenedStream | undefined {
    return isStream(this.target) ? this.target : undefined;
  }
}
