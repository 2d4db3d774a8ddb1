import { RpcError } from "../error.ts";
import { type ErrorListener, sourceOf } from "../error-source.ts";
import { type Metadata, mergedMetadata, soundMetadata } from "../metadata.ts";
import { isPromise } from "../promise.ts";
import { cancelledByCaller, onewayDropped, tooLate, tooManyStreams } from "./call-error.ts";
import { type Flow, FlowRounds, isFlow, type SharedForms } from "./flow.ts";
import type { ServedCall } from "./incoming.ts";
import { Outflow, type Outlet } from "./outflow.ts";
import { inItem, type Place, streamResult, unsendable } from "./place.ts";
import { pump } from "./pump.ts";
import { endCallbacks, type RemoteCallback } from "./remote-callback.ts";
import type { ReplySink } from "./reply-sink.ts";
import { Credit, type StreamReader } from "./stream.ts";

export interface ExchangeOptions<C extends ServedCall> {
  readonly sink: ReplySink<C>;
  /** `maxPendingCalls`: of oneways at work; the transport counts the others, which have a number or a request. */
  readonly limits: { readonly maxPendingCalls: number; readonly maxStreams: number };
  /** Told of what callers must not see, or do not wait for. */
  readonly onError: ErrorListener;
  /** Room for the items of a stream. Default: without end, for a sink that holds back by `item`. */
  credit?(call: C): Credit;
  /** What the caller streams, where the transport carries that; it pushes what arrives, and ends it. */
  upstream?(call: C): StreamReader;
  /** Puts functions into the arguments in place of callbacks, where the transport carries them; see `RemoteCallbacks`. */
  callbacks?(call: C, args: unknown[]): readonly RemoteCallback[];
}

/**
 * Runs the calls that one connection or listener serves, whatever carried them, and tells a sink what becomes of each. A
 * transport makes a `ServedCall` of what arrived, gives it to `serve` with its arguments, and says what it hears of the
 * caller: `cancel`, when it no longer waits, and `abort`, when there is nobody left to answer.
 */
export class Exchange<C extends ServedCall = ServedCall> {
  readonly #options: ExchangeOptions<C>;
  readonly #sink: ReplySink<C>;
  readonly #onError: ErrorListener;
  readonly #rounds = new FlowRounds();
  #streams = 0;
  #oneways = 0;

  constructor(options: ExchangeOptions<C>) {
    this.#options = options;
    this.#sink = options.sink;
    this.#onError = options.onError;
  }

  /** A call has arrived whose arguments can be read: runs it now. */
  serve(call: C, args: unknown[], now: number): void {
    if (call.operation.plain || this.accept(call, args)) this.run(call, args, now);
  }

  /**
   * The first half of `serve`: opens what a call needs beside its arguments, so that what follows it can arrive. False, when
   * the sink was told, if that is too much.
   */
  accept(call: C, args: unknown[]): boolean {
    const { kind, streamParam, callbacks } = call.operation.served.method;
    const { maxStreams } = this.#options.limits;
    try {
      if (kind === "stream" || streamParam >= 0) {
        if (this.#streams >= maxStreams) throw tooManyStreams(maxStreams);
        if (streamParam >= 0) {
          call.upstream = this.#options.upstream?.(call) ?? uncarried(call, "streams of the caller");
          args[streamParam] = call.upstream;
        }
        if (kind === "stream") call.downstream = this.#options.credit?.(call) ?? new Credit(Number.POSITIVE_INFINITY);
        this.#streams++;
      }
      if (callbacks.length > 0) call.callbacks = this.#options.callbacks?.(call, args) ?? uncarried(call, "callbacks");
      return true;
    } catch (error) {
      this.#end(call);
      this.#sink.fail(call, RpcError.from(error));
      return false;
    }
  }

  /** The second half: runs the handler, unless the call is over or its time is. */
  run(call: C, args: unknown[], now: number): void {
    if (call.over) return;
    if (call.until !== undefined && call.until <= now) return this.fail(call, tooLate(call.method));
    const { operation } = call;
    if (operation.oneway) return this.#runOneway(call, args);
    let result: unknown;
    try {
      result = operation.served.invoke(call, args);
    } catch (error) {
      this.fail(call, error);
      return;
    }
    if (call.downstream !== undefined) this.#begin(call, call.downstream, result);
    else if (isPromise(result)) {
      result.then(
        (value) => this.#done(call, value),
        (error: unknown) => this.fail(call, error),
      );
    } else this.#done(call, result);
  }

  /** What becomes of a oneway only the server is told. */
  #runOneway(call: C, args: unknown[]): void {
    const { maxPendingCalls } = this.#options.limits;
    if (this.#oneways >= maxPendingCalls) return this.fail(call, onewayDropped(call.method));
    try {
      const result = call.operation.served.invoke(call, args);
      if (!isPromise(result)) return void this.#end(call);
      this.#oneways++;
      const ended = (): void => {
        this.#oneways--;
        this.#end(call);
      };
      result.then(ended, (error: unknown) => {
        ended();
        this.#onError(error, sourceOf(call));
      });
    } catch (error) {
      this.fail(call, error);
    }
  }

  #begin(call: C, credit: Credit, result: unknown): void {
    const { served } = call.operation;
    const read = (): void => void this.#stream(call, credit, result);
    if (served.within === undefined) read();
    else served.within(call, read);
  }

