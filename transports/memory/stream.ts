import { ServedCall } from "../../core/call/incoming.ts";
import { inItem, streamResult } from "../../core/call/place.ts";
import { RpcError } from "../../core/error.ts";
import { sourceOf } from "../../core/error-source.ts";
import type { StreamRequest } from "../../core/transport.ts";
import { checkMetadataSize } from "../../core/wire/metadata.ts";
import type { Active, ActiveOwner } from "./active.ts";
import type { Attached } from "./callback.ts";
import { crossError } from "./error.ts";
import type { MemoryOperation } from "./operation.ts";
import { Upstream } from "./upstream.ts";

type Result = IteratorResult<unknown>;
interface Reader {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}
const over: Result = Object.freeze({ value: undefined, done: true });

/** A stream from the server, both ends of it: the handler's next item is asked for when the caller asks for one. */
export class MemoryStream extends ServedCall implements Active {
  slot = 0;
  readonly #connection: ActiveOwner;
  readonly #operation: MemoryOperation;
  readonly #request: StreamRequest;
  readonly #args: unknown[];
  readonly #readers: Reader[] = [];
  #source: AsyncIterator<unknown> | undefined;
  #pulling = false;
  #error: RpcError | undefined;
  #begun = false;
  #attached: readonly Attached[] | undefined;
  #upstream: Upstream | undefined;

  constructor(connection: ActiveOwner, operation: MemoryOperation, request: StreamRequest, args: unknown[]) {
    super(operation.origin, request.metadata, request.deadline, connection.host.wheel);
    this.#connection = connection;
    this.#operation = operation;
    this.#request = request;
    this.#args = args;
  }

  prepare(): void {
    const { callbacks, stream } = this.#operation;
    const given = this.#request.args;
    if (callbacks.length > 0) this.#attached = this.#connection.callbacks.attach(this, callbacks, given, this.#args);
    if (stream !== undefined) {
      this.#upstream = new Upstream(given[stream.from], this.#operation, (error) => this.#end(error));
      if (stream.to >= 0) this.#args[stream.to] = this.#upstream;
    }
    this.#connection.streamOpened();
  }

  run(now: number): void {
    if (this.until === undefined || this.until > now) void this.#start();
    else this.#end(tooLate(this.method));
  }

  async #start(): Promise<void> {
    if (this.over) return;
    try {
      const place = { service: this.service, method: this.#operation.served.method };
      const source = streamResult(await this.#operation.served.invoke(this, this.#args), place);
      this.#source = source[Symbol.asyncIterator]();
      if (this.over) this.#stopSource();
      else this.#pull();
    } catch (error) {
      this.#fail(error);
    }
  }

  read(): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.over) this.#answer({ resolve, reject });
      else {
        this.#readers.push({ resolve, reject });
        this.#pull();
      }
    });
  }

  #pull(): void {
    if (this.#pulling || this.#source === undefined || this.#readers.length === 0) return;
    this.#pulling = true;
    try {
      // Not every iterator is a generator: `next` may throw, or return what is no promise.
      Promise.resolve(this.#source.next()).then(this.#onItem, this.#fail);
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #onItem = (step: Result): void => {
    this.#pulling = false;
    if (this.over) return;
    if (step.done) return this.#done();
    let value: unknown;
    try {
      value = this.#operation.response(step.value);
      if (!this.#begun) this.#tellMetadata();
    } catch (error) {
      this.#fail(inItem(error, { service: this.service, method: this.#operation.served.method }));
      this.#stopSource();
      return;
    }
    this.#begun = true;
    this.#readers.shift()?.resolve({ value, done: false });
    this.#pull();
  };

  #done(): void {
    try {
      this.#tellMetadata();
    } catch (error) {
      return this.#fail(error);
    }
    this.#end(undefined);
  }

  /** Before the first item, and at the end of what was set later. Throws where it is too much. */
  #tellMetadata(): void {
    const metadata = this.untoldMetadata();
    if (metadata === undefined) return;
    checkMetadataSize(metadata);
    try {
      this.#request.onReplyMetadata?.(metadata);
    } catch (error) {
      const { service, method } = sourceOf(this);
      this.#connection.onCallerError(RpcError.from(error, "onReplyMetadata threw"), { service, method });
    }
  }

  readonly #fail = (thrown: unknown): void => {
    if (this.over) return;
    const tell = (error: unknown): void => this.#connection.host.onError(error, sourceOf(this));
    if (!RpcError.is(thrown)) tell(thrown);
    this.#end(crossError(RpcError.from(thrown), this.#operation.errors, tell));
  };

  /** The last item has been handed over, or an error ends both sides. */
  #end(error: RpcError | undefined): void {
    if (this.over) return;
    this.finish();
    this.#connection.leave(this);
    this.#detach(error);
    this.#finishReaders(error);
  }

  #detach(error: RpcError | undefined): void {
    if (this.#attached) this.#connection.callbacks.detach(this.#attached);
    this.#upstream?.end(error);
    this.#connection.streamClosed();
  }

  #finishReaders(error: RpcError | undefined): void {
    this.#error = error;
    for (const reader of this.#readers.splice(0)) this.#answer(reader);
  }

  /** The error is told once, as by any iterator. */
  #answer({ resolve, reject }: Reader): void {
    const error = this.#error;
    this.#error = undefined;
    if (error) reject(error);
    else resolve(over);
  }

  /** The caller reads no more: the handler's signal is aborted and its iterator is told. */
  cancel(): void {
    this.#stop(new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" }), undefined);
  }

  lost(error: RpcError, atServer: RpcError): void {
    this.#stop(atServer, error, true);
  }

  #stop(reason: RpcError, told: RpcError | undefined, gone = false): void {
    if (this.over) return;
    if (!gone) this.#connection.leave(this);
    this.finish();
    this.#detach(reason);
    this.#finishReaders(told);
    this.#connection.later(() => {
      this.abort(reason);
      this.#stopSource();
    });
  }

  #stopSource(): void {
    const stopped = async (): Promise<unknown> => this.#source?.return?.();
    stopped().catch((error: unknown) => this.#connection.host.onError(error, sourceOf(this)));
  }
}

/** The caller's end. */
export class MemoryReader implements AsyncIterableIterator<unknown> {
  readonly #stream: MemoryStream;

  constructor(stream: MemoryStream) {
    this.#stream = stream;
  }

  next(): Promise<Result> {
    return this.#stream.read();
  }

  return(): Promise<Result> {
    this.#stream.cancel();
    return Promise.resolve(over);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function tooLate(method: string): RpcError {
  const message = `${method}: the deadline had passed before the handler could begin`;
  return new RpcError({ code: "DEADLINE_EXCEEDED", message });
}
