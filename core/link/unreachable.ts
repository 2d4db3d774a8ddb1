import { RpcError } from "../error.ts";

/** There is no way to `url` now. Nothing was sent, so that another attempt harms nobody. */
export function unreachable(url: string, why: string, cause?: unknown): RpcError {
  return new RpcError({ code: "UNAVAILABLE", message: `cannot connect to ${url}: ${why}`, cause, retryable: true });
}
