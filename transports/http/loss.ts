import { RpcError } from "../../core/error.ts";
import type { Posting } from "../../core/link/addressed-session.ts";
import type { ClientSite } from "./client-site.ts";
import type { Loss } from "./requester.ts";

/** How much earlier than ours the server's clock may ring: its time was told in whole milliseconds, and deadlines wait for a tick. */
const EARLY_MS = 10;

/**
 * By what a call fails whose request alone was lost. A server, or what stands before it, whose clock rings first resets the request:
 * to the caller that is its own deadline.
 */
function failureOf({ error }: Loss, { answers, codec }: Posting, now: number): RpcError {
  const { dueMs } = answers.target;
  if (error.code !== "CANCELLED" || dueMs === 0 || now < dueMs - EARLY_MS) return error;
  const message = `${codec.method.name}: no reply before the deadline (${error.message})`;
  return new RpcError({ code: "DEADLINE_EXCEEDED", message });
}

/** Tells the caller that no whole answer comes. */
export function tellLoss(loss: Loss, posting: Posting, now: number): void {
  const { answers } = posting;
  if (loss.how === "cut") answers.lose(loss.error);
  else if (loss.how === "unsent") answers.refuse(loss.error);
  else answers.fail(failureOf(loss, posting, now));
}

/** Tells the caller; of a oneway that has left nobody waits, but who listens. */
export function failed(
  error: RpcError,
  { answers, address, codec }: Posting,
  { onError }: Pick<ClientSite, "onError">,
): void {
  const { kind, name } = codec.method;
  if (kind === "oneway" && answers.over) onError(error, { service: address.service, method: name });
  else answers.fail(error);
}
