import { RpcError } from "./error.ts";
import type { ErrorListener } from "./error-source.ts";
import type { Platform } from "./platform.ts";

/** Of one connection or one client: a peer that makes errors must not fill a log. */
const MAX_PER_SECOND = 20;

/**
 * The same listener, told of so many `RpcError` in a second and no more; the next one says how many it was not told of. What
 * a handler, subscriber or callback threw itself is never left out.
 */
export function limited(listener: ErrorListener, platform: Platform): ErrorListener {
  let until = Number.NEGATIVE_INFINITY;
  let told = 0;
  let suppressed = 0;
  return (error, where) => {
    if (!RpcError.is(error)) return listener(error, where);
    const now = platform.now();
    if (now >= until) {
      until = now + 1000;
      told = 0;
    }
    if (told++ >= MAX_PER_SECOND) {
      suppressed++;
      return;
    }
    listener(error, suppressed === 0 ? where : { ...where, suppressed });
    suppressed = 0;
  };
}
