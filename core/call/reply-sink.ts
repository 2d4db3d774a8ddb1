import type { RpcError } from "../error.ts";
import type { Metadata } from "../metadata.ts";
import type { SharedForms } from "./flow.ts";
import type { ServedCall } from "./incoming.ts";

/**
 * Where a transport takes what becomes of the calls that it serves. For each call that an `Exchange` was given it is told
 *
 *     unary:   [head] reply  |  fail
 *     stream:  [head] item*  [head] end  |  [head] item*  fail
 *     oneway:  done
 *
 * and nothing after the last of these: it is told exactly once, also of a call that was cancelled, unless the transport had
 * ended it by `Exchange.abort`. It may then forget the call.
 *
 * All but `fail` may throw, having sent nothing: where the value does not fit its type or is too large. Then `fail` follows.
 */
export interface ReplySink<C extends ServedCall = ServedCall> {
  /**
   * What the handler set before the first item, the reply or the end, which follows at once and may travel in the same message.
   * A second time, before the end: all of it, where more was set since; a wire whose head has left sends it as trailers.
   */
  head(call: C, metadata: Metadata): void;
  /**
   * One item of a stream. The next one is asked for when the promise resolves, or at once; it must not reject. `shared`,
   * where other streams may have the same item: it is the same object then, and what was made of the item can be kept there.
   */
  item(call: C, value: unknown, shared: SharedForms | undefined): Promise<void> | undefined;
  /** `trailers`: metadata behind the reply. */
  reply(call: C, value: unknown, trailers: Metadata | undefined): void;
  /** The stream is complete. `trailers`: metadata behind the last item. */
  end(call: C, trailers: Metadata | undefined): void;
  /** Never throws. What trailers there were is among the error's metadata. */
  fail(call: C, error: RpcError): void;
  /** A oneway is over. What became of it only `onError` is told. */
  done?(call: C): void;
}
