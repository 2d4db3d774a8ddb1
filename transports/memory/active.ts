import type { RpcError } from "../../core/error.ts";
import type { ErrorSource } from "../../core/error-source.ts";
import type { ServerHost } from "../../core/transport.ts";
import type { CallbackShelf } from "./callback.ts";

/** What is in progress on a connection: a call or a stream. */
export interface Active {
  /** Its place among those in progress. */
  slot: number;
  /** Begins the work at the server, unless its time is over or nobody waits any more. */
  run(now: number): void;
  /** The connection is gone; each side is told what it can know. */
  lost(atClient: RpcError, atServer: RpcError): void;
}

/** The connection, as what is in progress on it sees it. */
export interface ActiveOwner {
  readonly host: ServerHost;
  readonly callbacks: CallbackShelf;
  /** Its outcome is known. */
  leave(active: Active): void;
  /** Runs a task that no call waits for, at the end of the turn. */
  later(task: () => void): void;
  /** Tells the caller's side of what no call can carry. */
  onCallerError(error: unknown, where: ErrorSource): void;
  streamOpened(): void;
  streamClosed(): void;
}