  async #stream(call: C, credit: Credit, result: unknown): Promise<void> {
    const place = placeOf(call);
    let begun = false;
    const send = (item: unknown, shared?: SharedForms): Promise<void> | undefined => {
      try {
        if (!begun) this.#tellHead(call);
        begun = true;
        return this.#sink.item(call, item, shared);
      } catch (error) {
        throw inItem(error, place);
      }
    };
    try {
      const source = streamResult(await result, place);
      if (isFlow(source)) return this.#flow(call, credit, source, send);
      const { resume } = call.operation.served;
      await pump(source, credit, {
        send,
        within: resume && ((step) => resume(call, step)),
        onStray: (error) => this.#onError(error, sourceOf(call)),
      });
    } catch (error) {
      this.fail(call, error);
      return;
    }
    this.#endStream(call);
  }

  /** Of what many get: it is handed over as it comes. */
  #flow(call: C, credit: Credit, source: Flow, item: Outlet["item"]): void {
    const end = (error: unknown): void => {
      if (error === undefined) this.#endStream(call);
      else this.fail(call, error);
    };
    new Outflow(source, credit, { item, end }, this.#rounds).begin();
  }

  #endStream(call: C): void {
    if (!this.#end(call)) return;
    try {
      this.#tellHead(call);
      this.#sink.end(call, call.replyTrailers);
    } catch (error) {
      this.#sink.fail(call, RpcError.from(error));
    }
  }

  #done(call: C, value: unknown): void {
    if (!this.#end(call)) return;
    try {
      this.#tellHead(call);
      this.#sink.reply(call, value, call.replyTrailers);
    } catch (cause) {
      this.#sink.fail(call, unsendable(cause, placeOf(call)));
    }
  }

  #tellHead(call: C): void {
    const head = call.untoldMetadata();
    if (head !== undefined) this.#sink.head(call, head);
  }

  /** The call fails by what was thrown; nothing, if it is over. What is no `RpcError` is for the server's eyes only. */
  fail(call: C, thrown: unknown): void {
    const { oneway } = call.operation;
    if (!this.#end(call) && !oneway) return;
    if (oneway || !RpcError.is(thrown)) this.#onError(thrown, sourceOf(call));
    if (!oneway) this.#sink.fail(call, withTrailers(RpcError.from(thrown), call.replyTrailers));
  }

  /** The caller no longer waits: the handler is told, and the sink that the call has failed. */
  cancel(call: C): void {
    if (call.over) return;
    const reason = cancelledByCaller();
    this.abort(call, reason);
    if (call.operation.oneway) this.#sink.done?.(call);
    else this.#sink.fail(call, reason);
  }

  /** There is nobody left to answer: the handler is told, and the sink nothing. */
  abort(call: C, reason: RpcError): void {
    if (call.over) return;
    call.abort(reason);
    if (!call.operation.plain) this.#release(call, reason);
  }

  /** False if it was over before. */
  #end(call: C): boolean {
    if (call.over) return false;
    call.finish();
    if (!call.operation.plain) this.#release(call, undefined);
    if (call.operation.oneway) this.#sink.done?.(call);
    return true;
  }

  #release(call: C, reason: RpcError | undefined): void {
    if (call.upstream !== undefined || call.downstream !== undefined) this.#streams--;
    call.upstream?.end(reason);
    call.downstream?.close();
    if (call.callbacks !== undefined) endCallbacks(call.callbacks);
  }
}

/** A copy, of the same class: what was thrown may be thrown again. */
function withTrailers(error: RpcError, trailers: Metadata | undefined): RpcError {
  if (trailers === undefined) return error;
  const metadata = Object.freeze(mergedMetadata(trailers, soundMetadata(error.metadata).metadata));
  const members = { ...Object.getOwnPropertyDescriptors(error), metadata: { value: metadata, enumerable: true } };
  return Object.create(Object.getPrototypeOf(error), members) as RpcError;
}

function placeOf(call: ServedCall): Place {
  return { service: call.service, method: call.operation.served.method };
}

function uncarried(call: ServedCall, what: string): never {
  const message = `${call.service}.${call.method}: this transport does not carry ${what}; call it over one that does, such as tcp`;
  throw new RpcError({ code: "UNIMPLEMENTED", message });
}
