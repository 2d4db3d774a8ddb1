import type { Attempt } from "../call/attempt.ts";
import type { Codec } from "../codec.ts";
import type { ContractDescriptor } from "../contract/contract.ts";
import type { RpcError } from "../error.ts";
import type { ErrorSource } from "../error-source.ts";
import type { StreamRequest } from "../transport.ts";

/**
 * One connection to a server, as its link sees it. `O` is an operation of the server, as this session calls it.
 * - It tells its `SessionUser` of everything that happens to it; whatever ends it, `onLost` says so, once.
 * - What it has taken it settles; a link gives it nothing more once it drains or is closed.
 * - Where nothing is agreed on beforehand, `bind` answers by itself.
 */
export interface LinkSession<O> {
  /** The identifier of the server's instance, once it is ready. */
  readonly instance: string | undefined;
  /** It takes no new calls: one of both sides has asked for none. */
  readonly draining: boolean;
  readonly closed: boolean;
  /** Calls in progress. */
  readonly pendingCount: number;
  /** Agrees on a contract: its operations, each at its index, where the server has it. Rejects if the two do not fit. */
  bind(contract: ContractDescriptor, codec: Codec, owner: object): Promise<readonly (O | undefined)[]>;
  /** `owner` uses none of its operations any more, also where `bind` has not answered yet. */
  unbind(owner: object): void;
  /** Throws where the arguments do not fit, having sent nothing. */
  send(call: Attempt, operation: O): void;
  openStream(request: StreamRequest, operation: O): AsyncIterable<unknown>;
  /** No new calls; it ends with the last one in progress. */
  drain(): void;
  /** Ends at once: what is in progress fails with the error. */
  cut(error: RpcError): void;
}

/** What a session is given by its link, and what it tells it; one for each attempt to connect. */
export interface SessionUser<O> {
  /** What the server is to see of who calls. */
  readonly credentials: unknown;
  /** Aborted when the link is closed. */
  readonly signal: AbortSignal;
  /** There is a session, which is not ready: from now on `onLost` says what becomes of it. */
  onOpen(session: LinkSession<O>): void;
  /** It takes contracts and calls. */
  onReady(session: LinkSession<O>): void;
  /** The server asks for no new calls. */
  onGoaway(session: LinkSession<O>): void;
  /** It has ended. Those who wait for its calls are told after this. */
  onLost(session: LinkSession<O>, error: RpcError): void;
  /** Told of what no call can carry; the link adds where the server is. */
  onError(error: unknown, where: ErrorSource): void;
}

/** Opens a session. Rejects where none could be opened; gives up when the signal is aborted. */
export type Connect<O> = (user: SessionUser<O>) => Promise<void>;
