import type { Attempt, Carrier } from "../../core/call/attempt.ts";
import { ServedCall } from "../../core/call/incoming.ts";
import { lost } from "../../core/call/lost.ts";
import { unsendable } from "../../core/call/place.ts";
import { RpcError } from "../../core/error.ts";
import { sourceOf } from "../../core/error-source.ts";
import { isPromise } from "../../core/promise.ts";
import { checkMetadataSize } from "../../core/wire/metadata.ts";
import type { Active, ActiveOwner } from "./active.ts";
import type { Attached } from "./callback.ts";
import { crossError } from "./error.ts";
import type { MemoryOperation } from "./operation.ts";
import { Upstream } from "./upstream.ts";

/** A unary or oneway call at the server, which holds the caller's end of it: nothing lies between the two. */
export class MemoryCall extends ServedCall implements Active, Carrier {
  slot = 0;
  readonly #connection: ActiveOwner;
  readonly #operation: MemoryOperation;
  readonly #outgoing: Attempt;
  readonly #args: unknown[];
  #begun = false;
  #attached: readonly Attached[] | undefined;
  #upstream: Upstream | undefined;

  constructor(connection: ActiveOwner, operation: MemoryOperation, outgoing: Attempt, args: unknown[]) {
    // One process, one clock: the caller's deadline is the server's.
    const until = outgoing.dueMs === Number.POSITIVE_INFINITY ? undefined : outgoing.dueMs;
    super(operation.origin, outgoing.metadata, until, connection.host.wheel);
    this.#connection = connection;
    this.#operation = operation;
    this.#outgoing = outgoing;
    this.#args = args;
  }

  /** Puts functions and streams, which are not copied, into the arguments. */
  prepare(): void {
    const { callbacks, stream } = this.#operation;
    const given = this.#outgoing.args;
    if (callbacks.length > 0) this.#attached = this.#connection.callbacks.attach(this, callbacks, given, this.#args);
    if (stream === undefined) return;
    this.#connection.streamOpened();
    this.#upstream = new Upstream(given[stream.from], this.#operation, (error) => {
      this.#outgoing.abandon(error);
    });
    if (stream.to >= 0) this.#args[stream.to] = this.#upstream;
  }

  run(now: number): void {
    if (this.over) return;
    this.#begun = true;
    if (this.until !== undefined && this.until <= now) {
      this.#close();
      if (this.#operation.oneway) this.#connection.host.onError(this.#tooLate(), sourceOf(this));
      // Not by `expire`, which is the wheel's to call: the call is still in it.
      this.#outgoing.abandon(this.#tooLate());
      return;
    }
    if (this.#operation.oneway) return this.#runOneway();
    let result: unknown;
    try {
      result = this.#operation.served.invoke(this, this.#args);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (isPromise(result)) result.then(this.#reply, this.#fail);
    else this.#reply(result);
  }

  /** Of this nothing is unknown: the handler has not seen the call. */
  #tooLate(): RpcError {
    const { name } = this.#outgoing.method;
    const notRun = "; the handler was not run";
    const message = `${name}: no reply before the deadline${notRun}; raise timeoutMs if the work needs longer`;
    return new RpcError({ code: "DEADLINE_EXCEEDED", message });
  }

  /** It has left when the server has it; what becomes of it nobody is told. */
  #runOneway(): void {
    this.#outgoing.succeed(undefined);
    try {
      const result = this.#operation.served.invoke(this, this.#args);
      if (isPromise(result)) {
        result.then(
          () => this.#close(),
          (error: unknown) => {
            this.#close();
            this.#connection.host.onError(error, sourceOf(this));
          },
        );
        return;
      }
    } catch (error) {
      this.#connection.host.onError(error, sourceOf(this));
    }
    this.#close();
  }

  readonly #reply = (value: unknown): void => {
    if (!this.#close()) return;
    let copy: unknown;
    try {
      copy = this.#operation.response(value);
      if (this.replyMetadata !== undefined) checkMetadataSize(this.replyMetadata);
    } catch (error) {
      const unsent = unsendable(error, { service: this.service, method: this.#operation.served.method });
      this.#outgoing.fail(crossError(unsent, undefined, () => {}));
      return;
    }
    if (this.replyMetadata !== undefined) this.#outgoing.replyMetadata = this.replyMetadata;
    this.#outgoing.succeed(copy);
  };

  readonly #fail = (thrown: unknown): void => {
    if (!this.#close()) return;
    const tell = (error: unknown): void => this.#connection.host.onError(error, sourceOf(this));
    if (!RpcError.is(thrown)) tell(thrown);
    this.#outgoing.fail(crossError(RpcError.from(thrown), this.#operation.errors, tell));
  };

  /** False if it had ended already. */
  #close(): boolean {
    if (this.over) return false;
    this.finish();
    this.#connection.leave(this);
    this.#detach(undefined);
    return true;
  }

  #detach(error: RpcError | undefined): void {
    if (this.#attached) this.#connection.callbacks.detach(this.#attached);
    if (this.#upstream === undefined) return;
    this.#upstream.end(error);
    this.#upstream = undefined;
    this.#connection.streamClosed();
  }

  /** The caller no longer waits. A handler at work hears of it in a turn of its own; one that has not begun never runs. */
  cancel(): void {
    if (this.#begun) this.#connection.later(() => this.#cancelled());
    else this.#cancelled();
  }

  #cancelled(): void {
    if (this.over) return;
    const reason = new RpcError({ code: "CANCELLED", message: "the caller cancelled the call" });
    this.#connection.leave(this);
    this.abort(reason);
    this.#detach(reason);
  }

  lost(error: RpcError, atServer: RpcError): void {
    if (this.over) return;
    this.abort(atServer);
    this.#detach(atServer);
    const { name, idempotent } = this.#outgoing.method;
    this.#outgoing.fail(lost(error, name, idempotent));
  }
}
