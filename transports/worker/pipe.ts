import { RpcError } from "../../core/error.ts";
import type { Platform } from "../../core/platform.ts";
import { MessagePipe } from "../../core/wire/message-pipe.ts";
import { hear } from "./port.ts";

/** One end of a channel as a pipe. A message is bytes, handed over; or how many were read; or null, the end. */
export function portPipe(port: InstanceType<typeof MessagePort>, address: string, platform: Platform): MessagePipe {
  const carrier = {
    send: (bytes: Uint8Array) => port.postMessage(bytes, [bytes.buffer as ArrayBuffer]),
    tellRead: (count: number) => port.postMessage(count),
    close() {
      port.postMessage(null);
      port.close();
    },
  };
  const pipe = new MessagePipe(address, carrier, platform);
  hear(port, (message) => {
    if (message === null) pipe.onEnd();
    else if (typeof message === "number") pipe.onRead(message);
    else pipe.onBytes(message as Uint8Array);
  });
  const unread = new RpcError({ code: "UNAVAILABLE", message: `${address}: a message could not be read` });
  port.addEventListener("messageerror", () => pipe.onEnd(unread));
  port.addEventListener("close", () => pipe.onEnd());
  return pipe;
}
