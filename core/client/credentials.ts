import { messageOf, RpcError } from "../error.ts";
import type { Platform } from "../platform.ts";

export interface Asking {
  readonly platform: Platform;
  readonly timeoutMs: number;
}

/**
 * What a client shows to a server, as it crosses a wire: the value that was given, or what a function gives for this one
 * connection. Rejects with what ends the attempt to connect.
 */
export async function askCredentials(given: unknown, asking: Asking): Promise<unknown> {
  const value = typeof given === "function" ? await inTime(given as () => unknown, asking) : given;
  try {
    const text = JSON.stringify(value);
    return text === undefined ? undefined : JSON.parse(text);
  } catch (cause) {
    const message = `credentials: cannot be sent: ${messageOf(cause)}; give what JSON can say`;
    throw new RpcError({ code: "INVALID_ARGUMENT", message, cause });
  }
}

async function inTime(ask: () => unknown, { platform, timeoutMs }: Asking): Promise<unknown> {
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    stop = platform.schedule(timeoutMs, () => {
      const message = `credentials: the function gave nothing within handshakeTimeoutMs (${timeoutMs})`;
      reject(new RpcError({ code: "UNAVAILABLE", message, retryable: true }));
    });
  });
  const asked = async (): Promise<unknown> => {
    try {
      return await ask();
    } catch (cause) {
      if (RpcError.is(cause)) throw cause;
      const message = `credentials: the function failed: ${messageOf(cause)}`;
      throw new RpcError({ code: "UNAVAILABLE", message, cause, retryable: true });
    }
  };
  try {
    return await Promise.race([asked(), late]);
  } finally {
    stop();
  }
}
