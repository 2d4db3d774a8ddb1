import { RpcError } from "../error.ts";
import type { ErrorListener } from "../error-source.ts";
import type { Metadata } from "../metadata.ts";
import type { StreamRequest } from "../transport.ts";
import type { Attempt } from "./attempt.ts";
import { argumentFailed } from "./call-error.ts";
import { lost } from "./lost.ts";
import type { Place } from "./place.ts";
import { pump } from "./pump.ts";
import type { Credit, StreamReader } from "./stream.ts";

/** A stream of results that this side opened. */
export interface OpenedStream {
  readonly args: readonly unknown[];
  readonly metadata: Metadata;
  /** As of an `Attempt`, so that both are sent alike. */
  readonly dueMs: number;
  readonly timeoutMs: undefined;
  readonly startedAt: number;
  readonly reader: StreamReader;
  readonly onReplyMetadata: StreamRequest["onReplyMetadata"];
  readonly onTrailers: StreamRequest["onTrailers"];
}

export function openedStream(request: StreamRequest, reader: StreamReader): OpenedStream {
  const { args, metadata, deadline = 0, onReplyMetadata, onTrailers } = request;
  return { args, metadata, dueMs: deadline, timeoutMs: undefined, startedAt: 0, reader, onReplyMetadata, onTrailers };
}

/** What a transport holds at the caller's end of a call until it is over. */
export interface CallerEnd {
  readonly target: Attempt | OpenedStream;
  /** The server's room for the stream that the caller passed. */
  readonly upload: Credit | undefined;
}

/** Not by `instanceof`: the call may come from another copy of this package in the process. */
export function isStream(target: Attempt | OpenedStream): target is OpenedStream {
  return "reader" in target;
}

/** The call is over: a stream is at its end, or the call or stream has failed. */
export function endCaller({ target, upload }: CallerEnd, error: RpcError | undefined): void {
  upload?.close();
  if (isStream(target)) target.reader.end(error);
  else if (error) target.fail(error);
}

/** The connection ended under the call. Of a stream the caller can see how far it came. */
export function loseCaller(end: CallerEnd, error: RpcError, { method }: Place): void {
  endCaller(end, lost(error, method.name, method.idempotent || isStream(end.target)));
}

/** What came beside the items of a stream. */
export interface ReplyHeard {
  readonly head?: Metadata | undefined;
  readonly trailers?: Metadata | undefined;
}

/** Hands metadata of a stream's reply to the caller's functions; what they throw must not cost the connection. */
export function tellMetadata(
  { onReplyMetadata, onTrailers }: Pick<OpenedStream, "onReplyMetadata" | "onTrailers">,
  { head, trailers }: ReplyHeard,
  told: { place: Place; onError: ErrorListener },
): void {
  const { service, method } = told.place;
  const onError = (error: RpcError): void => told.onError(error, { service, method: method.name });
  if (head !== undefined) tellListener("onReplyMetadata", () => onReplyMetadata?.(head), onError);
  if (trailers !== undefined) tellListener("onTrailers", () => onTrailers?.(trailers), onError);
}

/** What a caller's function throws that is told of a reply is no matter of the call. */
export function tellListener(name: string, tell: () => void, onError: (error: RpcError) => void): void {
  try {
    tell();
  } catch (error) {
    onError(RpcError.from(error, `${name} threw`));
  }
}

/** How the items of a stream that the caller passed reach the server. */
export interface Upload {
  /** As of `ReplySink`: throws, having sent nothing, where the item does not fit. */
  item(value: unknown): Promise<void> | undefined;
  /** There are no more. */
  end(): void;
  /** The server is to be told that the call is over. */
  cancel(): void;
}

/** Sends the stream that the caller passed, as there is room. Where it fails, the call itself fails by what it threw. */
export async function upload(
  source: AsyncIterable<unknown>,
  { target, upload: room }: CallerEnd,
  way: Upload,
): Promise<void> {
  const credit = room as Credit;
  try {
    await pump(source, credit, { send: (item) => way.item(item) });
    if (!credit.closed) way.end();
  } catch (thrown) {
    if (credit.closed) return;
    const error = argumentFailed(thrown);
    // First: in one process the server's answer to the cancellation comes at once.
    if (isStream(target)) target.reader.end(error);
    else target.abandon(error);
    way.cancel();
  }
}
