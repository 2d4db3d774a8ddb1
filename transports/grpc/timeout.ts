/** `grpc-timeout` has eight digits. */
const MAX_DIGITS = 99_999_999;
/** Longer ones overflow where grpc-js reads them. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** What is left of a call's time, as a header says it; `undefined` where that is longer than a header can tell every peer. */
export function timeoutText(timeoutMs: number): string | undefined {
  const ms = Math.ceil(timeoutMs);
  if (ms <= MAX_DIGITS) return `${Math.max(ms, 0)}m`;
  return ms <= MAX_TIMEOUT_MS ? `${Math.ceil(ms / 1000)}S` : undefined;
}
