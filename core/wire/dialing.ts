import { messageOf } from "../error.ts";
import { unreachable } from "../link/unreachable.ts";
import type { Platform } from "../platform.ts";

export interface DialingOptions {
  readonly url: string;
  readonly platform: Platform;
  /** How long until there is an answer, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Gives it up. */
  readonly signal: AbortSignal;
}

/** What an attempt tells of its end. What comes after the first is ignored. */
export interface Dialled {
  /** There is a way; `attach` hands it over, and its failure is that of the attempt. */
  open(attach: () => void): void;
  refuse(why: string, cause?: unknown): void;
}

/** One attempt to open a pipe, by whatever `start` does, which returns what undoes it: bounded in time, and worded alike. */
export function dialing(options: DialingOptions, start: (dialled: Dialled) => () => void): Promise<void> {
  const { url, platform, connectTimeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    let undo = (): void => {};
    let open = true;
    let stopTimer = (): void => {};
    const wait = (): void => {
      const dueMs = platform.now() + connectTimeoutMs;
      stopTimer = platform.schedule(connectTimeoutMs, () => {
        // It was this process that stalled: the answer may wait unread.
        if (2 * (platform.now() - dueMs) >= connectTimeoutMs) wait();
        else refuse(`no answer within connectTimeoutMs (${connectTimeoutMs})`);
      });
    };
    const decided = (): void => {
      open = false;
      stopTimer();
      signal.removeEventListener("abort", abort);
    };
    const refuse = (why: string, cause?: unknown): void => {
      if (!open) return;
      decided();
      undo();
      reject(unreachable(url, `${why}; is a server listening there?`, cause));
    };
    const attached = (attach: () => void): void => {
      if (!open) return;
      try {
        attach();
      } catch (error) {
        // Credentials longer than a handshake may be.
        return refuse(messageOf(error), error);
      }
      decided();
      resolve();
    };
    const abort = (): void => refuse("the client was closed");
    wait();
    signal.addEventListener("abort", abort);
    try {
      undo = start({ open: attached, refuse });
    } catch (error) {
      refuse(messageOf(error), error);
    }
  });
}
